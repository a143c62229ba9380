"""My profile: how the house knows a person, their password, and the browsers they are signed in with."""

import streamlit as st

from core.clock import utc_now
from core.identity import sessions, users
from core.identity.models import LoginSession
from core.identity.passwords import hash_password
from core.identity.sign_in import confirm_password
from core.publishing.automations.timing import retime_for_zone
from core.runtime import get_runtime
from core.ui.browsers import browser_name
from core.ui.errors import guarded
from core.ui.forms import agreed_password, new_password_fields, timezone_field
from core.ui.gate import SignedIn, current_user
from core.ui.page import format_instant, page_header, zone_note

user = current_user()
database = get_runtime().database


def show_details(user: SignedIn) -> None:
    """Name, e-mail address and time zone."""
    with st.form("profile"):
        st.header("About you", anchor=False)
        left, right = st.columns(2)
        name = left.text_input("Name", value=user.name or "", key="profile-name", autocomplete="name", max_chars=120)
        email = right.text_input("E-mail (optional)", value=user.email or "", key="profile-email", type="email",
                                 autocomplete="email")  # fmt: skip
        zone = timezone_field("profile-timezone", user.timezone)
        if st.form_submit_button("Save", type="primary"):
            with guarded():
                with database.session() as session:
                    users.update_profile(session, user.actor, name=name, email=email, timezone=zone, now=utc_now())
                    if zone != user.timezone:
                        retime_for_zone(session, user.actor, now=utc_now())
                st.toast("Saved.", icon=":material/check:")
                st.rerun()


def show_password(user: SignedIn) -> None:
    """A new password, which signs out every other browser."""
    with st.form("password", clear_on_submit=True):
        st.header("Password", anchor=False)
        st.caption("Changing it signs you out everywhere but here.")
        current = st.text_input("Current password", key="password-current", type="password",
                                autocomplete="current-password") or ""  # fmt: skip
        entries = new_password_fields("new", label="New password")
        if st.form_submit_button("Change password"):
            with guarded():
                change_password(user, current, agreed_password(entries))
                st.success("Your password is changed.", icon=":material/check:")


def change_password(user: SignedIn, current: str, wanted: str) -> None:
    """Checks and hashes outside the writing transaction: both are slow on purpose."""
    confirm_password(database, user.user_id, current, clock=utc_now)
    password_hash = hash_password(wanted, username=user.username)
    with database.session() as session:
        users.set_password(
            session, user.actor, user.user_id, password_hash, keep_session=user.session_id, now=utc_now()
        )


def show_sessions(user: SignedIn) -> None:
    """Where this person is signed in, with a way to sign out."""
    st.header("Signed in with", anchor=False)
    with database.read() as session:
        opened = sessions.list_open(session, user.user_id, now=utc_now())
    for row in opened:
        show_session(user, row)
    if len(opened) > 1 and st.button("Sign out everywhere else", icon=":material/logout:"):
        with guarded():
            with database.session() as session:
                sessions.end_all(session, user.actor, user.user_id, keep=user.session_id, now=utc_now())
            st.rerun()


def show_session(user: SignedIn, row: LoginSession) -> None:
    """One browser: what it is, when it was last used, and a button to sign it out."""
    is_here = row.id == user.session_id
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"session-{row.id}"):
        st.markdown(
            f"**{browser_name(row.user_agent)}**{' · this browser' if is_here else ''}  \n"
            f":gray[Since {format_instant(row.created_at, user.timezone)}, "
            f"last used {format_instant(row.last_seen_at, user.timezone)}]"
        )
        if not is_here and st.button("Sign out", key=f"end-{row.id}"):
            with guarded():
                with database.session() as session:
                    sessions.end(session, user.actor, row.id, now=utc_now())
                st.rerun()


page_header("My profile", f"How this Atelier knows you. {zone_note(user.timezone)}")
with st.container(width=720):
    show_details(user)
    show_password(user)
    show_sessions(user)
