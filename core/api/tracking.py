"""Around every request: one correlation id, one log line, and an answer even when something unexpected happens."""

import re
import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.api import metrics
from core.api.problems import Problem
from core.logs import correlated

log = structlog.get_logger(__name__)
HEADER = "X-Correlation-ID"
_SOUND = re.compile(r"[A-Za-z0-9._:-]{1,64}", re.ASCII)
_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}


class Tracking:
    """ASGI middleware. A client's own id is taken if it is plain; the answer names the id in any case."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        with correlated(given if _SOUND.fullmatch(given) else None) as name:
            await self._serve(scope, receive, send, name)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, name: str) -> None:
        began, status = time.monotonic(), 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[HEADER] = name
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except ClientDisconnect:
            log.info("A program hung up before its request had arrived.", method=scope["method"])
            return
        except Exception as error:  # an edge: a program must be answered, whatever happened
            log.error("A program's request failed.", exc_info=error)
            if status:
                raise
            detail = f"Nothing was half done. If it stays, give {name} to whoever looks after this Atelier."
            await Problem("unexpected", detail).response()(scope, receive, send_named)
        _note(scope, status, time.monotonic() - began)


def _note(scope: Scope, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in _METHODS else "other"
    metrics.requests.labels(method, str(status)).inc()
    route = getattr(scope.get("route"), "path", None)
    caller = scope.get("state", {}).get("caller")
    log.info(
        "Answered a program.", method=method, route=route, status=status, milliseconds=round(seconds * 1000),
        api_key=caller.api_key_id if caller else None,
    )  # fmt: skip
