"""What a person did on the board that the screen has to do: turned the page, chose, compares, wants details."""

from typing import Any

import streamlit as st

from core.ui.gallery import selection
from core.ui.gallery.board import KEY
from core.ui.gallery.query import go_to_page, show_beside
from core.ui.gallery.shown import keep_places
from core.ui.links import go_to

_EVENT, _PAGES, _TURNED = "gallery.event", "gallery.pages", "gallery.turned"


def note_act() -> None:
    """Keep what the board says until the screen runs, which is right after this."""
    st.session_state[_EVENT] = (st.session_state.get(KEY) or {}).get("act")


def remember_pages(before: str | None, after: str | None) -> None:
    """Where the neighbours of the page are that is being drawn."""
    st.session_state[_PAGES] = {-1: before, 1: after}


def act() -> None:
    """Do what was asked since the last run, before anything is read."""
    one = st.query_params.get("product")
    if one:  # a link to one picture
        go_to(f"product?id={one}")
    event = st.session_state.pop(_EVENT, None)
    st.session_state.pop(_TURNED, None)
    if not isinstance(event, dict):
        return
    match event.get("do"):
        case "turn":
            _turn(-1 if event.get("step") == -1 else 1)
        case "pick":
            selection.pick(_ids(event))
            keep_places()
        case "compare":
            show_beside(_ids(event))
        case "details" if isinstance(event.get("id"), str):
            go_to(f"product?id={event['id']}")


def turned() -> int:
    """1 or -1 when the board turned the page in this run."""
    number: int = st.session_state.get(_TURNED, 0)
    return number


def _turn(step: int) -> None:
    cursor = st.session_state.get(_PAGES, {}).get(step)
    if cursor is not None:
        st.session_state[_TURNED] = step
        go_to_page(cursor)


def _ids(event: dict[str, Any]) -> list[str]:
    ids = event.get("ids")
    return [one for one in ids if isinstance(one, str)] if isinstance(ids, list) else []
