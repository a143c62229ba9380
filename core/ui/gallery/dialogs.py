"""Which dialog of the gallery is open, and for which pictures."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

Kind = Literal["send", "download", "collect", "tag", "move", "rest", "purge"]
_KEY, _NUMBER = "gallery.dialog", "gallery.dialog.number"


@dataclass(frozen=True, slots=True)
class Dialog:
    """``number`` keeps the fields of two openings apart."""

    kind: Kind
    ids: tuple[str, ...]
    number: int


def open_dialog(kind: Kind, ids: tuple[str, ...]) -> None:
    """Show a dialog on the next run."""
    number: int = st.session_state.get(_NUMBER, 0) + 1
    st.session_state[_NUMBER] = number
    st.session_state[_KEY] = Dialog(kind, ids, number)


def current_dialog() -> Dialog | None:
    found: Dialog | None = st.session_state.get(_KEY)
    return found


def close() -> None:
    st.session_state.pop(_KEY, None)
