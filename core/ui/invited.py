"""What somebody sees who follows an invitation link: a form to add themselves with."""

import streamlit as st

from core.clock import utc_now
from core.identity import invitations, tickets
from core.runtime import Runtime
from core.ui import style
from core.ui.errors import guarded
from core.ui.forms import Newcomer, newcomer_fields
from core.ui.handover import send_ticket

PARAMETER = "invite"


def show_invited(runtime: Runtime, token: str) -> None:
    """The form, or a sentence when the link is of no use any more."""
    with runtime.database.read() as session:
        invitation = invitations.find(session, token, now=utc_now())
    with style.door(width=560):
        if invitation is None:
            st.warning(invitations.GONE, icon=":material/link_off:")
            if st.button("Sign in instead"):
                st.query_params.clear()
                st.rerun()
            return
        st.header("You are invited", anchor=False)
        st.markdown("Choose how you want to sign in to this Atelier.")
        with st.form("invited", border=False):
            newcomer = newcomer_fields("invited")
            sent = st.form_submit_button("Join", type="primary", width="stretch")
        if sent:
            with guarded():
                _join(runtime, token, newcomer)


def _join(runtime: Runtime, token: str, newcomer: Newcomer) -> None:
    new = newcomer.to_user()
    with runtime.database.session() as session:
        user = invitations.accept(session, token, new, now=utc_now())
        ticket = tickets.issue(session, tickets.SIGN_IN, user.id, now=utc_now())
    st.query_params.clear()
    st.success("Welcome.", icon=":material/check:")
    send_ticket(ticket)
