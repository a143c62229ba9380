"""People: who may enter, with which role."""

from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity import instance, invitations, passwords, sessions, users
from core.identity.models import InstanceUserRole
from core.identity.users import NewUser, Person
from core.runtime import get_runtime
from core.ui.errors import guarded
from core.ui.gate import require_admin
from core.ui.page import format_instant, page_header, zone_note
from core.ui.words import plain

ADMIN, MEMBER = InstanceUserRole.ADMIN, InstanceUserRole.MEMBER
ROLE_LABELS = {MEMBER: "Member", ADMIN: "Administrator"}
MAKE_ADMIN, MAKE_MEMBER = "Make administrator", "Make member"
NEW_PASSWORD, SIGN_OUT = "Give a new password", "Sign out everywhere"
DISABLE, ENABLE = "Disable", "Let in again"
HANDOVER = "people.handover"

user = require_admin()
runtime = get_runtime()


def show_handover() -> None:
    """What the administrator has to pass on, once: it is gone with the next click."""
    handover = st.session_state.pop(HANDOVER, None)
    if handover:
        sentence, secret = handover
        with st.container(border=True, key="handover"):
            st.markdown(f":material/key: {sentence} It is shown this once.")
            st.code(secret, language=None)


def show_adding() -> None:
    """Two ways in: an account made here, or a link to make one's own."""
    with st.expander("Add somebody", icon=":material/person_add:"):
        if not has_invites:
            show_adding_with_password()
            return
        with_password, by_link = st.tabs(["With a password", "With an invitation link"])
        with with_password:
            show_adding_with_password()
        with by_link:
            show_inviting()


def show_adding_with_password() -> None:
    """The first way: a name now, and a password to hand over."""
    with st.form("add-person", border=False, clear_on_submit=True):
        left, right = st.columns(2)
        name = left.text_input("Username", key="add-username", autocomplete="off") or ""
        role = right.selectbox("Role", [MEMBER, ADMIN], format_func=ROLE_LABELS.__getitem__, key="add-role")
        if st.form_submit_button("Add with a new password", type="primary"):
            with guarded():
                add_person(name, role)


def show_inviting() -> None:
    """The second way: a link."""
    with st.form("invite", border=False, clear_on_submit=True):
        left, right = st.columns(2)
        note = left.text_input("For whom (a note for yourself)", key="invite-note", autocomplete="off") or ""
        role = right.selectbox("Role", [MEMBER, ADMIN], format_func=ROLE_LABELS.__getitem__, key="invite-role")
        if st.form_submit_button("Make an invitation link", type="primary"):
            with guarded():
                with runtime.database.session() as session:
                    token = invitations.invite(session, user.actor, role, note=note, now=utc_now())
                link = f"{runtime.settings.resolved_public_url}/?invite={token}"
                st.session_state[HANDOVER] = ("Send them this link; it is good once, for seven days.", link)
                st.rerun()


def add_person(name: str, role: InstanceUserRole) -> None:
    """Add somebody with a password to hand over."""
    password = passwords.suggest()
    new = NewUser(username=name, password_hash=passwords.hash_password(password), timezone=user.timezone, role=role)
    with runtime.database.session() as session:
        added = users.add_user(session, user.actor, new, now=utc_now())
    st.session_state[HANDOVER] = (f"**{plain(added.username)}** signs in with this password.", password)
    st.rerun()


def show_person(person: Person, now: datetime) -> None:
    """One person, and what can be done about them."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"person-{person.id}"):
        with st.container(gap=None):
            also = f" :gray[{plain(person.username)}]" if person.name else ""
            st.markdown(f"**{plain(person.name or person.username)}**{also}")
            seen = format_instant(person.last_login_at, user.timezone, now=now) if person.last_login_at else "never"
            browsers = f" · {person.open_sessions} open" if person.open_sessions else ""
            st.caption(f"Last sign-in {seen}{browsers}")
        if person.disabled_at is not None:
            st.badge("Disabled", color="red")
        st.badge(ROLE_LABELS[person.role], color="green" if person.role is ADMIN else "gray")
        choice = st.menu_button(
            "", choices(person), icon=":material/more_horiz:", key=f"menu-{person.id}", help="Change", type="tertiary"
        )
    if choice is not None:
        with guarded():
            change(person, choice)
            st.rerun()


def choices(person: Person) -> list[str]:
    """What the menu offers for this person."""
    role = MAKE_MEMBER if person.role is ADMIN else MAKE_ADMIN
    return [role, NEW_PASSWORD, SIGN_OUT, ENABLE if person.disabled_at else DISABLE]


def change(person: Person, choice: str) -> None:
    """Do what was chosen."""
    now = utc_now()
    password = passwords.suggest() if choice == NEW_PASSWORD else None
    password_hash = passwords.hash_password(password) if password else ""
    with runtime.database.session() as session:
        if choice in {MAKE_ADMIN, MAKE_MEMBER}:
            users.set_role(session, user.actor, person.id, ADMIN if choice == MAKE_ADMIN else MEMBER, now=now)
        elif choice == NEW_PASSWORD:
            keep = user.session_id if person.id == user.user_id else None
            users.set_password(session, user.actor, person.id, password_hash, keep_session=keep, now=now)
        elif choice == SIGN_OUT:
            sessions.end_all(session, user.actor, person.id, now=now)
        elif choice == DISABLE:
            users.disable(session, user.actor, person.id, now=now)
        else:
            users.enable(session, user.actor, person.id, now=now)
    if password:
        st.session_state[HANDOVER] = (
            f"**{plain(person.username)}** signs in with this password from now on.",
            password,
        )


def show_invitation(invitation: invitations.Invitation, now: datetime) -> None:
    """One link that nobody has used yet."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"invitation-{invitation.id}"):
        until = format_instant(invitation.expires_at, user.timezone, now=now)
        st.markdown(f":material/mail: {plain(invitation.note or 'Somebody')} :gray[until {until}]")
        st.badge(ROLE_LABELS[invitation.role], color="gray")
        if st.button("Take back", key=f"take-back-{invitation.id}", type="tertiary"):
            with guarded():
                with runtime.database.session() as session:
                    invitations.take_back(session, user.actor, invitation.id, now=utc_now())
                st.rerun()


now = utc_now()
with runtime.database.read() as session:
    people = users.list_people(session, user.actor, now=now)
    open_invitations = invitations.list_invitations(session, user.actor, now=now)
    has_invites = instance.invites_enabled(session)

page_header("People", f"Who may enter, and who looks after the house. {zone_note(user.timezone)}")
with st.container(width=760):
    show_handover()
    show_adding()
    for person in people:
        show_person(person, now)
    if open_invitations:
        st.header("Invited", anchor=False)
        for invitation in open_invitations:
            show_invitation(invitation, now)
