"""Everything a person was told by the bell, read and unread."""

import functools

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.system import notifications
from core.system.notifications import HistoryFilter
from core.system.topics import TOPICS
from core.ui.errors import guarded
from core.ui.notifications import show_notification
from core.ui.page import empty_state
from core.ui.tables import csv_button, csv_bytes
from core.ui.words import count

PER_PAGE = 25
KINDS = {topic.name: topic.kind for topic in TOPICS}


def show_history(user: SignedIn) -> None:
    """Filters, marking all as read, and the notifications of one page."""
    wanted = _ask_filter()
    with get_runtime().database.read() as session:
        total = notifications.count_history(session, user.user_id, wanted)
        unread = notifications.count_unread(session, user.user_id)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{count(total, 'notification')}, {unread:,} unread in all", width="content")
        if total:
            csv_button(functools.partial(_make_csv, user, wanted), "notifications", key="history-csv")
        if unread and st.button("Mark all as read", key="history-read-all", icon=":material/done_all:"):
            _mark_all_read(user)
    if not total:
        _show_empty(wanted)
        return
    _show_page(user, wanted, total)
    st.caption("What you have read is kept for 30 days.")


def _ask_filter() -> HistoryFilter:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Topic", list(KINDS), index=None, placeholder="Any", key="topic", bind="query-params",
                            width=240)  # fmt: skip
        unread_only = st.toggle("Unread only", key="unread", bind="query-params")
    return HistoryFilter(unread_only=unread_only, kind=KINDS[name] if name else None)


def _show_page(user: SignedIn, wanted: HistoryFilter, total: int) -> None:
    now = utc_now()
    table = st.container()
    pages = -(-total // PER_PAGE)
    page = 1
    if pages > 1:
        with st.container(horizontal_alignment="center"):
            page = st.pagination(pages, key="page", bind="query-params")
    with get_runtime().database.read() as session:
        found = notifications.list_history(session, user.user_id, wanted, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    with table:
        for row in found:
            show_notification(user, row, now, key="told")


def _mark_all_read(user: SignedIn) -> None:
    with guarded():
        with get_runtime().database.session() as session:
            notifications.mark_read(session, user.user_id, now=utc_now())
        st.rerun()


def _show_empty(wanted: HistoryFilter) -> None:
    if wanted == HistoryFilter():
        body = "What goes wrong, and what waits for you, is told here and by the bell."
        empty_state("Nothing to tell yet", body, icon=":material/notifications:")
        return
    empty_state("Nothing matches", "No notification fits these filters.", icon=":material/filter_alt_off:")
    st.button("Clear filters", key="history-clear", on_click=_clear)


def _clear() -> None:
    st.session_state["topic"], st.session_state["unread"] = None, False


def _make_csv(user: SignedIn, wanted: HistoryFilter) -> bytes:
    with get_runtime().database.read() as session:
        return csv_bytes(notifications.csv_rows(session, user.user_id, wanted))
