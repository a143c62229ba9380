"""Keeps the list up to date while posts go out: looks now and then, and draws again only when something changed."""

from datetime import datetime, timedelta

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing import listing
from core.publishing.listing import Counts, DeviationView
from core.publishing.states import IN_PROGRESS, QUEUED
from core.runtime import get_runtime
from core.ui.content import dialogs
from core.ui.content.badges import badge_of
from core.ui.content.listed import Listed, keep_places, refreshed
from core.ui.content.query import Query
from core.ui.content.times import when

FAST_SECONDS = 2.0
SLOW_SECONDS = 15.0
_SOON = timedelta(seconds=60)
# The look that is part of drawing the screen would find what was read a moment ago.
_JUST_READ = timedelta(seconds=1)


def watch(user: SignedIn, query: Query, listed: Listed) -> None:
    """Look again while anything is queued: often when it is about to move, else seldom."""
    pace = pace_of(listed)
    if pace is not None:
        st.fragment(_look, run_every=pace)(user, query, listed)


def pace_of(listed: Listed) -> float | None:
    """Seconds between two looks; ``None``: nothing will move by itself."""
    if not listed.counts.of(*QUEUED):
        return None
    return FAST_SECONDS if any(_moves_soon(row, listed.now) for row in listed.rows) else SLOW_SECONDS


def _moves_soon(row: DeviationView, now: datetime) -> bool:
    if row.is_busy or row.status in IN_PROGRESS:
        return True
    if row.status not in QUEUED or row.hold_reason is not None or row.waits_for_account:
        return False
    return row.due_at is not None and row.due_at <= now + _SOON


def _look(user: SignedIn, query: Query, listed: Listed) -> None:
    now = utc_now()
    # A dialog would be drawn again under the hands of whoever fills it in.
    if now - listed.now < _JUST_READ or dialogs.is_any_open():
        return
    with get_runtime().database.read() as session:
        page = refreshed(session, listed.page, now)
        counts = listing.count_by_status(session, user.actor)
    seen, found = Listed(listed.page, listed.counts, (), listed.now), Listed(page, counts, (), now)
    if _signs(user, seen) != _signs(user, found):
        keep_places(query, listed.page)
        st.rerun()


def _signs(user: SignedIn, listed: Listed) -> tuple[object, ...]:
    """What a person would see change."""
    rows = tuple((row.id, badge_of(row), when(row, user.timezone, now=listed.now)) for row in listed.rows)
    return rows, _numbers(listed.counts), pace_of(listed)


def _numbers(counts: Counts) -> tuple[object, ...]:
    return tuple(sorted(counts.by_status.items())), counts.trashed
