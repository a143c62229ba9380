"""What somebody sees who is not signed in: the sign-in form, or in a new house the set-up screen."""

from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from core.clock import utc_now
from core.identity import setup
from core.identity.errors import SignInThrottled
from core.identity.sign_in import sign_in
from core.runtime import Runtime
from core.ui import style
from core.ui.errors import guarded
from core.ui.forms import username_field
from core.ui.handover import send_ticket
from core.ui.invited import PARAMETER, show_invited
from core.ui.set_up import show_set_up


def show_door(runtime: Runtime) -> None:
    """The set-up screen while nobody has been added; after that the form to sign in, or to join by invitation."""
    style.hide_sidebar()
    with runtime.database.read() as session:
        is_new = setup.needs_setup(session)
    invitation = st.query_params.get(PARAMETER)
    if is_new:
        show_set_up(runtime)
    elif invitation:
        show_invited(runtime, invitation)
    else:
        _show_sign_in(runtime)


def _show_sign_in(runtime: Runtime) -> None:
    with style.door(width=400):
        st.header("Sign in", anchor=False)
        with st.form("sign-in", border=False):
            username = username_field("sign-in-username")
            password = st.text_input("Password", key="sign-in-password", type="password",
                                     autocomplete="current-password") or ""  # fmt: skip
            sent = st.form_submit_button("Sign in", type="primary", width="stretch")
        if sent:
            with guarded():
                _try(runtime, username, password)
        st.caption("Forgotten your password? An administrator can give you a new one.")


def _try(runtime: Runtime, username: str, password: str) -> None:
    try:
        ticket = sign_in(runtime.database, username, password, address=client_address(), clock=utc_now)
    except SignInThrottled as error:
        st.error(f"Too many wrong passwords. Wait until {_clock_time(error.until)}, then try again.",
                 icon=":material/timer:")  # fmt: skip
    else:
        st.info("Signing you in…", icon=":material/key:")
        send_ticket(ticket)


def client_address() -> str | None:
    """Where the browser connects from; ``None`` on this machine. Proxies are believed as far as settings say."""
    return st.context.ip_address


def _clock_time(instant: datetime) -> str:
    """The time of day at this browser."""
    zone = st.context.timezone
    return f"{instant.astimezone(ZoneInfo(zone)):%H:%M}" if zone else f"{instant:%H:%M} UTC"
