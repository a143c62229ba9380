"""Turning the pages of a list read by keyset; the place is in the address, apart from the filters that make it void."""

from typing import Protocol

import streamlit as st

OLDER, NEWER = "older", "newer"


class Pages(Protocol):
    """Where the pages beside this one begin; ``None`` when there is none."""

    @property
    def next_cursor(self) -> str | None: ...
    @property
    def previous_cursor(self) -> str | None: ...


def place() -> tuple[str | None, bool]:
    """The cursor that the address names, and whether what is newer than it is meant."""
    older, newer = st.query_params.get(OLDER), st.query_params.get(NEWER)
    return older or newer, older is None


def begin_again() -> None:
    """Back to the newest; for every filter that changes."""
    st.query_params.pop(OLDER, None)
    st.query_params.pop(NEWER, None)


def show_pager(page: Pages, *, key: str) -> None:
    """The buttons; nothing when there is one page."""
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
