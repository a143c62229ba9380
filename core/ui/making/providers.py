"""How providers do: calls, failures, and how long an answer takes."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from core.identity.sessions import SignedIn
from core.metering import names
from core.runtime import Runtime
from core.studio.analytics.reliability import Reliability, reliability
from core.ui.making.query import Chosen
from core.ui.tables import csv_button, csv_bytes
from core.ui.times import duration
from core.ui.words import listed, plain

TROUBLED = 0.2
MANY = 10
_REASONS = {
    "transient": "a passing fault",
    "rate_limited": "too many calls",
    "provider_outage": "the provider was away",
    "network": "no connection",
    "file_system": "our disk",
    "authentication": "the key",
    "validation": "a parameter",
    "content_policy": "content refused",
    "no_image": "no picture in the answer",
    "bad_result": "a broken result",
    "expired": "the result had expired",
    "spend_cap": "the cap of the day",
    "quota": "no credit left",
    "unknown": "unknown",
}


def show_providers(runtime: Runtime, user: SignedIn, chosen: Chosen) -> None:
    """One row for each model of each provider."""
    with runtime.database.read() as session:
        rows = reliability(session, user.actor, since=chosen.since, until=chosen.until)
        providers = names.choices(session, user.actor).providers
        models = names.of_models(session, [(row.provider, row.model) for row in rows])
    if not rows:
        st.caption("No calls were made in this span.")
        return
    # By the names that other screens use; the file keeps the provider's own.
    shown = [
        replace(row, provider=providers.get(row.provider, row.provider), model=models[row.provider, row.model])
        for row in rows
    ]
    troubled = [row for row in shown if row.calls >= MANY and row.failure_rate >= TROUBLED]
    if troubled:
        named = listed(
            [f"{plain(row.model)} at {plain(row.provider)} ({row.failure_rate:.0%})" for row in troubled[:4]]
        )
        st.warning(f"Many calls fail: {named}.", icon=":material/report:")
    st.dataframe(_frame(shown), hide_index=True, width="stretch",
                 column_config={"Failed": st.column_config.NumberColumn(format="%.1f %%")})  # fmt: skip
    whose = "everybody's" if user.is_admin else "your own"
    st.caption(f"Of {whose} calls. Slow: one in twenty takes longer.")
    csv_button(lambda: _csv(rows, chosen), "atelier-providers", key="making-providers-csv")


def _frame(rows: Sequence[Reliability]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Provider": row.provider,
                "Model": row.model,
                "Calls": row.calls,
                "Failed": round(100 * row.failure_rate, 1),
                "Typical": "–" if row.typical_ms is None else duration(row.typical_ms),
                "Slow": "–" if row.slow_ms is None else duration(row.slow_ms),
                "Why they failed": ", ".join(f"{_REASONS.get(why, why)} {number}" for why, number in row.reasons),
            }
            for row in rows
        ]
    )


def _csv(rows: Sequence[Reliability], chosen: Chosen) -> bytes:
    head = ("provider", "model", "calls", "failed", "lost", "typical_ms", "slow_ms", "reasons")
    lines: list[Sequence[object]] = [[f"# Atelier: calls of providers. Filters: span {chosen.span}"], head]
    for row in rows:
        reasons = "; ".join(f"{why} {number}" for why, number in row.reasons)
        typical, slow = row.typical_ms or "", row.slow_ms or ""
        lines.append([row.provider, row.model, row.calls, row.failed, row.lost, typical, slow, reasons])
    return csv_bytes(lines)
