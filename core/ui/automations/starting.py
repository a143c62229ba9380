"""Beginning a new automation: the ways to begin, and what an empty list says."""

import streamlit as st

from core.ui.automations import address, drafting, look
from core.ui.automations.address import NEW
from core.ui.automations.starters import STARTERS
from core.ui.page import empty_state


def show_empty() -> None:
    """In place of the list."""
    empty_state(
        "No automation yet",
        "An automation takes your drafts, one after the other, and gives them times by its rules. "
        "You see what it will do before you switch it on.",
        icon=":material/autorenew:",
    )


def show_starters() -> None:
    """A card for each way to begin."""
    st.markdown("**Begin with**")
    with st.container(horizontal=True, gap="small", key="starters"):
        for name, starter in STARTERS.items():
            with st.container(border=True, gap="xsmall", key=f"starter-card-{name}"):
                st.html(look.tile(starter.icon, starter.color))
                st.markdown(f"**{starter.title}**")
                st.caption(starter.body)
                st.button("Choose", key=f"starter-{name}", on_click=begin, args=(name,), width="stretch")


def begin(starter: str) -> None:
    """Open a new automation that begins with ``starter``; what was begun before and not saved is dropped."""
    drafting.forget(NEW)
    address.open_new(starter)
