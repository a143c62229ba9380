"""What the last action of a screen did, or why it was refused: a sentence that stays until the next one.

Each screen has its own: what was done on one is not told of on another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from core.errors import AtelierError
from core.ui import errors
from core.ui.words import plain

_LISTED = 30


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    notes: tuple[str, ...]
    undo: Callable[[], object] | None


class Said:
    """The sentence of one screen; ``scope`` tells screens apart."""

    def __init__(self, scope: str) -> None:
        self._scope = scope
        self._done = f"{scope}.said"
        self._refused = f"{scope}.refused"

    def leave(self, text: str, *, notes: Sequence[str] = (), undo: Callable[[], object] | None = None) -> None:
        """Say ``text`` on the next run, with ``notes`` below it; ``undo`` takes back what it tells of."""
        self.forget()
        st.session_state[self._done] = _Sentence(text, tuple(notes), undo)

    def attempt(self, act: Callable[[], object]) -> bool:
        """For callbacks, which draw nothing themselves: do it, and keep a refusal for the next run."""
        try:
            act()
        except Exception as error:  # an edge: a callback has no block around it that would say something
            self.refuse(error)
            return False
        return True

    def refuse(self, error: Exception) -> None:
        """Show ``error`` on the next run, in place of what was said before."""
        self.forget()
        st.session_state[self._refused] = error

    def forget(self) -> None:
        """Say nothing any more."""
        st.session_state.pop(self._done, None)
        st.session_state.pop(self._refused, None)

    def show(self) -> None:
        """Say what is to be said."""
        refused: Exception | None = st.session_state.get(self._refused)
        if refused is not None:
            words, close = st.columns([16, 1], vertical_alignment="center")
            with words:
                self._show_refusal(refused)
            with close:
                self._show_close()
        sentence: _Sentence | None = st.session_state.get(self._done)
        if sentence is not None:
            with st.container(border=True, key=f"{self._scope}-said", gap="xsmall"):
                self._show(sentence)

    def _show(self, sentence: _Sentence) -> None:
        icon = ":material/info:" if sentence.notes else ":material/check:"
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"{icon} {plain(sentence.text)}", width="stretch")
            if sentence.undo is not None:
                st.button(
                    "Undo", icon=":material/undo:", key=f"{self._scope}-undo", on_click=self._take_back,
                    args=(sentence.undo,),
                )  # fmt: skip
            self._show_close()
        if sentence.notes:
            more = [f"… and {len(sentence.notes) - _LISTED} more"] if len(sentence.notes) > _LISTED else []
            st.markdown("\n".join(f"- {plain(note)}" for note in [*sentence.notes[:_LISTED], *more]))

    def _take_back(self, undo: Callable[[], object]) -> None:
        if self.attempt(undo):
            self.leave("It is as it was.")

    def _show_refusal(self, refused: Exception) -> None:
        if isinstance(refused, AtelierError):
            errors.show(refused)
            return
        errors.show_unexpected(refused)
        # Logged and given its reference once; drawn again, it would get another.
        st.session_state.pop(self._refused, None)

    def _show_close(self) -> None:
        st.button(
            "", icon=":material/close:", type="tertiary", key=f"{self._scope}-said-close", help="Put this away",
            on_click=self.forget,
        )  # fmt: skip
