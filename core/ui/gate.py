"""Who is at the other end of the browser. Every page begins with ``user = current_user()``."""

import streamlit as st

from core.clock import utc_now
from core.identity import sessions
from core.identity.sessions import SignedIn
from core.runtime import Runtime, get_runtime
from core.ui.door import show_door
from core.ui.handover import send_reload

__all__ = ["SignedIn", "current_user", "require_admin"]


def current_user() -> SignedIn:
    """The person signed in here; when there is none, the door is shown and the script ends.

    Asked of the database each time, so that signing out elsewhere and being disabled take effect at the next click.
    """
    runtime = get_runtime()
    signed_in = find_user(runtime, session_cookie())
    if _has_changed(signed_in):
        send_reload()
        st.stop()
    if signed_in is None:
        show_door(runtime)
        st.stop()
    return signed_in


def require_admin() -> SignedIn:
    """As ``current_user``, and for others than administrators the script ends with a sentence."""
    user = current_user()
    if not user.is_admin:
        st.error("Only administrators see this screen. Ask one of them.", icon=":material/lock:")
        st.stop()
    return user


def _has_changed(signed_in: SignedIn | None) -> bool:
    """Whether the connection was opened with another standing than the person has now: see ``ConnectionWatch``."""
    opened_with = st.context.headers.get(sessions.STANDING_HEADER)
    return opened_with is not None and opened_with != (signed_in.standing if signed_in else None)


def session_cookie() -> str | None:
    """The cookie the browser sent when it connected; a new one is seen after a reload."""
    return st.context.cookies.get(get_runtime().cookie_name)


def find_user(runtime: Runtime, cookie: str | None) -> SignedIn | None:
    """The person behind the cookie; notes now and then that the session is in use."""
    now = utc_now()
    with runtime.database.read() as session:
        signed_in = sessions.find(session, cookie, now=now)
    if signed_in is not None and sessions.needs_touch(signed_in, now=now):
        with runtime.database.session() as session:
            sessions.touch(session, signed_in.session_id, idle_days=runtime.settings.session_idle_days, now=now)
    return signed_in
