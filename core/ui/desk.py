"""What a person works at on one screen: the dialog that is open, what is done there, and what is said of it."""

import functools
from collections.abc import Callable
from typing import Concatenate, Generic, ParamSpec, TypeVar

import streamlit as st
from sqlalchemy.orm import Session

from core.errors import NotFoundError
from core.runtime import get_runtime
from core.ui.said import Said

Told = ParamSpec("Told")
Opened = TypeVar("Opened")
Change = Callable[[Session], object]
_NUMBER = "desk.number"


class Desk(Generic[Told, Opened]):
    """Of one screen; ``scope`` tells screens apart. Only one dialog can be open.

    ``describe`` makes what is kept of a dialog from the key that its fields begin with, and from what
    :meth:`open_dialog` is told. The key is ``{prefix}-{number}``, which keeps two openings' fields apart.
    """

    def __init__(self, scope: str, prefix: str, describe: Callable[Concatenate[str, Told], Opened]) -> None:
        self.said = Said(scope)
        self._place = f"{scope}.dialog"
        self._prefix = prefix
        self._describe = describe

    def open_dialog(self, *told: Told.args, **named: Told.kwargs) -> None:
        """Show it on the next run."""
        st.session_state[self._place] = self._describe(f"{self._prefix}-{next_number()}", *told, **named)

    def current(self) -> Opened | None:
        """The dialog that is open."""
        found: Opened | None = st.session_state.get(self._place)
        return found

    def close(self) -> None:
        """Show none, and forget what was typed."""
        st.session_state.pop(self._place, None)

    def finish(self, sentence: str) -> None:
        """Say it, close the dialog, and draw everything anew."""
        self.said.leave(sentence)
        self.close()
        st.rerun()

    def act(self, change: Change, sentence: str, *, undo: Change | None = None) -> None:
        """Do it, say so at the head of the screen, and draw everything anew; a refusal is said there too."""
        if self.said.attempt(lambda: _carry_out(change)):
            self.said.leave(sentence, undo=None if undo is None else lambda: _carry_out(undo))
        st.rerun()

    def while_there(self, ask: Callable[[], None]) -> Callable[[], None]:
        """For what a dialog shows: when its subject was deleted elsewhere meanwhile, the dialog closes and says so."""

        @functools.wraps(ask)
        def asking() -> None:
            try:
                ask()
            except NotFoundError as error:
                self.close()
                self.said.refuse(error)
                st.rerun()

        return asking


def next_number() -> int:
    """A number that nothing in this browser tab had before; keys made with it begin with empty fields."""
    number: int = st.session_state.get(_NUMBER, 0) + 1
    st.session_state[_NUMBER] = number
    return number


def _carry_out(change: Change) -> None:
    """In a transaction of its own."""
    with get_runtime().database.session() as session:
        change(session)
