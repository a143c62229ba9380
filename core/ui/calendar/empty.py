"""What the Calendar says when there is nothing in it: why, and the one thing to do about it."""

import streamlit as st

from core.identity.sessions import SignedIn
from core.publishing.calendar.entries import Kind
from core.ui.calendar import query as address
from core.ui.calendar.query import Query
from core.ui.calendar.shown import FORESIGHT, Shown
from core.ui.links import screen_button
from core.ui.page import empty_state, format_day, local
from core.ui.words import count


def show_horizon(user: SignedIn, query: Query, shown: Shown) -> None:
    """Until when automations are foreseen, when the period goes on after that."""
    horizon = shown.now + FORESIGHT
    if (
        shown.automations
        and query.wanted.has(Kind.FORESEEN)
        and query.period.last > local(horizon, user.timezone).date()
    ):
        day = format_day(horizon, user.timezone, now=shown.now)
        st.caption(f"What automations will do is foreseen until {day}.")


def show_empty(query: Query, shown: Shown) -> None:
    """A line, or for somebody new a box, when the period has no post."""
    if shown.total:
        return
    if query.is_narrowed:
        st.info("No post of this time fits the filters.", icon=":material/search_off:")
    elif shown.unplanned:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f":material/event_busy: Nothing here yet. {count(shown.unplanned, 'draft')} could be scheduled.",
                width="content",
            )
            if not query.shows_drafts:
                st.button("Show the drafts", key="calendar-show-drafts", on_click=address.toggle_drafts)
    else:
        empty_state(
            "Nothing is planned", "Upload pictures, then put them onto days here.", icon=":material/calendar_month:"
        )
        screen_button("Go to Content", "content", key="calendar-to-content", icon=":material/imagesmode:",
                      type="primary")  # fmt: skip
