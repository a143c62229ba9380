"""What stands around the rows of the log: the summary, and what to say when there is nothing."""

import streamlit as st

from core.publishing.attempts import AttemptSummary
from core.ui import times
from core.ui.links import screen_link
from core.ui.logs.query import Chosen, clear
from core.ui.page import empty_state
from core.ui.words import count


def show_summary(summary: AttemptSummary) -> None:
    """How many, how many failed, how long they took in the middle."""
    if not summary.count:
        return
    share = f" ({summary.failed / summary.count:.1%})" if summary.failed else ""
    parts = [f"**{count(summary.count, 'attempt')}**", f"{summary.failed:,} failed{share}"]
    if summary.unknown:
        parts.append(f"{summary.unknown:,} without an answer")
    if summary.median_ms is not None:
        parts.append(f"median {times.duration(summary.median_ms)}")
    st.markdown(" · ".join(parts))


def show_empty(chosen: Chosen) -> None:
    """An empty log, or filters that leave nothing."""
    if chosen.is_narrowed:
        empty_state("Nothing matches", "No attempt fits these filters.", icon=":material/filter_alt_off:")
        if st.button("Clear filters", on_click=clear, key="clear-filters"):
            st.rerun()  # the filters stand outside the part that has just been drawn
        return
    empty_state(
        "Nothing has been tried yet",
        "When the first post goes out, each step of it appears here: upload, publish, look-up.",
        icon=":material/receipt_long:",
    )
    screen_link("Schedule a post", "content?view=draft", icon=":material/schedule:")
