"""Which dialog of the Collections screen is open."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from core.ui.content.dialogs import next_number

_KEY = "shelves.dialog"
Kind = Literal["collection", "smart", "project", "tag", "feature", "add", "delete-project"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog about ``subject_id``, or about something new; ``number`` keeps two openings' fields apart."""

    kind: Kind
    subject_id: str | None
    number: int

    @property
    def key(self) -> str:
        return f"shelf-{self.number}"


def open_dialog(kind: Kind, subject_id: str | None = None) -> None:
    """Show it on the next run."""
    st.session_state[_KEY] = Opened(kind, subject_id, next_number())


def current() -> Opened | None:
    found: Opened | None = st.session_state.get(_KEY)
    return found


def close() -> None:
    """Show none, and forget what was typed."""
    st.session_state.pop(_KEY, None)
