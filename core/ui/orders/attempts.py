"""The calls made for an item, and the log of an order: folded away, for those who want to know."""

from datetime import datetime

import pandas as pd
import streamlit as st

from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.orders.detail import ItemView, list_attempts, recent_logs
from core.ui.money import plain_dollars
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


def show_attempts(runtime: Runtime, user: SignedIn, item: ItemView, now: datetime) -> None:
    """Every call for an item: when, how it ended, how long it took, what it cost."""
    with st.popover("Calls", type="tertiary", key=f"calls-{item.id}"):
        st.caption(
            plain(", ".join(f"{name} {value}" for name, value in item.parameters.items())) or "Default parameters."
        )
        with runtime.database.read() as session:
            attempts = list_attempts(session, user.actor, item.id)
        if not attempts:
            st.caption("No call was made yet.")
        for one in attempts:
            facts = [f"{one.number}. {_WORDS[one.state.value]}", precise(one.opened_at, user.timezone, now=now)]
            if one.latency_ms is not None:
                facts.append(duration(one.latency_ms))
            if one.cost is not None:
                facts.append(f"\\${plain_dollars(one.cost)}")
            if one.http_status is not None:
                facts.append(f"HTTP {one.http_status}")
            st.markdown(" · ".join(facts))
            if one.error_message:
                st.caption(plain(one.error_message))


def show_log(runtime: Runtime, user: SignedIn, order_id: str, now: datetime) -> None:
    """The latest lines about an order."""
    with st.expander("Log", icon=":material/notes:"):
        with runtime.database.read() as session:
            lines = recent_logs(session, user.actor, order_id)
        if not lines:
            st.caption("Nothing was noted yet.")
            return
        rows = [
            {"When": precise(one.timestamp, user.timezone, now=now), "Level": one.level.value, "What": one.message}
            for one in lines
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch", height=min(36 * len(rows) + 38, 360))
