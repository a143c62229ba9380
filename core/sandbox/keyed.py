"""Imitated providers that know their callers by a key."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Scope

from core.sandbox.adjustable import Adjustable, B
from core.sandbox.refusals import Endpoint, Refusal, answering

Handler = Callable[[Request, str], Awaitable[Any]]  # the second is the caller's key


class Keyed(Adjustable[B], ABC):
    """A stand-in that lets in ``good_key`` and whatever begins with it; public, documented."""

    good_key: ClassVar[str]
    scheme: ClassVar[str] = "Bearer"  # what stands before the key in the Authorization header

    def key_in(self, headers: Headers) -> str | None:
        """The key a request came with, good or not."""
        kind, _, key = headers.get("authorization", "").partition(" ")
        return key.strip() or None if kind == self.scheme else None

    def caller_of(self, scope: Scope) -> str | None:
        return self.key_in(Headers(scope=scope))

    @abstractmethod
    def _stranger(self, request: Request, key: str | None) -> Refusal:
        """What a caller without a key is told, or with a wrong one."""

    def _let_in(self, request: Request) -> str:
        key = self.key_in(request.headers)
        if key is None or not key.startswith(self.good_key):
            raise self._stranger(request, key)
        return key

    def _route(self, method: str, path: str, handler: Handler) -> Route:
        return Route(path, self._endpoint(handler), methods=[method])

    def _endpoint(self, handler: Handler) -> Endpoint:
        async def serve(request: Request) -> Any:
            return await handler(request, self._let_in(request))

        return answering(serve)
