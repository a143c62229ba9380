"""Watches the connection every open screen keeps: whose it is, and that it has no more power than they have now.

Streamlit runs the whole script only now and then. Buttons in dialogs, parts that refresh by themselves,
callbacks and downloads act for whoever the screen was drawn for, without asking the gate again. All of them
begin with a message over the connection, so that is where the session is asked for each time. Once it has
ended, or the person's role is another, a message brings about nothing but a new run of the whole screen, and
there the gate has the page loaded anew.
"""

from urllib.parse import urlsplit

from google.protobuf.message import DecodeError
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from core.clock import utc_now
from core.errors import UnavailableError
from core.identity import sessions
from core.runtime import Runtime
from core.web_connect import is_loopback

# Streamlit resumes a connection that broke only for whom this header names: what one person has on screen is
# not handed to the next one at the same browser.
TRUSTED_USER_HEADERS = {sessions.STANDING_HEADER: "standing"}
LONGEST_FROM_STRANGERS = 1024 * 1024  # bytes; the door sends a few hundred
# Close codes of RFC 6455, section 7.4.1.
POLICY, TOO_BIG, TRY_LATER = 1008, 1009, 1013


class ConnectionWatch:
    """ASGI middleware for WebSockets; everything else passes."""

    def __init__(self, app: ASGIApp, runtime: Runtime) -> None:
        self._app = app
        self._runtime = runtime

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        if not self._is_from_here(scope):
            await _refuse(receive, send, POLICY)
            return
        token = HTTPConnection(scope).cookies.get(self._runtime.cookie_name)
        try:
            standing = await self._find(token)
        except UnavailableError:
            # Taken for a stranger now, somebody signed in would never be asked again.
            await _refuse(receive, send, TRY_LATER)
            return

        async def receive_checked() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            if standing is None and len(message.get("bytes") or message.get("text") or b"") > LONGEST_FROM_STRANGERS:
                await send({"type": "websocket.close", "code": TOO_BIG})
                return {"type": "websocket.disconnect", "code": TOO_BIG}
            if await self._is_still(standing, token):
                return message
            return {"type": "websocket.receive", "bytes": without_effect(message.get("bytes") or b"")}

        await self._app(_introduced(scope, standing), receive_checked, send)

    async def _is_still(self, standing: str | None, token: str | None) -> bool:
        try:
            return await self._find(token) == standing
        except UnavailableError:
            return True  # without a database nothing can be read or done either; the screen says so better

    async def _find(self, token: str | None) -> str | None:
        return await run_in_threadpool(self._look_up, token) if token else None

    def _look_up(self, token: str) -> str | None:
        with self._runtime.database.read() as session:
            person = sessions.find(session, token, now=utc_now())
        return None if person is None else person.standing

    def _is_from_here(self, scope: Scope) -> bool:
        """Whether one of our own pages connects, or a program that is no browser.

        Streamlit lets every port of ``localhost`` in, and to cookies ports make no difference: any other program
        with a page on this machine could act for whoever is signed in.
        """
        headers, settings = HTTPConnection(scope).headers, self._runtime.settings
        host, origin = headers.get("host", ""), headers.get("origin")
        if not settings.public_url and is_loopback(settings.host) and not is_loopback(urlsplit(f"//{host}").hostname):
            # A name somebody made point at this machine: to the browser, their page is one of ours then.
            return False
        return origin is None or urlsplit(origin).netloc in {host, urlsplit(settings.resolved_public_url).netloc}


def without_effect(message: bytes) -> bytes:
    """A message to Streamlit that asks for the same screen, with nothing pressed, typed or singled out in it."""
    asked = BackMsg()
    try:
        asked.ParseFromString(message)
    except DecodeError:
        asked = BackMsg()
    bare = BackMsg()
    # Of a message about anything else than a run this is empty, which stands for the first screen.
    bare.rerun_script.CopyFrom(asked.rerun_script)
    for field in ("widget_states", "fragment_id", "is_auto_rerun"):
        bare.rerun_script.ClearField(field)
    sent: bytes = bare.SerializeToString()
    return sent


def _introduced(scope: Scope, standing: str | None) -> Scope:
    """The scope with our own word for who is there, in place of what the browser may have said."""
    name = sessions.STANDING_HEADER.encode()
    headers = [(key, value) for key, value in scope["headers"] if key.lower() != name]
    if standing is not None:
        headers.append((name, standing.encode()))
    return {**scope, "headers": headers}


async def _refuse(receive: Receive, send: Send, code: int) -> None:
    await receive()  # the request to connect
    await send({"type": "websocket.close", "code": code})
