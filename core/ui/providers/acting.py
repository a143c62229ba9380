"""Doing what was pressed, and saying so on the screen drawn anew."""

from collections.abc import Callable

import streamlit as st
from sqlalchemy.orm import Session

from core.ui.errors import guarded
from core.ui.providers.context import TOAST, Context


def act(context: Context, said: str, change: Callable[[Session], object]) -> None:
    """Carry a change out in a transaction of its own; a refusal is shown where it was pressed."""
    with guarded():
        with context.runtime.database.session() as session:
            change(session)
        st.session_state[TOAST] = said
        st.rerun()
