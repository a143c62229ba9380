"""An item with the calls made for it, and the log of an order: folded away, for those who want to know."""

from datetime import datetime

import pandas as pd
import streamlit as st

from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.orders.detail import ItemView, list_attempts, recent_logs
from core.ui.money import dollars
from core.ui.times import duration, precise
from core.ui.words import plain

_WORDS = {
    "open": "being made",
    "submitted": "at the provider",
    "done": "done",
    "failed": "failed",
    "cancelled": "cancelled",
    "unknown": "answer lost",
}


def show_details(runtime: Runtime, user: SignedIn, item: ItemView, now: datetime) -> None:
    """An item in full: its words to copy, its parameters, and every call made for it. Read when it is opened."""
    opened = st.popover("Details", type="tertiary", key=f"details-{item.id}", on_change="rerun")
    if not opened.open:
        return
    with opened:
        st.code(item.prompt or "–", language=None, wrap_lines=True)
        if item.negative_prompt:
            st.caption("Negative prompt")
            st.code(item.negative_prompt, language=None, wrap_lines=True)
        given = ", ".join(f"{name} {value}" for name, value in item.parameters.items())
        st.caption(plain(given) or "Default parameters.")
        for when, hooks in (("Before the call", item.before), ("After the call", item.after)):
            if hooks:
                st.caption(f"{when}: {plain(', '.join(hooks))}")
        _show_attempts(runtime, user, item.id, now)


def _show_attempts(runtime: Runtime, user: SignedIn, item_id: str, now: datetime) -> None:
    """When each call was made, how it ended, how long it took, what it cost."""
    with runtime.database.read() as session:
        attempts = list_attempts(session, user.actor, item_id)
    if not attempts:
        st.caption("No call was made yet.")
    for one in attempts:
        facts = [f"{one.number}. {_WORDS[one.state.value]}", precise(one.opened_at, user.timezone, now=now)]
        if one.latency_ms is not None:
            facts.append(duration(one.latency_ms))
        if one.cost is not None:
            facts.append("free" if one.cost == 0 else dollars(one.cost))
        if one.http_status is not None:
            facts.append(f"HTTP {one.http_status}")
        st.markdown(" · ".join(facts))
        if one.error_message:
            st.caption(plain(one.error_message))


def show_log(runtime: Runtime, user: SignedIn, order_id: str, now: datetime) -> None:
    """The latest lines about an order, read when it is opened."""
    opened = st.expander("Log", icon=":material/notes:", key=f"order-log-{order_id}", on_change="rerun")
    if not opened.open:
        return
    with opened:
        with runtime.database.read() as session:
            lines = recent_logs(session, user.actor, order_id)
        if not lines:
            st.caption("Nothing was noted yet.")
            return
        rows = [
            {"When": precise(one.timestamp, user.timezone, now=now), "Level": one.level.value, "What": one.message}
            for one in lines
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", height=min(35 * (len(rows) + 1) + 3, 353))
        st.caption("Search all lines, and take them along as CSV, under Making of › Log.")
