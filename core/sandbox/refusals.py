"""How imitated providers refuse: an answer other than success, raised where it is decided.

AtelierError
└── Refusal    becomes an answer; each provider derives its own, which knows the provider's words
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import AtelierError
from core.sandbox.faults import FaultKind, FaultRule
from core.sandbox.store import JsonDict
from core.sandbox.traffic import page

Endpoint = Callable[[Request], Awaitable[Response]]


class Refusal(AtelierError):
    """An answer other than success, in the provider's words."""

    def __init__(
        self,
        status: int,
        message: str,
        body: JsonDict,
        *,
        headers: Mapping[str, str] | None = None,
        media_type: str = "application/json",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = body
        self._headers = headers
        self._media_type = media_type

    def response(self, retry_after: int | None = None) -> Response:
        """The answer; ``retry_after`` is its header's seconds, without it no header."""
        answer = JSONResponse(self.body, self.status, headers=self._headers, media_type=self._media_type)
        if retry_after is not None:
            answer.headers["Retry-After"] = str(retry_after)
        return answer


def answering(handler: Callable[[Request], Awaitable[Any]]) -> Endpoint:
    """A handler as an endpoint: what it gives is JSON unless it is an answer already, and so is what it raises."""

    async def serve(request: Request) -> Response:
        try:
            answer = await handler(request)
        except Refusal as refusal:
            return refusal.response()
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    return serve


def told_in_detail(rule: FaultRule) -> Response | None:
    """What a rule asks for that is no refusal, from providers whose errors have a ``detail``; ``None`` for others."""
    if rule.kind is FaultKind.OK_WITH_ERROR_BODY:
        return JSONResponse({"detail": "Something went wrong."})
    return page(403) if rule.kind is FaultKind.HTML_403 else None
