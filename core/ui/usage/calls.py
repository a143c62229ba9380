"""The latest calls: a table with pages, and one line on how each cost is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import pandas as pd
import streamlit as st

from core.identity.sessions import SignedIn
from core.metering import listing, names
from core.metering.events import UsageStatus
from core.metering.figures import UsageFilter
from core.metering.listing import CallView
from core.runtime import get_runtime
from core.ui import times
from core.ui.pager import begin_again, place, show_pager
from core.ui.tables import csv_button, csv_bytes
from core.ui.usage.query import STATUSES
from core.ui.usage.words import short_dollars

PAGE_SIZE = 25
ROW_HEIGHT = 36


@dataclass(frozen=True, slots=True)
class Called:
    """What people call providers, and models by provider and model."""

    providers: Mapping[str, str]
    models: Mapping[tuple[str, ...], str]


def show_calls(user: SignedIn, wanted: UsageFilter, providers: Mapping[str, str], *, now: datetime) -> None:
    """Filters, the page that the address names, the pager and the export."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="usage-calls-filters"):
        status: UsageStatus | None = st.selectbox(
            "How it ended", list(STATUSES), index=None, placeholder="Any", format_func=STATUSES.__getitem__,
            key="status", bind="query-params", on_change=begin_again, width=180,
        )  # fmt: skip
        unpriced_only = st.toggle("Only without a price", key="unpriced", bind="query-params", on_change=begin_again)
    cursor, newer = place()
    with get_runtime().database.read() as session:
        page = listing.list_calls(
            session, user.actor, wanted, status=status, unpriced_only=unpriced_only, cursor=cursor, newer=newer,
            limit=PAGE_SIZE,
        )  # fmt: skip
        models = names.of_models(session, list({(view.usage.provider, view.usage.model) for view in page.rows}))
    if not page.rows:
        st.caption("No call fits.")
        return
    _show_table(user, page.rows, Called(providers, models), now)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        csv_button(partial(_csv, user, wanted, status, unpriced_only), "usage-calls", key="usage-calls-csv")
        show_pager(page, key="usage")


def _show_table(user: SignedIn, rows: Sequence[CallView], called: Called, now: datetime) -> None:
    config = st.column_config
    frame = pd.DataFrame([_cells(view, user.timezone, called, now) for view in rows])
    if not user.is_admin:
        frame = frame.drop(columns="Who")
    st.dataframe(
        frame, key="usage-calls", hide_index=True, row_height=ROW_HEIGHT, height=ROW_HEIGHT * len(rows) + 40,
        placeholder="–",
        column_config={
            "Cost": config.TextColumn("Cost", help="“about”: reckoned with something the provider did not say."),
            "Model": config.TextColumn(width=190),
            "How it is known": config.TextColumn(width=230),
            "Seconds": config.NumberColumn(format="%.1f"),
        },
        alt=f"{len(rows)} calls, newest first",
    )  # fmt: skip


def _cells(view: CallView, timezone: str, called: Called, now: datetime) -> dict[str, object]:
    row = view.usage
    known = ": ".join(part for part in (row.price_source, row.price_note) if part)
    about = "about " if row.estimated and row.cost is not None else ""
    return {
        "When": times.moment(row.occurred_at, timezone, now=now),
        "Who": view.person or "–",
        "Provider": called.providers.get(row.provider, row.provider),
        "Model": called.models[row.provider, row.model],
        "Ended": "correction" if row.corrects_id else STATUSES[row.status],
        "Pictures": row.images,
        "Cost": "free" if row.cost == 0 and not row.corrects_id else f"{about}{short_dollars(row.cost)}",
        "How it is known": known,
        "Tokens": row.tokens_total,
        "Seconds": None if row.latency_ms is None else row.latency_ms / 1000,
        "Project": view.project or "",
    }


def _csv(user: SignedIn, wanted: UsageFilter, status: UsageStatus | None, unpriced_only: bool) -> bytes:
    with get_runtime().database.read() as session:
        return csv_bytes(listing.csv_rows(session, user.actor, wanted, status=status, unpriced_only=unpriced_only))
