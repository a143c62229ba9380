"""Generation logs: by level and words, page by page."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.analytics.logs import PAGE, LogFilter, LogLine, list_logs
from core.studio.orders.models import LogLevel
from core.ui.making.query import Chosen
from core.ui.tables import csv_button, csv_bytes
from core.ui.times import precise

MOST_EXPORTED = 20_000
_OLDER = "making-logs-older"
LEVELS = {
    "Everything": LogLevel.DEBUG,
    "Info and up": LogLevel.INFO,
    "Warnings and errors": LogLevel.WARNING,
    "Errors": LogLevel.ERROR,
}


def show_logs(runtime: Runtime, user: SignedIn, chosen: Chosen, now: datetime) -> None:
    """One page of lines, newest first."""
    wanted = _ask(chosen)
    pages: list[tuple[datetime, str]] = st.session_state.setdefault(_OLDER, [])
    if st.session_state.get("making-logs-for") != wanted:
        pages.clear()
        st.session_state["making-logs-for"] = wanted
    with runtime.database.read() as session:
        lines = list_logs(session, user.actor, wanted, before=pages[-1] if pages else None, limit=PAGE + 1)
    if not lines:
        st.caption("No lines match. Logs are kept for 30 days unless the house says otherwise.")
    else:
        st.dataframe(_frame(lines[:PAGE], user, now), hide_index=True, width="stretch", height=460,
                     column_config={"Order": st.column_config.LinkColumn(display_text="open")})  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages and st.button("Newer", icon=":material/chevron_left:", key="logs-newer"):
            pages.pop()
            st.rerun()
        if len(lines) > PAGE and st.button("Older", icon=":material/chevron_right:", key="logs-older"):
            pages.append((lines[PAGE - 1].at, lines[PAGE - 1].id))
            st.rerun()
        csv_button(lambda: logs_csv(runtime, user, wanted), "atelier-generation-log", key="logs-csv")


def logs_csv(runtime: Runtime, user: SignedIn, wanted: LogFilter) -> bytes:
    """What matches, newest first; instants in UTC."""
    head = ("at", "level", "event", "message", "person", "order", "item")
    filters = (
        f"# Atelier generation log. Filters: from {wanted.level.value} up; words “{wanted.words}”; since {wanted.since}"
    )
    with runtime.database.read() as session:
        lines = list_logs(session, user.actor, wanted, limit=MOST_EXPORTED)
    rows: list[Sequence[object]] = [[filters], head]
    for line in lines:
        at = line.at.isoformat(timespec="milliseconds")
        order, item = line.order_id or "", line.order_item_id or ""
        rows.append([at, line.level.value, line.event, line.message, line.person, order, item])
    return csv_bytes(rows)


def _ask(chosen: Chosen) -> LogFilter:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        level = st.selectbox("Level", list(LEVELS), index=1, key="making-level", bind="query-params", width=220)
        words = st.text_input("Words", key="making-words", bind="query-params", width=260)
    return LogFilter(level=LEVELS[level], words=words or "", since=chosen.scope.since)


def _frame(lines: Sequence[LogLine], user: SignedIn, now: datetime) -> pd.DataFrame:
    rows = []
    for line in lines:
        row: dict[str, object] = {
            "When": precise(line.at, user.timezone, now=now),
            "Level": line.level.value,
            "What": line.message,
            "Order": f"/orders?order={line.order_id}" if line.order_id else None,
        }
        if user.is_admin:
            row["Person"] = line.person
        rows.append(row)
    return pd.DataFrame(rows)
