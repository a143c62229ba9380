"""Which dialog of the gallery is open, and for which pictures."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from core.ui.desk import next_number

Kind = Literal["send", "download", "collect", "tag", "move", "rest", "purge"]
_KEY = "gallery.dialog"


@dataclass(frozen=True, slots=True)
class Dialog:
    """``number`` keeps the fields of two openings apart."""

    kind: Kind
    ids: tuple[str, ...]
    number: int


def open_dialog(kind: Kind, ids: tuple[str, ...]) -> None:
    """Show a dialog on the next run."""
    st.session_state[_KEY] = Dialog(kind, ids, next_number())


def current_dialog() -> Dialog | None:
    found: Dialog | None = st.session_state.get(_KEY)
    return found


def close() -> None:
    st.session_state.pop(_KEY, None)
