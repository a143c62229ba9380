"""Keeps the board up to date while posts go out: looks now and then, and draws again only when something changed."""

from datetime import timedelta

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing.listing import count_by_status
from core.runtime import get_runtime
from core.ui.calendar import acting, subscribe
from core.ui.calendar.shown import Shown

EVERY_SECONDS = 15.0
# The look that is part of drawing the screen would find what was read a moment ago.
_JUST_READ = timedelta(seconds=1)


def watch(user: SignedIn, shown: Shown) -> None:
    """Look again every 15 seconds."""
    st.fragment(_look, run_every=EVERY_SECONDS)(user, shown)


def _look(user: SignedIn, shown: Shown) -> None:
    # A dialog would be drawn again under the hands of whoever fills it in.
    if utc_now() - shown.now < _JUST_READ or acting.planning() is not None or subscribe.is_open():
        return
    with get_runtime().database.read() as session:
        counts = count_by_status(session, user.actor)
    if counts != shown.counts:
        st.rerun()
