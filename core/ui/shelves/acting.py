"""Doing something on the Collections screen, and saying so."""

from collections.abc import Callable

import streamlit as st
from sqlalchemy.orm import Session

from core.runtime import get_runtime
from core.ui.said import Said

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
