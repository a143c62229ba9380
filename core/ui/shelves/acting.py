"""Doing something on the Collections screen, and saying so."""

import functools
from collections.abc import Callable

import streamlit as st
from sqlalchemy.orm import Session

from core.errors import NotFoundError
from core.runtime import get_runtime
from core.ui.said import Said
from core.ui.shelves import opened

SAID = Said("shelves")
Change = Callable[[Session], object]


def carry_out(change: Change) -> None:
    """In a transaction of its own."""
    with get_runtime().database.session() as session:
        change(session)


def act(change: Change, sentence: str, *, undo: Change | None = None) -> None:
    """Do it, say so at the head of the screen, and draw everything anew; a refusal is said there too."""
    if SAID.attempt(lambda: carry_out(change)):
        SAID.leave(sentence, undo=None if undo is None else lambda: carry_out(undo))
    st.rerun()


def while_there(ask: Callable[[], None]) -> Callable[[], None]:
    """For what a dialog shows: when its subject was deleted elsewhere meanwhile, the dialog closes and says so."""

    @functools.wraps(ask)
    def asking() -> None:
        try:
            ask()
        except NotFoundError as error:
            opened.close()
            SAID.refuse(error)
            st.rerun()

    return asking
