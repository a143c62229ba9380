"""What the last action under Sell did: a sentence that stays until the next one, with Undo where there is one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from sqlalchemy.orm import Session

from core.runtime import get_runtime
from core.ui.errors import guarded
from core.ui.words import plain

_KEY = "sell.notice"

Change = Callable[[Session], object]


@dataclass(frozen=True, slots=True)
class Notice:
    """``undo`` takes back what ``sentence`` says was done; ``refusals`` are what was not done, and why."""

    sentence: str
    undo: Change | None = None
    refusals: Sequence[str] = ()


def leave(sentence: str, *, undo: Change | None = None, refusals: Sequence[str] = ()) -> None:
    """Show this on the next run, in place of what was there before."""
    st.session_state[_KEY] = Notice(sentence, undo, refusals)


def act(change: Change, sentence: str, *, undo: Change | None = None) -> None:
    """Do something in a transaction of its own, say so, and draw the screen again; a refusal is shown on the spot."""
    with guarded():
        with get_runtime().database.session() as session:
            change(session)
        leave(sentence, undo=undo)
        st.rerun()


def show() -> None:
    """The last notice, if nobody has put it away."""
    notice: Notice | None = st.session_state.get(_KEY)
    if notice is None:
        return
    with (
        st.container(border=True, key="sell-notice", gap="xsmall"),
        st.container(horizontal=True, vertical_alignment="center", gap="small"),
    ):
        icon = ":material/info:" if notice.refusals else ":material/check:"
        refused = "".join(f"  \n{plain(one)}" for one in notice.refusals)
        st.markdown(f"{icon} {plain(notice.sentence)}{refused}", width="stretch")
        if notice.undo and st.button("Undo", icon=":material/undo:", key="sell-undo"):
            act(notice.undo, "That was taken back.")
        if st.button("", icon=":material/close:", type="tertiary", key="sell-notice-close", help="Put this away"):
            st.session_state.pop(_KEY, None)
            st.rerun()
