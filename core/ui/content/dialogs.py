"""Which dialog is open. Only one can be; the one for a single post is in the address (``open=dev_…``)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import streamlit as st

from core.ui.content.query import OPEN
from core.ui.desk import next_number

_KEY = "content.dialog"
_DRAWERS = "content.drawers"

Kind = Literal["bulk", "schedule", "purge", "publish", "sell"]


@dataclass(frozen=True, slots=True)
class Dialog:
    """A dialog about ``ids``; ``number`` tells two openings apart, so that neither inherits the other's fields."""

    kind: Kind
    ids: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Began:
    """What an open drawer was filled from: the version ``seen``, under keys with this ``number``."""

    number: int
    seen: datetime
    is_pinned: bool = True


def open_dialog(kind: Kind, ids: tuple[str, ...]) -> None:
    """Show a dialog on the next run."""
    close()
    st.session_state[_KEY] = Dialog(kind, ids, next_number())


def drawers() -> dict[str, Began]:
    """What the open drawer was filled from, by post."""
    known: dict[str, Began] = st.session_state.setdefault(_DRAWERS, {})
    return known


def open_post(deviation_id: str) -> None:
    """Show the drawer of one post on the next run."""
    close()
    st.query_params[OPEN] = deviation_id


def current_dialog() -> Dialog | None:
    found: Dialog | None = st.session_state.get(_KEY)
    return found


def opened_post() -> str | None:
    return st.query_params.get(OPEN)


def is_any_open() -> bool:
    return current_dialog() is not None or opened_post() is not None


def close() -> None:
    """Show none, and forget what was typed but not saved."""
    st.session_state.pop(_KEY, None)
    st.session_state.pop(_DRAWERS, None)
    st.query_params.pop(OPEN, None)
