"""Doing something on the Lookups & templates screen, and saying so; and which dialog is open there."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import streamlit as st
from sqlalchemy.orm import Session

from core.errors import NotFoundError
from core.runtime import get_runtime
from core.ui.content.dialogs import next_number
from core.ui.said import Said

SAID = Said("wording")
Change = Callable[[Session], object]
_KEY = "wording.dialog"
Kind = Literal["lookup", "take-lookups", "template", "fit", "take-templates"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog about ``subject_id``, or about something new; ``number`` keeps two openings' fields apart."""

    kind: Kind
    subject_id: str | None
    number: int

    @property
    def key(self) -> str:
        return f"wording-{self.number}"


def open_dialog(kind: Kind, subject_id: str | None = None) -> None:
    """Show it on the next run."""
    st.session_state[_KEY] = Opened(kind, subject_id, next_number())


def current() -> Opened | None:
    found: Opened | None = st.session_state.get(_KEY)
    return found


def close() -> None:
    """Show none, and forget what was typed."""
    st.session_state.pop(_KEY, None)


def carry_out(change: Change) -> None:
    """In a transaction of its own."""
    with get_runtime().database.session() as session:
        change(session)


def act(change: Change, sentence: str, *, undo: Change | None = None) -> None:
    """Do it, say so at the head of the screen, and draw everything anew; a refusal is said there too."""
    if SAID.attempt(lambda: carry_out(change)):
        SAID.leave(sentence, undo=None if undo is None else lambda: carry_out(undo))
    st.rerun()


def finish(sentence: str) -> None:
    """Say it, close the dialog, and draw everything anew."""
    SAID.leave(sentence)
    close()
    st.rerun()


def while_there(ask: Callable[[], None]) -> Callable[[], None]:
    """For what a dialog shows: when its subject was deleted elsewhere meanwhile, the dialog closes and says so."""

    @functools.wraps(ask)
    def asking() -> None:
        try:
            ask()
        except NotFoundError as error:
            close()
            SAID.refuse(error)
            st.rerun()

    return asking
