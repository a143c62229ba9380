"""Everybody's trash by kind, to be emptied before its time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing import trash as posts_trash
from core.runtime import get_runtime
from core.studio import retention
from core.studio.retention import TrashKind
from core.ui.errors import guarded
from core.ui.said import Said
from core.ui.times import moment
from core.ui.words import count, listed

SAID = Said("storage")
_WORDS = {
    TrashKind.PRODUCTS: ("Pictures of the studio", "Create › Gallery"),
    TrashKind.ORDERS: ("Orders", "Create › Orders"),
    TrashKind.PROJECTS: ("Projects", "Create › Collections"),
    TrashKind.COLLECTIONS: ("Collections", "Create › Collections"),
    TrashKind.TEMPLATES: ("Templates of orders", "Create › Lookups & templates"),
    TrashKind.LOOKUPS: ("Lookups", "Create › Lookups & templates"),
}
# Of one press: it should not take minutes. The rest is told of, and another press goes on.
MOST_BATCHES = 100


@dataclass(frozen=True, slots=True)
class _Heap:
    """``empty`` clears out one batch and says how many went."""

    key: str
    name: str
    place: str
    count: int
    oldest_at: datetime | None
    empty: Callable[[Session], int]


def show_trash(user: SignedIn, now: datetime) -> None:
    """A line for each kind."""
    runtime = get_runtime()
    st.header("Trash", anchor=False)
    st.caption(f"Everybody's, by kind. What is older than {runtime.settings.trash_days} days goes by itself; each "
               "person brings their own back on the screen named.")  # fmt: skip
    with runtime.database.read() as session:
        heaps = _heaps(session, user)
    full = [heap for heap in heaps if heap.count]
    for heap in full:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"heap-{heap.key}"):
            since = moment(heap.oldest_at or now, user.timezone, now=now)
            with st.container(gap="xxsmall"):
                st.markdown(f"**{heap.name}** · {heap.count:,}, the oldest from {since}")
                st.caption(f"Restored under {heap.place}")
            _offer_emptying(heap)
    empty = [heap.name.lower() for heap in heaps if not heap.count]
    if empty:
        st.caption(f":material/check: Nothing in the trash of {listed(empty)}.")


def _heaps(session: Session, user: SignedIn) -> list[_Heap]:
    posts = posts_trash.trash_of_house(session, user.actor)
    found = [
        _Heap("posts", "Posts", "Publish › Content", posts[0], posts[1],
              lambda writing: posts_trash.empty_trash(writing, user.actor, now=utc_now()))
    ]  # fmt: skip
    for heap in retention.trash_of_house(session, user.actor):
        name, place = _WORDS[heap.kind]
        found.append(_Heap(heap.kind.value, name, place, heap.count, heap.oldest_at, _emptying(user, heap.kind)))
    return found


def _emptying(user: SignedIn, kind: TrashKind) -> Callable[[Session], int]:
    return lambda session: retention.empty_trash(session, user.actor, kind, now=utc_now())


def _offer_emptying(heap: _Heap) -> None:
    with st.popover("Empty now", icon=":material/delete_forever:", key=f"heap-more-{heap.key}"):
        st.markdown(f"{count(heap.count, 'thing')} of everybody's go for good, with files that nothing else shows. "
                    "This cannot be taken back.")  # fmt: skip
        if st.button("Empty it now", type="primary", key=f"heap-empty-{heap.key}"):
            with guarded():
                gone = _empty(heap)
                rest = max(heap.count - gone, 0)
                more = f" {rest:,} are left; press again to go on." if rest else ""
                SAID.leave(f"{heap.name}: {gone:,} went for good.{more}")
                st.rerun()


def _empty(heap: _Heap) -> int:
    total = 0
    bar = st.progress(0.0, text="Emptying")
    for _ in range(MOST_BATCHES):
        with get_runtime().database.session() as session:
            gone = heap.empty(session)
        if not gone:
            break
        total += gone
        bar.progress(min(total / heap.count, 1.0), text=f"{total:,} of {heap.count:,}")
    return total
