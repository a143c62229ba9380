"""Who is calling: every request shows a key before anything of it is read, and no key may run wild."""

from typing import Annotated

import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from core.api.problems import Problem, problem_of, retry_after
from core.api.rates import RateLimiter
from core.clock import utc_now
from core.errors import UnavailableError
from core.identity import api_keys, scopes
from core.identity.api_keys import KeyHolder
from core.runtime import Runtime

log = structlog.get_logger(__name__)
# What can be read without a key: how to use the API.
OPEN = frozenset({"/openapi.json", "/docs"})
BEARER = HTTPBearer(
    auto_error=False, scheme_name="ApiKey", bearerFormat="atl_…", description="A key from Connect › API keys."
)


class Gate:
    """ASGI middleware: 401 without a key that is good, 429 when it comes too often; the caller is in the state."""

    def __init__(self, app: ASGIApp, runtime: Runtime, limiter: RateLimiter) -> None:
        self._app = app
        self._runtime = runtime
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _path(scope) in OPEN:
            await self._app(scope, receive, send)
            return
        try:
            scope.setdefault("state", {})["caller"] = await self._let_in(scope)
        except Problem as problem:
            await problem.response()(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _let_in(self, scope: Scope) -> KeyHolder:
        kind, _, text = Headers(scope=scope).get("authorization", "").partition(" ")
        try:
            holder = await run_in_threadpool(self._find, text.strip()) if kind.lower() == "bearer" else None
        except UnavailableError as error:
            log.warning("A key could not be looked up.", error=str(error))
            raise problem_of(error) from error
        if holder is None:
            # One sentence whatever is wrong with it: who guesses learns nothing.
            detail = "Send a valid key as “Authorization: Bearer atl_…”. Keys are made under Connect › API keys."
            raise Problem("key-refused", detail, headers={"WWW-Authenticate": "Bearer"})
        wait = self._limiter.take(holder.api_key_id)
        if wait is not None:
            raise Problem("too-many-requests", "This key asks too often. Wait a little.", headers=retry_after(wait))
        return holder

    def _find(self, text: str) -> KeyHolder | None:
        now = utc_now()
        with self._runtime.database.read() as session:
            holder = api_keys.authenticate(session, text, now=now)
        if holder is not None and api_keys.needs_touch(holder, now=now):
            try:
                with self._runtime.database.session() as session:
                    api_keys.touch(session, holder, text, now=now)
            except UnavailableError:
                log.warning("The use of a key could not be written down.", api_key=holder.api_key_id)
        return holder


class Require:
    """Dependency: the caller, if their key has ``scope``."""

    def __init__(self, scope: scopes.Scope) -> None:
        self.scope = scope

    def __call__(self, request: Request, _shown: Annotated[object, Depends(BEARER)]) -> KeyHolder:
        caller = current_caller(request, None)
        if self.scope not in caller.scopes:
            detail = f"This key lacks the scope “{self.scope}”. Make one that has it under Connect › API keys."
            raise Problem("scope-missing", detail, more={"scope": self.scope.value})
        return caller


def current_caller(request: Request, _shown: Annotated[object, Depends(BEARER)]) -> KeyHolder:
    """Dependency: whoever was let in, whatever their key may do."""
    caller = request.state.caller
    assert isinstance(caller, KeyHolder)
    return caller


def _path(scope: Scope) -> str:
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))
