"""Which dialog of the Templates screen is open."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from core.ui.content.dialogs import next_number

_KEY = "templates.dialog"
Action = Literal["new", "edit", "copy"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A dialog about a template, or about a new one; ``number`` keeps what is typed into two openings apart."""

    action: Action
    template_id: str | None
    number: int

    @property
    def key(self) -> str:
        return f"template-{self.number}"


def open_dialog(action: Action, template_id: str | None = None) -> None:
    """Show a dialog on the next run."""
    st.session_state[_KEY] = Opened(action, template_id, next_number())


def current() -> Opened | None:
    found: Opened | None = st.session_state.get(_KEY)
    return found


def close() -> None:
    """Show none, and forget what was typed."""
    st.session_state.pop(_KEY, None)
