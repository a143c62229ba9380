"""Which dialog of the Galleries screen is open."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from core.ui.content.dialogs import next_number

_KEY = "galleries.dialog"
Action = Literal["new", "edit", "move", "remove", "add", "transfer", "drafts"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog about a folder; ``posts`` are those it is about. ``number`` keeps two openings apart."""

    action: Action
    folder_id: str | None
    posts: tuple[str, ...]
    number: int

    @property
    def key(self) -> str:
        return f"gallery-{self.number}"


def open_dialog(action: Action, folder_id: str | None = None, posts: tuple[str, ...] = ()) -> None:
    """Show a dialog on the next run."""
    st.session_state[_KEY] = Opened(action, folder_id, posts, next_number())


def current() -> Opened | None:
    found: Opened | None = st.session_state.get(_KEY)
    return found


def close() -> None:
    """Show none."""
    st.session_state.pop(_KEY, None)
