"""What the last action did, or why it was refused: said once, on the run after it."""

from collections.abc import Callable

import streamlit as st

from core.errors import AtelierError
from core.ui import errors
from core.ui.words import plain

_DONE = "automations.done"
_UNDO = "automations.undo"
_REFUSED = "automations.refused"


def leave(sentence: str, *, undo: Callable[[], object] | None = None) -> None:
    """Say ``sentence`` on the next run; ``undo`` takes back what it tells of."""
    st.session_state[_DONE] = sentence
    st.session_state[_UNDO] = undo


def attempt(act: Callable[[], object]) -> bool:
    """For callbacks, which draw nothing themselves: do it, and keep a refusal for the next run."""
    try:
        act()
    except AtelierError as error:
        st.session_state[_REFUSED] = error
        return False
    return True


def show() -> None:
    """Say what is to be said."""
    refused: AtelierError | None = st.session_state.pop(_REFUSED, None)
    if refused is not None:
        errors.show(refused)
    done: str | None = st.session_state.pop(_DONE, None)
    undo: Callable[[], object] | None = st.session_state.pop(_UNDO, None)
    if done is None:
        return
    with st.container(border=True, key="automations-done", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/check: {plain(done)}", width="stretch")
        if undo is not None:
            st.button("Undo", icon=":material/undo:", key="automations-undo", on_click=_take_back, args=(undo,))


def _take_back(undo: Callable[[], object]) -> None:
    if attempt(undo):
        leave("It is as it was.")
