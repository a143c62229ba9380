"""What the last action did: a sentence that stays until the next one, with Undo and what was left out."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.products import changing
from core.studio.products.changing import ChangeSet
from core.ui.errors import guarded
from core.ui.links import screen_link
from core.ui.words import count, plain

_KEY = "gallery.notice"
_LISTED = 20

# Takes the action back in a transaction of its own; how many pictures or posts that was.
Undo = Callable[[Session], str]


@dataclass(frozen=True, slots=True)
class Notice:
    sentence: str
    left_out: tuple[str, ...] = ()
    undo: Undo | None = None
    link: tuple[str, str] | None = None  # a word and where it leads


def notice_of(user: SignedIn, done: ChangeSet, what: str) -> Notice:
    """Say what was done to how many: *3 pictures were moved to the trash*."""
    group = done.group
    sentence = f"{pictures(len(done.changed))} {what}." if done.changed else f"Nothing was {what}."

    def undo(session: Session) -> str:
        assert group is not None
        back = changing.undo(session, user.actor, group, now=utc_now())
        kept = f" {pictures(len(back.left_out))} changed since and stayed." if back.left_out else ""
        return f"{pictures(len(back.changed))} put back.{kept}"

    left = (f"{pictures(len(done.left_out))} not there any more.",) if done.left_out else ()
    return Notice(sentence, left, undo if group else None)


def pictures(number: int) -> str:
    """``1 picture was``, ``3 pictures were``."""
    return f"{count(number, 'picture')} {'was' if number == 1 else 'were'}"


def leave(notice: Notice) -> None:
    """Show ``notice`` on the next run, in place of the one before."""
    st.session_state[_KEY] = notice


def show() -> None:
    """The last notice, if nobody has put it away."""
    notice: Notice | None = st.session_state.get(_KEY)
    if notice is None:
        return
    with st.container(border=True, key="gallery-notice", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/check: {plain(notice.sentence)}", width="stretch")
            if notice.link is not None:
                screen_link(notice.link[0], notice.link[1], icon=":material/arrow_forward:")
            if notice.undo and st.button("Undo", icon=":material/undo:", key="gallery-undo"):
                _undo(notice.undo)
            if st.button(
                "", icon=":material/close:", type="tertiary", key="gallery-notice-close", help="Put this away"
            ):
                st.session_state.pop(_KEY, None)
                st.rerun()
        if notice.left_out:
            more = [f"- … and {len(notice.left_out) - _LISTED} more"] if len(notice.left_out) > _LISTED else []
            st.markdown("\n".join([f"- {plain(text)}" for text in notice.left_out[:_LISTED]] + more))


def _undo(undo: Undo) -> None:
    with guarded():
        with get_runtime().database.session() as session:
            sentence = undo(session)
        leave(Notice(sentence))
        st.rerun()
