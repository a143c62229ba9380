"""The line to a provider of pictures: every call and every download goes through here.

Keys, prompts and addresses never reach the logs: a call is named by the adapter. Nothing is repeated and no redirect is
followed by itself. An answer is read up to a size and for a time.
"""

import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import httpx
import structlog

from core.adapters.addresses import Resolve, resolve
from core.adapters.images.encoded import decode_data_uri, is_data_uri, too_large
from core.adapters.images.reach import Target, is_near, same_origin, target_of
from core.adapters.images.reading import ACCEPTED, json_of, pieces_of
from core.adapters.images.refusals import Dialect, error_of_answer, error_of_transport, lost, rubbish
from core.adapters.metrics import observe
from core.adapters.waiting import retry_after
from core.studio.providers import ErrorCategory, GenerationError

CONNECT_SECONDS = 10.0
# Shorter than most servers keep an idle connection: theirs should not be the side that hangs up.
KEEPALIVE_SECONDS = 15.0
DOWNLOAD_SECONDS = 300.0  # from the first byte to the last
MOST_REDIRECTS = 5
ANSWER_BYTES = 16 * 1024**2
log = structlog.get_logger(__name__)

Wants = Literal["json", "bytes", "nothing"]


@dataclass(frozen=True)
class Answer:
    """A success: ``body`` is its JSON, its bytes, or ``None`` when nothing was wanted."""

    status: int
    headers: httpx.Headers
    body: Any


class Line:
    """Calls to one provider; every failure is a ``GenerationError``. For any number of threads."""

    def __init__(
        self,
        provider: str,
        dialect: Dialect,
        *,
        timeout_seconds: float = 60.0,
        threads: int = 64,
        resolve: Resolve = resolve,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._provider = provider
        self.dialect = dialect
        self._timeout = timeout_seconds
        self._resolve = resolve
        # A proxy from the environment cannot reach this machine's own network.
        self._direct = _client(timeout_seconds, threads, trust_env=False, transport=transport)
        self._outside = _client(timeout_seconds, threads, trust_env=True, transport=transport)

    def call(
        self,
        method: str,
        url: str,
        *,
        endpoint: str,
        headers: Mapping[str, str] | None = None,
        has_effect: bool = False,
        wants: Wants = "json",
        accepts: Iterable[int] = (),
        timeout_seconds: float | None = None,
        max_bytes: int = ANSWER_BYTES,
        home: str | None = None,
        **sent: Any,
    ) -> Answer:
        """One request, sent once. ``endpoint`` names it in logs and metrics, without ids.

        ``has_effect``: a lost answer leaves open whether something began. ``accepts`` are statuses beyond 2xx that
        are good answers too. ``home`` is the provider's own root where the address came from its answer: see
        ``download``. ``sent`` is what httpx takes: ``json``, ``data``, ``files``, ``content``, ``params``.
        """
        seconds = timeout_seconds or self._timeout
        with self._noted(method, endpoint) as note:
            client, request = self._prepared(method, url, home, headers or {}, seconds, sent)
            try:
                with closing(client.send(request, stream=True)) as response:
                    note(response.status_code)
                    content = self._read(response, max_bytes, seconds, has_effect=has_effect)
            except httpx.RequestError as error:
                raise error_of_transport(self.dialect, error, has_effect=has_effect) from error
            return self._understood(response, content, wants, frozenset(accepts), has_effect=has_effect)

    def download(
        self,
        url: str,
        into: Path,
        *,
        home: str,
        max_bytes: int,
        headers: Mapping[str, str] | None = None,
        endpoint: str = "result",
    ) -> None:
        """Write what lies at ``url`` to ``into``, or nothing when it fails.

        ``home`` is the provider's own root: ``headers`` (a key) are sent to that host only, and redirects lead into
        private networks only when it is there itself. ``data:`` addresses hold the bytes.
        """
        if is_data_uri(url):
            _write(into, [decode_data_uri(url, max_bytes=max_bytes)])
            return
        with self._noted("GET", endpoint) as note:
            try:
                self._follow(url, into, home, max_bytes, headers or {}, note)
            except httpx.RequestError as error:
                raise error_of_transport(self.dialect, error, has_effect=False) from error
            except (httpx.InvalidURL, UnicodeError) as error:
                raise self.dialect.error(ErrorCategory.BAD_RESULT) from error

    def close(self) -> None:
        self._direct.close()
        self._outside.close()

    def _prepared(
        self, method: str, url: str, home: str | None, headers: Mapping[str, str], seconds: float, sent: dict[str, Any]
    ) -> tuple[httpx.Client, httpx.Request]:
        """What is to be sent, and by whom; raises ``VALIDATION`` for what cannot be, as an infinite number in JSON."""
        try:
            target = self._target(url, home)
            client = self._direct if target.is_direct else self._outside
            request = client.build_request(
                method, target.url, headers={**target.headers, **headers}, timeout=_timeout(seconds),
                extensions=target.extensions, **sent,
            )  # fmt: skip
        except (httpx.InvalidURL, ValueError) as error:  # UnicodeError among them
            why = "the address, the key or a value holds what cannot be sent."
            raise self.dialect.error(ErrorCategory.VALIDATION, why) from error
        return client, request

    def _target(self, url: str, home: str | None) -> Target:
        """Where a call goes: as the adapter made the address, or looked at first when a provider gave it."""
        return Target(httpx.URL(url), is_near(url)) if home is None else target_of(httpx.URL(url), home, self._resolve)

    def _follow(
        self,
        url: str,
        into: Path,
        home: str,
        max_bytes: int,
        headers: Mapping[str, str],
        note: Callable[[int], None],
    ) -> None:
        here = httpx.URL(url)
        for _ in range(MOST_REDIRECTS + 1):
            target = target_of(here, home, self._resolve)
            client = self._direct if target.is_direct else self._outside
            sent = {
                "Accept": "*/*",
                "Accept-Encoding": "identity",
                **target.headers,
                **(headers if same_origin(here, home) else {}),
            }
            with client.stream("GET", target.url, headers=sent, extensions=target.extensions) as response:
                note(response.status_code)
                if not response.is_redirect:
                    self._require_result(response)
                    _write(into, self._pieces(response, max_bytes))
                    return
                here = here.join(response.headers.get("Location", ""))
        raise self.dialect.error(ErrorCategory.BAD_RESULT)

    def _require_result(self, response: httpx.Response) -> None:
        status = response.status_code
        if response.is_success:
            return
        more: dict[str, Any] = {"http_status": status, "retry_after": retry_after(response.headers.get("Retry-After"))}
        # Signed addresses that have ended say 403; kept files that were deleted say 404 or 410.
        if status in {403, 404, 410}:
            raise self.dialect.error(ErrorCategory.EXPIRED, **more)
        raise self.dialect.error(self.dialect.category_of(status, None), **more)

    def _pieces(self, response: httpx.Response, max_bytes: int) -> Iterable[bytes]:
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > max_bytes:
            raise too_large(max_bytes)
        started, total = time.monotonic(), 0
        for piece in pieces_of(response):
            total += len(piece)
            if total > max_bytes:
                raise too_large(max_bytes)
            if time.monotonic() - started > DOWNLOAD_SECONDS:
                raise lost(self.dialect, has_effect=False)
            yield piece

    def _read(self, response: httpx.Response, max_bytes: int, seconds: float, *, has_effect: bool) -> bytes:
        started, content = time.monotonic(), bytearray()
        for piece in pieces_of(response):
            content += piece
            # httpx limits each read; a server that sends one byte now and then would hold us for ever without this.
            if len(content) > max_bytes:
                raise too_large(max_bytes, effect_possible=has_effect)
            if time.monotonic() - started > seconds:
                raise lost(self.dialect, has_effect=has_effect)
        return bytes(content)

    def _understood(
        self, response: httpx.Response, content: bytes, wants: Wants, accepts: frozenset[int], *, has_effect: bool
    ) -> Answer:
        is_good = response.is_success or response.status_code in accepts
        if is_good and wants != "json":
            return Answer(response.status_code, response.headers, content if wants == "bytes" else None)
        body = json_of(content)
        if not is_good:
            raise error_of_answer(self.dialect, response, body, has_effect=has_effect)
        if body is None:
            raise rubbish(self.dialect, response.status_code, has_effect=has_effect)
        return Answer(response.status_code, response.headers, body)

    @contextmanager
    def _noted(self, method: str, endpoint: str) -> Iterator[Callable[[int], None]]:
        started = time.perf_counter()
        status: list[int] = []
        category: str | None = "unknown"
        try:
            yield status.append
            category = None
        except GenerationError as error:
            category = error.category.value
            raise
        finally:
            seconds = time.perf_counter() - started
            observe(self._provider, endpoint, category or "ok", seconds)
            (log.warning if category else log.info)(
                "Called a provider of pictures", provider=self._provider, method=method, endpoint=endpoint,
                status=status[-1] if status else None, ms=round(seconds * 1000), category=category,
            )  # fmt: skip


def _client(
    timeout_seconds: float, threads: int, *, trust_env: bool, transport: httpx.BaseTransport | None
) -> httpx.Client:
    return httpx.Client(
        headers={
            "User-Agent": f"Atelier/{version('atelier')}",
            "Accept": "application/json",
            "Accept-Encoding": ACCEPTED,
        },
        # Connections share the client; a cookie set for one must not be sent for another.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=_timeout(timeout_seconds),
        limits=httpx.Limits(
            max_connections=threads, max_keepalive_connections=threads, keepalive_expiry=KEEPALIVE_SECONDS
        ),
        follow_redirects=False,
        verify=_authorities(trust_env=trust_env),
        trust_env=trust_env,
        transport=transport,
    )


@cache
def _authorities(*, trust_env: bool) -> ssl.SSLContext:
    """Whom to trust. Read once: it takes longer than all the rest of a client, and each provider has two of them."""
    return httpx.create_ssl_context(trust_env=trust_env)


def _timeout(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))


def _write(into: Path, pieces: Iterable[bytes]) -> None:
    """All of it, or no file."""
    try:
        with into.open("wb") as file:
            for piece in pieces:
                file.write(piece)
    except BaseException as error:
        into.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise GenerationError(
                "The result could not be written here. Check that there is room left on the disk.",
                ErrorCategory.FILE_SYSTEM,
            ) from error
        raise
