"""Lets nobody hand in files who is not signed in.

Streamlit takes uploads from whoever has a screen open, and the sign-in form is a screen: without
this, strangers could fill the server's memory.
"""

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from core.clock import utc_now
from core.identity import sessions
from core.runtime import Runtime

UPLOADS = "/_stcore/upload_file/"


class UploadDoorman:
    """ASGI middleware that answers 401 to uploads without a session."""

    def __init__(self, app: ASGIApp, runtime: Runtime) -> None:
        self._app = app
        self._runtime = runtime

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and UPLOADS in scope["path"] and not await self._is_signed_in(scope):
            await PlainTextResponse("Sign in first.", status_code=401)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _is_signed_in(self, scope: Scope) -> bool:
        # Browsers ask before they send; the question carries no cookie and hands nothing in.
        if scope["method"] == "OPTIONS":
            return True
        token = HTTPConnection(scope).cookies.get(self._runtime.cookie_name)
        return token is not None and await run_in_threadpool(self._knows, token)

    def _knows(self, token: str) -> bool:
        with self._runtime.database.read() as session:
            return sessions.find(session, token, now=utc_now()) is not None
