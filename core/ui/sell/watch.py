"""Keeps the sale queue up to date while clients work on it: looks now and then, draws again when something changed."""

from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.sales import listing
from core.sales.models import SaleQueueStatus as S
from core.ui.sell import dialogs

FAST_SECONDS = 3.0
SLOW_SECONDS = 15.0


def watch(user: SignedIn, seen: listing.Signs, *, drawn_at: datetime) -> None:
    """Look again, often while a client holds something, else seldom; never under the hands of whoever fills a form."""
    pace = FAST_SECONDS if seen.counts[S.PROCESSING] else SLOW_SECONDS
    st.fragment(_look, run_every=pace)(user, seen, drawn_at)


def _look(user: SignedIn, seen: listing.Signs, drawn_at: datetime) -> None:
    now = utc_now()
    # The look that is part of drawing would find what was read a moment ago.
    if (now - drawn_at).total_seconds() < 1 or dialogs.is_any_open():
        return
    with get_runtime().database.read() as session:
        found = listing.signs(session, user.actor, now=now)
    if found != seen:
        st.rerun()
