"""The first screen of a new house: it makes the owner, and offers a demo studio."""

import streamlit as st

from core.clock import utc_now
from core.demo import furnish
from core.identity import setup, tickets
from core.runtime import Runtime
from core.ui import style
from core.ui.errors import guarded
from core.ui.forms import Newcomer, newcomer_fields
from core.ui.handover import send_ticket


def show_set_up(runtime: Runtime) -> None:
    """Ask who the owner is and how to begin; the button that is pressed is the answer to the second question."""
    with style.door(width=560):
        st.header("Welcome to your Atelier", anchor=False)
        st.markdown("Nobody has been here yet. You will be the owner, and can add others later.")
        with st.form("set-up", border=False):
            newcomer = newcomer_fields("set-up")
            st.space("small")
            with_demo = _choice()
        if with_demo is not None:
            with guarded():
                _begin(runtime, newcomer, with_demo=with_demo)


def _choice() -> bool | None:
    """``True`` for the demo studio, ``False`` for an empty house, ``None`` until one of the buttons is pressed."""
    left, right = st.columns(2)
    with left:
        demo = st.form_submit_button(
            "Start with a demo studio", type="primary", icon=":material/palette:", width="stretch"
        )
        st.caption("A dozen pictures to review, edit and schedule, so that you can try everything at once.")
    with right:
        empty = st.form_submit_button("Start empty", icon=":material/crop_square:", width="stretch")
        st.caption("Nothing but you. Upload your own work, or let programs deliver it.")
    if demo:
        return True
    return False if empty else None


def _begin(runtime: Runtime, newcomer: Newcomer, *, with_demo: bool) -> None:
    new = newcomer.to_user()
    with runtime.database.session() as session:
        owner = setup.set_up_owner(session, new, now=utc_now())
    if with_demo:
        # The owner is there either way: pictures that fail to be painted must not lock anybody out.
        with st.spinner("Painting the demo studio…"), guarded():
            furnish(runtime, owner.id)
    with runtime.database.session() as session:
        ticket = tickets.issue(session, tickets.SIGN_IN, owner.id, now=utc_now())
    st.success("Your Atelier is ready.", icon=":material/check:")
    send_ticket(ticket)
