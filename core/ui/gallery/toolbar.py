"""What can be done to many pictures at once: first which, then what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.products import changing, trash
from core.studio.products.changing import ChangeSet
from core.studio.products.comparing import FEWEST, MOST
from core.studio.products.listing import STARS
from core.system.actors import Actor
from core.ui.errors import guarded
from core.ui.gallery import dialogs, selection
from core.ui.gallery.notices import leave, notice_of
from core.ui.gallery.query import Query, View, show_beside
from core.ui.gallery.selection import Scope
from core.ui.gallery.shown import Shown
from core.ui.words import count

Run = Callable[[Session, Actor, Sequence[str]], ChangeSet]
_SCOPE = "gallery-scope"


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do to pictures at once; ``done`` completes *3 pictures were …*."""

    label: str
    icon: str
    done: str
    run: Run


def _rated(stars: int | None) -> Run:
    return lambda session, actor, ids: changing.rate(session, actor, ids, stars, now=utc_now())


LIKE = Action(
    "Like", "favorite", "liked", lambda session, actor, ids: changing.like(session, actor, ids, now=utc_now())
)
REJECT = Action(
    "Reject", "block", "rejected", lambda session, actor, ids: changing.reject(session, actor, ids, now=utc_now())
)
TRASH = Action(
    "Move to trash", "delete", "moved to the trash",
    lambda session, actor, ids: trash.throw_away(session, actor, ids, now=utc_now()),
)  # fmt: skip
RESTORE = Action(
    "Restore", "restore_from_trash", "taken out of the trash",
    lambda session, actor, ids: trash.restore(session, actor, ids, now=utc_now()),
)  # fmt: skip
_STARS = [
    *(Action(f"{number} {'star' if number == 1 else 'stars'}", "star", "rated", _rated(number)) for number in STARS),
    Action("No stars", "star_border", "left without stars", _rated(None)),
]  # fmt: skip
SEND, DOWNLOAD, COLLECT, TAG, MOVE, REST, PURGE = (
    ("Send to drafts", "send"),
    ("Download", "download"),
    ("Add to collection", "collections_bookmark"),
    ("Tags", "label"),
    ("Move to project", "folder"),
    ("Keep the liked, bin the rest", "delete_sweep"),
    ("Delete for good", "delete_forever"),
)
_DIALOGS: Mapping[str, dialogs.Kind] = {
    SEND[0]: "send", DOWNLOAD[0]: "download", COLLECT[0]: "collect", TAG[0]: "tag", MOVE[0]: "move", REST[0]: "rest",
    PURGE[0]: "purge",
}  # fmt: skip


def show_toolbar(user: SignedIn, query: Query, shown: Shown) -> None:
    """One line above the board."""
    picked = selection.picked(shown.ids)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="gallery-toolbar"):
        scope = _show_scope(shown, len(picked))
        label = _show_buttons(query)
        if FEWEST <= len(picked) <= MOST and query.view is not View.TRASH:
            st.button("Compare", type="tertiary", icon=":material/compare:", on_click=show_beside, args=(picked,),
                      key="gallery-compare")  # fmt: skip
        if picked:
            st.button("Choose none", type="tertiary", on_click=selection.clear, key="gallery-unpick")
    if label is not None:
        _act(user, query, shown, scope, label)


def _show_scope(shown: Shown, chosen: int) -> Scope:
    names = {
        Scope.CHOSEN: f"Chosen {chosen}",
        Scope.PAGE: f"This page {len(shown.rows)}",
        Scope.ALL: f"All that match {shown.count}",
    }
    offered = [scope for scope in Scope if scope is not Scope.CHOSEN or chosen]
    # Choosing means to act on what is chosen; the label of a segment is its identity, so the key goes with it.
    wanted = Scope.CHOSEN if chosen else Scope.PAGE
    key = f"{_SCOPE}-{bool(chosen)}"
    found = st.segmented_control(
        "Act on", offered, default=wanted, format_func=lambda one: names[one], key=key, required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    return found or wanted


def _show_buttons(query: Query) -> str | None:
    if query.view is View.TRASH:
        entries = [(RESTORE.label, RESTORE.icon), PURGE, DOWNLOAD]
    else:
        entries = [SEND, DOWNLOAD, (LIKE.label, LIKE.icon), (REJECT.label, REJECT.icon), COLLECT, TAG, MOVE, REST]
        entries += [(one.label, one.icon) for one in _STARS] + [(TRASH.label, TRASH.icon)]
    in_sight, rest = entries[:2], entries[2:]
    pressed = [
        label for label, icon in in_sight if st.button(label, icon=f":material/{icon}:", key=f"gallery-do-{label}")
    ]
    more = {f":material/{icon}: {label}": label for label, icon in rest}
    chosen = st.menu_button("More", list(more), key="gallery-more", icon=":material/more_horiz:")
    return pressed[0] if pressed else more.get(chosen or "")


def _act(user: SignedIn, query: Query, shown: Shown, scope: Scope, label: str) -> None:
    with guarded():
        ids = tuple(selection.resolve(user, query, scope, shown.ids))
        if label in _DIALOGS:
            dialogs.open_dialog(_DIALOGS[label], ids)
        else:
            action = next(one for one in (LIKE, REJECT, TRASH, RESTORE, *_STARS) if one.label == label)
            with st.spinner(f"Working on {count(len(ids), 'picture')} …"), get_runtime().database.session() as session:
                done = action.run(session, user.actor, ids)
            leave(notice_of(user, done, action.done))
            selection.clear()
        st.rerun()
