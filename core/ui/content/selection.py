"""Which posts of a list are chosen: some of this page, or all that match."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from core.identity.sessions import SignedIn
from core.publishing import listing
from core.runtime import get_runtime
from core.ui.content.query import Query

_PICKED = "content.picked"
_ALL = "content.all"
_SHOWN = "content.shown"
_TURN = "content.turn"


@dataclass(frozen=True, slots=True)
class Selection:
    """``ids`` are those on this page; ``everything`` stands for all that match ``query``, on every page."""

    ids: tuple[str, ...]
    everything: bool
    total: int
    query: Query

    @property
    def count(self) -> int:
        return self.total if self.everything else len(self.ids)

    def resolve(self, user: SignedIn) -> list[str]:
        """The ids to act on, in the order of the list."""
        if not self.everything:
            return list(self.ids)
        with get_runtime().database.read() as session:
            return listing.list_ids(session, user.actor, self.query.wanted, order=self.query.order)


def picked(ids: Sequence[str]) -> tuple[str, ...]:
    """Those of ``ids`` that a person has chosen, in this order."""
    chosen = st.session_state.get(_PICKED, frozenset())
    return tuple(one for one in ids if one in chosen)


def pick(ids: Sequence[str]) -> None:
    """Remember what is chosen on this page."""
    st.session_state[_PICKED] = frozenset(ids)


def choose(ids: Sequence[str]) -> None:
    """Choose exactly these, by a button instead of their own boxes."""
    pick(ids)
    st.session_state.pop(_ALL, None)
    st.session_state[_TURN] = turn() + 1


def clear() -> None:
    """Choose nothing."""
    choose(())


def choose_everything(query: Query) -> None:
    """Choose all that match, also on other pages."""
    st.session_state[_ALL] = _without_page(query)


def keep_everything(query: Query, ids: Sequence[str]) -> None:
    """Tick the rows of a page that is shown for the first time while all that match are chosen."""
    if is_everything(query) and st.session_state.get(_SHOWN) != tuple(ids):
        pick(ids)
    st.session_state[_SHOWN] = tuple(ids)


def is_everything(query: Query) -> bool:
    """Whether all that match this very list are chosen; another filter ends that."""
    return bool(st.session_state.get(_ALL) == _without_page(query))


def end_everything() -> None:
    """Only what is ticked counts from here on."""
    st.session_state.pop(_ALL, None)


def turn() -> int:
    """Counts choices made by buttons: boxes and tables of an earlier turn must not speak for this one."""
    number: int = st.session_state.get(_TURN, 0)
    return number


def page_key(name: str, ids: Sequence[str]) -> str:
    """A widget key for a list of exactly these posts: positions mean nothing for others."""
    digest = hashlib.sha256("".join(ids).encode()).hexdigest()[:12]
    return f"{name}-{digest}-{turn()}"


def _without_page(query: Query) -> Query:
    return replace(query, page=1)
