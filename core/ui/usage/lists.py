"""Who and what cost most: one table for each way of telling apart."""

from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from core.metering.figures import Dimension, Entry, UsageFilter
from core.ui.tables import csv_button, csv_bytes
from core.ui.usage.query import DIMENSIONS
from core.ui.usage.words import change, short_dollars

ROW_HEIGHT = 40
_SHOWN = 12


def show_list(entries: Sequence[Entry], by: Dimension, wanted: UsageFilter) -> None:
    """The table of one dimension, dearest first, with its share and how it changed."""
    if not entries:
        st.caption("Nothing was used in these days.")
        return
    total = sum(entry.sums.cost for entry in entries)
    config = st.column_config
    frame = pd.DataFrame(
        [
            {
                "name": entry.name,
                "cost": float(entry.sums.cost),
                "share": float(entry.sums.cost / total * 100) if total else 0.0,
                "change": change(entry.sums.cost, entry.cost_before),
                "images": entry.sums.images,
                "calls": entry.sums.calls,
                "unsuccessful": entry.sums.calls - entry.sums.ok,
                "unpriced": entry.sums.unpriced,
                "latency": (entry.sums.mean_latency_ms or 0) / 1000 if entry.sums.timed else None,
            }
            for entry in entries
        ]
    )
    st.dataframe(
        frame,
        key=f"usage-list-{by.value}",
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * min(len(entries), _SHOWN) + 40,
        placeholder="–",
        column_config={
            "name": config.TextColumn(DIMENSIONS[by], width=200),
            "cost": config.NumberColumn("Cost", format="$%.4f"),
            "share": config.ProgressColumn("Share", format="%.0f %%", min_value=0, max_value=100, width=110),
            "change": config.TextColumn("Change", help="Cost against the range of the same length before."),
            "images": config.NumberColumn("Pictures", format="localized"),
            "calls": config.NumberColumn("Calls", format="localized"),
            "unsuccessful": config.NumberColumn(
                "Without success", help="Failed, refused or broken off.", format="localized"
            ),
            "unpriced": config.NumberColumn("No price", help="Calls whose price is not known.", format="localized"),
            "latency": config.NumberColumn("Seconds", help="How long a call took on average.", format="%.1f"),
        },
        alt=f"Usage by {DIMENSIONS[by].lower()}: {len(entries)} rows, {short_dollars(total or None)} in all",
    )
    name = DIMENSIONS[by].lower().replace(" ", "-")
    csv_button(partial(_csv, entries, by, wanted), f"usage-by-{name}", key=f"usage-csv-{by.value}")


def _csv(entries: Sequence[Entry], by: Dimension, wanted: UsageFilter) -> bytes:
    return csv_bytes(_rows(entries, by, wanted))


def _rows(entries: Sequence[Entry], by: Dimension, wanted: UsageFilter) -> Iterator[Sequence[object]]:
    yield ["filter", f"{wanted.described()}, by {by.value}, costs in US dollars"]
    yield [
        by.value, "key", "cost", "cost_before", "estimated_cost", "calls", "ok", "errors", "refused", "aborted",
        "unpriced", "images", "tokens_in", "tokens_out", "mean_latency_ms",
    ]  # fmt: skip
    for entry in entries:
        sums = entry.sums
        yield [
            entry.name, "/".join(entry.key), f"{sums.cost:f}", f"{entry.cost_before:f}", f"{sums.estimated_cost:f}",
            sums.calls, sums.ok, sums.errors, sums.refused, sums.aborted, sums.unpriced, sums.images, sums.tokens_in,
            sums.tokens_out, "" if sums.mean_latency_ms is None else sums.mean_latency_ms,
        ]  # fmt: skip
