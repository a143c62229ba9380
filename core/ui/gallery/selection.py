"""Which pictures a bulk action is about: those chosen, this page, or all that match."""

import enum
from collections.abc import Sequence

import streamlit as st

from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.products import listing
from core.ui.gallery.query import Query

_PICKED = "gallery.picked"
_TURN = "gallery.turn"


class Scope(enum.StrEnum):
    CHOSEN = "chosen"
    PAGE = "page"
    ALL = "all"


def picked(ids: Sequence[str]) -> tuple[str, ...]:
    """Those of ``ids`` that a person has chosen, in this order."""
    chosen = st.session_state.get(_PICKED, frozenset())
    return tuple(one for one in ids if one in chosen)


def pick(ids: Sequence[str]) -> None:
    """Remember what is chosen on this page."""
    st.session_state[_PICKED] = frozenset(ids)


def clear() -> None:
    """Choose nothing, on the board too."""
    pick(())
    st.session_state[_TURN] = turn() + 1


def turn() -> int:
    """Counts choices made without the board, which then begins anew."""
    number: int = st.session_state.get(_TURN, 0)
    return number


def resolve(user: SignedIn, query: Query, scope: Scope, page: Sequence[str]) -> list[str]:
    """The ids to act on, in the order of the list; of all that match at most 10,000."""
    if scope is Scope.CHOSEN:
        return list(picked(page))
    if scope is Scope.PAGE:
        return list(page)
    with get_runtime().database.read() as session:
        return listing.list_ids(session, user.actor, query.wanted, order=query.order)
