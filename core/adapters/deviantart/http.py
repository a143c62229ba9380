"""The line to DeviantArt: headers on every call, one shared pool, one place that reads answers.

Written from https://www.deviantart.com/developers (minor version 20240701): the User-Agent with a
contact, gzip and the pinned version are mandatory, tokens travel in the header only, and an
answer may carry an error although its status is 200.
"""

import time
from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from typing import Any

import httpx
import structlog

from core.adapters.deviantart.metrics import observe
from core.adapters.deviantart.refusals import error_of_answer, error_of_transport
from core.publishing.providers import ErrorCategory, ProviderError

MINOR_VERSION = "20240701"
API = "/api/v1/oauth2"
CONNECT_SECONDS = 10.0
# Shorter than most servers keep an idle connection: theirs should not be the side that hangs up.
KEEPALIVE_SECONDS = 15.0

Form = Mapping[str, str | list[str]]
JsonDict = dict[str, Any]
log = structlog.get_logger(__name__)


def user_agent(contact: str) -> str:
    """``Atelier/<version> (<contact>)``; calls without one are turned away with an HTML page."""
    return f"Atelier/{version('atelier')} ({contact})"


def open_client(
    root: str,
    *,
    contact: str,
    connections: int,
    timeout_seconds: float,
    trust_env: bool,
    transport: httpx.BaseTransport | None = None,
) -> httpx.Client:
    """One client for the whole process, safe to share between threads."""
    return httpx.Client(
        base_url=root,
        headers={
            "User-Agent": user_agent(contact),
            "Accept-Encoding": "gzip",
            "Accept": "application/json",
            "dA-minor-version": MINOR_VERSION,
        },
        # Accounts share the client; a cookie set for one must not be sent for another.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=httpx.Timeout(timeout_seconds, connect=CONNECT_SECONDS),
        limits=httpx.Limits(
            max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=KEEPALIVE_SECONDS
        ),
        follow_redirects=False,
        trust_env=trust_env,
        transport=transport,
    )


class DeviantArtLine:
    """Calls to the API; every failure is a ``ProviderError`` with its category."""

    def __init__(self, client: httpx.Client, provider: str) -> None:
        self._client = client
        self._provider = provider

    def get(self, token: str, path: str, params: Form | None = None, *, endpoint: str | None = None) -> JsonDict:
        """The JSON of a call that only looks. ``endpoint`` names it in logs when ``path`` holds an id."""
        return self._call("GET", token, path, endpoint or path, {"params": params} if params else {})

    def post(
        self,
        token: str,
        path: str,
        form: Form,
        *,
        files: Mapping[str, Any] | None = None,
        endpoint: str | None = None,
        codes: Mapping[int, ErrorCategory] | None = None,
    ) -> JsonDict:
        """The JSON of a call with an effect. ``codes`` is what this endpoint's error codes mean."""
        sent: JsonDict = {"data": form}
        if files:
            sent["files"] = files
        return self._call("POST", token, path, endpoint or path, sent, codes)

    def _call(
        self,
        method: str,
        token: str,
        path: str,
        endpoint: str,
        sent: JsonDict,
        codes: Mapping[int, ErrorCategory] | None = None,
    ) -> JsonDict:
        started = time.perf_counter()
        status: int | None = None
        failure: ProviderError | None = None
        try:
            response = self._client.request(method, API + path, headers={"Authorization": f"Bearer {token}"}, **sent)
            status = response.status_code
            body = json_object(response)
            failure = error_of_answer(response, body, has_effect=method != "GET", codes=codes or {})
        except httpx.TransportError as error:
            failure = error_of_transport(error, has_effect=method != "GET")
            raise failure from error
        finally:
            self._note(method, endpoint, status, time.perf_counter() - started, failure)
        if failure is not None:
            raise failure
        assert body is not None  # an answer without JSON is a failure
        return body

    def _note(
        self, method: str, endpoint: str, status: int | None, seconds: float, failure: ProviderError | None
    ) -> None:
        category = failure.category.value if failure else None
        observe(self._provider, endpoint, category or "ok", seconds)
        say = log.warning if failure else log.info
        say(
            "Called DeviantArt", provider=self._provider, method=method, endpoint=endpoint, status=status,
            ms=round(seconds * 1000), category=category,
        )  # fmt: skip


def json_object(response: httpx.Response) -> JsonDict | None:
    """The answer's JSON object; ``None`` when it is a page or anything else."""
    try:
        body = response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
