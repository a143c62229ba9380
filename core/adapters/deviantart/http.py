"""The line to DeviantArt: headers on every call, shared connections, one place that reads answers.

Written from https://www.deviantart.com/developers (minor version 20240701): the User-Agent with a
contact, gzip and the pinned version are mandatory, tokens travel in the header only, and an
answer may carry an error although its status is 200.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from itertools import cycle
from typing import Any

import httpx
import structlog

from core.adapters.deviantart.refusals import error_of_answer, error_of_transport
from core.adapters.metrics import observe
from core.publishing.providers import ErrorCategory, ProviderError

MINOR_VERSION = "20240701"
API = "/api/v1/oauth2"
CONNECT_SECONDS = 10.0
# Shorter than most servers keep an idle connection: theirs should not be the side that hangs up.
KEEPALIVE_SECONDS = 15.0
THREADS_PER_CLIENT = 3

Form = Mapping[str, str | list[str]]
JsonDict = dict[str, Any]
log = structlog.get_logger(__name__)


def user_agent(contact: str) -> str:
    """``Atelier/<version> (<contact>)``; calls without one are turned away with an HTML page."""
    return f"Atelier/{version('atelier')} ({contact})"


class Clients:
    """HTTP clients for a whole process; each thread keeps to one of them.

    A pool looks at all its idle connections for every request: measured, one pool for 64 threads
    costs two to three times the processor time of small ones for three threads each.
    """

    def __init__(self, clients: Sequence[httpx.Client]) -> None:
        self._clients = tuple(clients)
        self._next = cycle(self._clients)
        self._of_thread = threading.local()
        self._lock = threading.Lock()

    @property
    def mine(self) -> httpx.Client:
        """The calling thread's client."""
        client: httpx.Client | None = getattr(self._of_thread, "client", None)
        if client is None:
            with self._lock:
                client = self._of_thread.client = next(self._next)
        return client

    def close(self) -> None:
        for client in self._clients:
            client.close()


def open_clients(
    root: str,
    *,
    contact: str,
    threads: int,
    timeout_seconds: float,
    trust_env: bool,
    transport: httpx.BaseTransport | None = None,
) -> Clients:
    """Clients for up to ``threads`` calls at once."""
    headers = {
        "User-Agent": user_agent(contact),
        "Accept-Encoding": "gzip",
        "Accept": "application/json",
        "dA-minor-version": MINOR_VERSION,
    }
    verify = httpx.create_ssl_context(trust_env=trust_env)
    # A thread may come to a client that is busy already, so each could serve all of them.
    limits = httpx.Limits(
        max_connections=threads, max_keepalive_connections=threads, keepalive_expiry=KEEPALIVE_SECONDS
    )
    return Clients(
        [
            httpx.Client(
                base_url=root,
                headers=headers,
                # Accounts share the client; a cookie set for one must not be sent for another.
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                timeout=httpx.Timeout(timeout_seconds, connect=CONNECT_SECONDS),
                limits=limits,
                follow_redirects=False,
                verify=verify,
                trust_env=trust_env,
                transport=transport,
            )
            for _ in range(max(threads // THREADS_PER_CLIENT, 1))
        ]
    )


class DeviantArtLine:
    """Calls to the API; every failure is a ``ProviderError`` with its category."""

    def __init__(self, clients: Clients, provider: str) -> None:
        self._clients = clients
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
            headers = {"Authorization": f"Bearer {token}"}
            response = self._clients.mine.request(method, API + path, headers=headers, **sent)
            status = response.status_code
            body = json_object(response)
            failure = error_of_answer(response, body, has_effect=method != "GET", codes=codes or {})
        except httpx.RequestError as error:
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
