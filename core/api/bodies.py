"""Bodies of requests are refused at their first byte too many, whatever they said about their length, and given up
when their sender falls silent."""

import asyncio
import contextlib

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api.problems import Problem

PLAIN_BYTES = 64 * 1024  # of a request that carries no file
FORM_BYTES = 1024 * 1024  # of everything in a form beside its file
# A client that is still sending would not read our answer; this much more of it is listened to.
DRAINED_BYTES = 8 * 1024 * 1024
DRAINING_SECONDS = 5.0
SILENCE_SECONDS = 60.0


class BodyLimit:
    """ASGI middleware. ``file_bytes`` tells, by path and method, how large a file the form at an address may hold."""

    def __init__(self, app: ASGIApp, file_bytes: "FileLimits") -> None:
        self._app = app
        self._file_bytes = file_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        counted = _Counted(receive, Headers(scope=scope), self._limit(scope))
        try:
            counted.check_announced()
        except Problem as problem:
            await problem.response()(scope, receive, counted.draining(send))
            return
        await self._app(scope, counted.receive, counted.draining(send))

    def _limit(self, scope: Scope) -> int:
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        largest = self._file_bytes.of(path)
        if scope["method"] != "POST" or not largest:
            return PLAIN_BYTES
        # Only a form is read piece by piece; JSON lies in memory as a whole, and brings no file.
        is_json = Headers(scope=scope).get("content-type", "").strip().lower().startswith("application/json")
        return FORM_BYTES if is_json else largest + FORM_BYTES


class FileLimits:
    """Addresses that take a file, by how their path begins and ends, with the most bytes of it."""

    def __init__(self, limits: dict[tuple[str, str], int]) -> None:
        self._limits = limits

    def of(self, path: str) -> int:
        """Bytes; 0 for an address that takes no file."""
        for (start, end), largest in self._limits.items():
            if path.startswith(start) and path.endswith(end):
                return largest
        return 0


class _Counted:
    """The body of one request, counted as it is read."""

    def __init__(self, receive: Receive, headers: Headers, limit: int) -> None:
        self._receive = receive
        self._headers = headers
        self._limit = limit
        self._got = 0
        # Who asks before sending, or has nothing to send, is not in the middle of it.
        has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        self._is_whole = not has_body or "expect" in headers

    def check_announced(self) -> None:
        length = self._headers.get("content-length", "")
        if length.isdecimal() and int(length) > self._limit:
            self._refuse()

    async def receive(self) -> Message:
        message = await self._next()
        if self._got > self._limit:
            self._refuse()
        return message

    def draining(self, send: Send) -> Send:
        """``send`` that listens a little longer to whoever is answered in the middle of sending."""

        async def send_and_drain(message: Message) -> None:
            if message["type"] != "http.response.body" or message.get("more_body") or self._is_whole:
                await send(message)
                return
            await send({**message, "more_body": True})
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DRAINING_SECONDS):
                    await self._drain()
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        return send_and_drain

    async def _drain(self) -> None:
        until = self._got + DRAINED_BYTES
        while not self._is_whole and self._got < until:
            await self._next()

    async def _next(self) -> Message:
        message = await self._receive() if self._is_whole else await self._patiently()
        self._got += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            self._is_whole = True
        return message

    async def _patiently(self) -> Message:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                return await self._receive()
        except TimeoutError as error:
            detail = f"Nothing arrived for {SILENCE_SECONDS:.0f} s. Send the request again."
            raise Problem("body-too-slow", detail, headers={"Connection": "close"}) from error

    def _refuse(self) -> None:
        size = f"{self._limit / 1024**2:.0f} MB" if self._limit >= 1024**2 else f"{self._limit // 1024} KB"
        raise Problem(
            "too-large", f"The body of this request may have at most {size}.", headers={"Connection": "close"}
        )
