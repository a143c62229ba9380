"""Execution logs: every call made for your posts, what came of it, and what to do about it."""

import functools

import streamlit as st

from core.clock import utc_now
from core.identity.accounts import list_accounts
from core.identity.sessions import SignedIn
from core.publishing.attempts import AttemptFilter, csv_rows, list_attempts, list_categories, summarise
from core.runtime import get_runtime
from core.ui.errors import guarded
from core.ui.gate import current_user
from core.ui.logs import rows
from core.ui.logs.details import show_details
from core.ui.logs.listing import show_empty, show_summary
from core.ui.logs.query import Chosen, show_filters
from core.ui.page import page_header, zone_note
from core.ui.pager import place, show_pager
from core.ui.tables import csv_button, csv_bytes

PAGE_SIZE = 50
REFRESH_SECONDS = 5

user = current_user()
database = get_runtime().database


def show_list(user: SignedIn, chosen: Chosen) -> None:
    """Summary, rows and pager; read anew each time the fragment runs."""
    with guarded():
        now = utc_now()
        wanted = chosen.wanted(timezone=user.timezone, now=now)
        cursor, newer = place()
        with database.read() as session:
            summary = summarise(session, user.actor, wanted)
            page = list_attempts(session, user.actor, wanted, cursor=cursor, newer=newer, limit=PAGE_SIZE)
        if not page.rows:
            show_empty(chosen)
            return
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            show_summary(summary)
            show_pager(page, key="top")
        with st.container(key="log-rows", gap=None):
            for attempt in page.rows:
                rows.show_row(attempt, user.timezone, now=now, on_details=functools.partial(show_details, user))
        with st.container(horizontal_alignment="center"):
            show_pager(page, key="bottom")


def make_csv(user: SignedIn, wanted: AttemptFilter) -> bytes:
    """The export; made when the button is pressed."""
    with database.read() as session:
        return csv_bytes(csv_rows(session, user.actor, wanted))


page_header("Execution logs", f"Every call made for your posts, and what came of it. {zone_note(user.timezone)}")
rows.apply()
with database.read() as session:
    accounts, categories = list_accounts(session, user.actor), list_categories(session, user.actor)
chosen = show_filters(accounts, categories)
with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
    refreshes = st.toggle("Refresh by itself", key="live", bind="query-params")
    wanted = chosen.wanted(timezone=user.timezone, now=utc_now())
    csv_button(functools.partial(make_csv, user, wanted), "execution-log", key="log-csv")
st.fragment(show_list, run_every=REFRESH_SECONDS if refreshes else None)(user, chosen)
