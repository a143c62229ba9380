"""What the last action did: a sentence that stays until the next one, with Undo and every refusal."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import streamlit as st
from sqlalchemy.orm import Session

from core.publishing.reports import BatchReport, ItemResult
from core.runtime import get_runtime
from core.ui.errors import guarded
from core.ui.words import plain

_KEY = "content.notice"
_LISTED = 50
_MANY = 200

Undo = Callable[[Session], BatchReport]


@dataclass(frozen=True, slots=True)
class Notice:
    """``sentence`` says what was done; ``undo`` takes it back in a transaction of its own."""

    sentence: str
    skipped: tuple[ItemResult, ...] = ()
    warned: tuple[ItemResult, ...] = ()
    undo: Undo | None = None


def notice_of(report: BatchReport, done: str, *, undo: Undo | None = None) -> Notice:
    """Say what a batch did; ``done`` completes the sentence: *moved to the trash*."""
    count = len(report.changed)
    sentence = f"{_subject(report.changed)} {done}." if count else f"Nothing was {done}."
    return Notice(
        sentence,
        skipped=report.skipped,
        warned=tuple(item for item in report.items if item.warnings),
        undo=undo if count else None,
    )


def working(count: int) -> AbstractContextManager[None]:
    """Says that something is going on, when there is enough to do for a person to wonder."""
    return st.spinner(f"Working on {count:,} posts…") if count > _MANY else nullcontext()


def leave(notice: Notice) -> None:
    """Show ``notice`` on the next run, in place of the one before."""
    st.session_state[_KEY] = notice


def forget() -> None:
    """Show none, as when what follows it failed."""
    st.session_state.pop(_KEY, None)


def show(*, undo_shortcut: str | None = None) -> None:
    """The last notice, if nobody has put it away."""
    notice: Notice | None = st.session_state.get(_KEY)
    if notice is None:
        return
    kind = "trouble" if notice.skipped else "done"
    with st.container(border=True, key=f"notice-{kind}", gap="xsmall"):
        _show_head(notice, undo_shortcut)
        _show_items(notice)


def _show_head(notice: Notice, undo_shortcut: str | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        icon = ":material/info:" if notice.skipped else ":material/check:"
        skipped = f" {_posts(len(notice.skipped))} skipped." if notice.skipped else ""
        st.markdown(f"{icon} {plain(notice.sentence)}{skipped}", width="stretch")
        undo = notice.undo
        if undo and st.button("Undo", icon=":material/undo:", key="notice-undo", shortcut=undo_shortcut):
            _undo(undo)
        if st.button("", icon=":material/close:", type="tertiary", key="notice-close", help="Put this away"):
            st.session_state.pop(_KEY, None)
            st.rerun()


def _undo(undo: Undo) -> None:
    with guarded():
        with get_runtime().database.session() as session:
            report = undo(session)
        leave(notice_of(report, "put back"))
        st.rerun()


def _show_items(notice: Notice) -> None:
    if notice.skipped:
        with st.expander(f"Why {_posts(len(notice.skipped)).lower()} skipped", expanded=len(notice.skipped) <= 3):
            st.markdown(_lines([f"{_name(item)}{plain(item.reason or '')}" for item in notice.skipped]))
    if notice.warned:
        told = [plain(text) for item in notice.warned for text in item.warnings]
        with st.expander(f"Worth knowing · {len(set(told))}", expanded=False):
            st.markdown(_lines(list(dict.fromkeys(told))))


def _name(item: ItemResult) -> str:
    # Most reasons name the post themselves.
    return "" if not item.title or item.title in (item.reason or "") else f"**{plain(item.title)}**: "


def _lines(texts: list[str]) -> str:
    more = [f"- … and {len(texts) - _LISTED} more"] if len(texts) > _LISTED else []
    return "\n".join([f"- {text}" for text in texts[:_LISTED]] + more)


def _subject(items: tuple[ItemResult, ...]) -> str:
    return f"“{items[0].title}” was" if len(items) == 1 and items[0].title else _posts(len(items))


def _posts(count: int) -> str:
    return f"{count:,} post was" if count == 1 else f"{count:,} posts were"
