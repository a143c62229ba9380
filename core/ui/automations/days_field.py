"""Days of the week as a field, for rules and for blackout windows."""

from collections.abc import Sequence

import streamlit as st

from core.publishing.automations.rules import WEEKDAYS


def days_field(key: str, days: Sequence[str] | None) -> tuple[str, ...] | None:
    """Which days, Monday first: all of them is ``None``, as every day is kept; none at all is empty."""
    chosen = st.pills(
        "Days",
        WEEKDAYS,
        selection_mode="multi",
        default=list(WEEKDAYS if days is None else days),
        format_func=lambda day: day[:3].capitalize(),
        key=key,
        wrap=True,
    )
    return None if set(chosen) >= set(WEEKDAYS) else tuple(day for day in WEEKDAYS if day in chosen)
