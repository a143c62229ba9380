"""What stands around the rows of the log: the summary, the pages, and what to say when there is nothing."""

import streamlit as st

from core.publishing.attempts import AttemptPage, AttemptSummary
from core.ui import times
from core.ui.links import screen_link
from core.ui.logs.query import NEWER, OLDER, Chosen, begin_again, clear
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


def show_pager(page: AttemptPage, *, key: str) -> None:
    """Newer and older; the place is kept in the address."""
    if page.next_cursor is None and page.previous_cursor is None:
        return
    is_newest, is_oldest = page.previous_cursor is None, page.next_cursor is None
    with st.container(horizontal=True, width="content", gap="xsmall"):
        st.button("Newest", key=f"{key}-newest", on_click=begin_again, disabled=is_newest, type="tertiary",
                  icon=":material/first_page:")  # fmt: skip
        st.button("Newer", key=f"{key}-newer", on_click=_turn, args=(NEWER, page.previous_cursor), disabled=is_newest,
                  type="tertiary", icon=":material/chevron_left:")  # fmt: skip
        st.button("Older", key=f"{key}-older", on_click=_turn, args=(OLDER, page.next_cursor), disabled=is_oldest,
                  type="tertiary", icon=":material/chevron_right:", icon_position="right")  # fmt: skip


def _turn(way: str, cursor: str | None) -> None:
    begin_again()
    if cursor is not None:
        st.query_params[way] = cursor
