"""What earns good ratings: figures, then models, lookup values and numbers."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pandas as pd
import streamlit as st

from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.analytics import verdicts
from core.studio.analytics.verdicts import Verdict
from core.studio.catalogue.access import list_models
from core.ui import charts
from core.ui.making.query import Chosen
from core.ui.money import dollars, plain_dollars, rounded
from core.ui.tables import csv_button, csv_bytes
from core.ui.words import count, plain

TILE = 166  # pixels: two beside each other on a phone
FEW = 5  # fewer judged pictures than this prove nothing
HEAD = ("group", "value", "made", "judged", "kept", "keep_rate", "rated", "rating", "cost_usd", "cost_per_kept_usd",
        "unpriced")  # fmt: skip


def show_overall(one: Verdict) -> None:
    """Four sentences' worth of figures."""
    rate = "nothing judged yet" if one.keep_rate is None else f"{one.keep_rate:.0%} of those judged"
    with st.container(horizontal=True):
        st.metric("Made", f"{one.made:,}", border=True, width=TILE)
        st.metric("Kept", f"{one.kept:,}", help="Liked, or rated four or five, and not thrown away.", border=True,
                  width=TILE)  # fmt: skip
        st.metric("Mean rating", "–" if one.rating is None else f"{one.rating:.1f}", border=True, width=TILE,
                  help="Of one to five stars, where a picture has some.")  # fmt: skip
        st.metric("Cost per kept", _per_kept(one), border=True, width=TILE,
                  help="All that was spent, by how many pictures were kept.")  # fmt: skip
    unpriced = f" {count(one.unpriced, 'picture')} without a known price." if one.unpriced else ""
    spent = "unknown" if one.cost is None else "nothing" if one.cost == 0 else dollars(one.cost)
    st.caption(f"Kept: {rate}. Spent: {spent}.{unpriced}")


def _per_kept(one: Verdict) -> str:
    if one.cost_per_kept is None:
        return "unknown" if one.cost is None else "–"
    return _sum(rounded(one.cost_per_kept))


def _sum(amount: Decimal) -> str:
    return "free" if amount == 0 else f"${plain_dollars(amount)}"


def show_models(runtime: Runtime, user: SignedIn, chosen: Chosen) -> None:
    """By model."""
    with runtime.database.read() as session:
        rows = verdicts.by_model(session, user.actor, chosen.scope)
        names = {model.model_id: model.name for model in list_models(session, available_only=False)}
    # By the name that Generate and Orders use; the file keeps the provider's own.
    shown = [replace(row, name=names.get(row.name, row.name)) for row in rows]
    _show_chart(shown, "model")
    _show_table(shown, "Model", chosen, "models", exported=rows)


def show_lookups(runtime: Runtime, user: SignedIn, chosen: Chosen) -> None:
    """By the value of each lookup and token."""
    with runtime.database.read() as session:
        groups = verdicts.by_lookup(session, user.actor, chosen.scope)
    if not groups:
        st.caption("Prompts with lookups or options, such as [color] or [dawn,dusk], are compared here.")
        return
    names = [one.key for one in groups]
    key = st.selectbox("Lookup or option", names, key="making-lookup", bind="query-params", width=320)
    group = next(one for one in groups if one.key == key)
    best = group.values[0]
    if best.judged >= FEW and best.keep_rate is not None:
        st.markdown(f"**{plain(best.name)}** is kept most often: {best.keep_rate:.0%} of {best.judged:,} judged.")
    _show_chart(group.values, key)
    _show_table(group.values, "Value", chosen, f"lookup-{key}")


def show_numbers(runtime: Runtime, user: SignedIn, chosen: Chosen) -> None:
    """By the value of a numeric parameter."""
    with runtime.database.read() as session:
        names = verdicts.numeric_parameters(session, user.actor, chosen.scope)
    if not names:
        st.caption("Parameters that were tried with several numbers, such as steps 10,20,30, are compared here.")
        return
    name = st.selectbox("Parameter", names, key="making-number", bind="query-params", width=320)
    with runtime.database.read() as session:
        rows = verdicts.by_number(session, user.actor, chosen.scope, name)
    _show_chart(rows, name)
    _show_table(rows, name.capitalize(), chosen, f"parameter-{name}")


def _show_chart(rows: Sequence[Verdict], what: str) -> None:
    judged = [row for row in rows if row.keep_rate is not None][:12]
    if len(judged) < 2:
        return
    shares = [round(100 * (row.keep_rate or 0)) for row in judged]
    figure = charts.shares([row.name for row in judged], shares, [row.judged for row in judged])
    said = ", ".join(f"{row.name} {share} %" for row, share in zip(judged, shares, strict=True))
    charts.show(figure, key=f"making-chart-{what}", alt=f"Share kept by {what}: {said}")


def _show_table(
    rows: Sequence[Verdict], label: str, chosen: Chosen, name: str, *, exported: Sequence[Verdict] | None = None
) -> None:
    if not rows:
        st.caption("Nothing was made in this span.")
        return
    frame = pd.DataFrame(
        [
            {
                label: row.name,
                "Made": row.made,
                "Judged": row.judged,
                "Kept": row.kept,
                "Kept of judged": None if row.keep_rate is None else round(100 * row.keep_rate),
                "Mean rating": None if row.rating is None else round(row.rating, 2),
                "Cost": "unknown" if row.cost is None else _sum(row.cost),
                "Cost per kept": "–" if row.cost_per_kept is None else _sum(rounded(row.cost_per_kept)),
            }
            for row in rows
        ]
    )
    st.dataframe(
        frame, hide_index=True, width="stretch", placeholder="–",
        column_config={"Kept of judged": st.column_config.NumberColumn(format="%d %%")},
    )  # fmt: skip
    csv_button(lambda: _csv(exported or rows, label, chosen), f"atelier-making-{name}", key=f"making-csv-{name}")


def _csv(rows: Sequence[Verdict], label: str, chosen: Chosen) -> bytes:
    lines: list[Sequence[object]] = [
        [f"# Atelier: what earns good ratings, by {label}. Filters: {chosen.filters}"],
        HEAD,
    ]
    for row in rows:
        lines.append(
            [
                label, row.name, row.made, row.judged, row.kept,
                "" if row.keep_rate is None else round(row.keep_rate, 4), row.rated,
                "" if row.rating is None else round(row.rating, 3),
                "" if row.cost is None else plain_dollars(row.cost),
                "" if row.cost_per_kept is None else plain_dollars(row.cost_per_kept), row.unpriced,
            ]
        )  # fmt: skip
    return csv_bytes(lines)
