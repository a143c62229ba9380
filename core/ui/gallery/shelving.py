"""The dialogs that put pictures on shelves: into a collection, under tags."""

from collections.abc import Mapping, Sequence

import streamlit as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.shelves import collections, tags
from core.studio.shelves.collections import CollectionForm
from core.studio.shelves.errors import ShelfRefused
from core.studio.shelves.models import TaggedKind
from core.ui.errors import guarded
from core.ui.gallery import dialogs, selection
from core.ui.gallery.dialogs import Dialog
from core.ui.gallery.notices import Notice, leave, pictures
from core.ui.words import count, listed

_NEW = "new"


def show_collect(user: SignedIn, dialog: Dialog) -> None:
    """Choose the collection that pictures go into, or name a new one."""

    def show() -> None:
        with get_runtime().database.read() as session:
            by_hand = [row for row in collections.list_collections(session, user.actor) if row.rule is None]
        names = {row.id: row.name for row in by_hand} | {_NEW: "A new collection"}
        chosen = st.selectbox(
            "Collection", list(names), format_func=names.__getitem__, key=f"gallery-collect-{dialog.number}"
        )
        name = ""
        if chosen == _NEW:
            name = st.text_input("Its name", key=f"gallery-collect-name-{dialog.number}",
                                 max_chars=collections.NAME_LENGTH)  # fmt: skip
        if st.button("Add", type="primary", icon=":material/add:", key=f"gallery-collect-go-{dialog.number}"):
            with guarded():
                _done(_collect(user, dialog.ids, None if chosen == _NEW else chosen, name))

    st.dialog(f"Add {count(len(dialog.ids), 'picture')} to a collection", icon=":material/collections_bookmark:",
              on_dismiss=dialogs.close)(show)()  # fmt: skip


def show_tag(user: SignedIn, dialog: Dialog) -> None:
    """Put tags on pictures and take tags off them; writing a new one makes it."""

    def show() -> None:
        with get_runtime().database.read() as session:
            known = [row.name for row in tags.list_tags(session, user.actor)]
            on_them = _tags_on(session, user, dialog.ids)
        put = st.multiselect("Put on", known, key=f"gallery-tag-{dialog.number}") if known else []
        written = st.text_input("New tags", placeholder="Parted by commas", key=f"gallery-tag-new-{dialog.number}")
        put += [name for part in written.split(",") if (name := part.strip())]
        off: list[str] = []
        if on_them:
            off = st.multiselect("Take off", list(on_them), format_func=on_them.__getitem__,
                                 key=f"gallery-untag-{dialog.number}")  # fmt: skip
        if st.button("Save", type="primary", icon=":material/check:", key=f"gallery-tag-go-{dialog.number}"):
            with guarded():
                _done(_tag(user, dialog.ids, put, {one: on_them[one] for one in off}))

    st.dialog(f"Tags of {count(len(dialog.ids), 'picture')}", icon=":material/label:", on_dismiss=dialogs.close)(show)()


def _collect(user: SignedIn, ids: Sequence[str], collection_id: str | None, name: str) -> Notice:
    now = utc_now()
    with get_runtime().database.session() as session:
        if collection_id is None:
            row = collections.create_collection(session, user.actor, CollectionForm(name), now=now)
        else:
            row = collections.get_collection(session, user.actor, collection_id)
        shelf, shelf_name = row.id, row.name
        there = set(collections.member_ids(session, user.actor, shelf))
        collections.add_products(session, user.actor, shelf, ids, now=now)
        fresh = [one for one in ids if one not in there]

    def undo(session: Session) -> str:
        collections.remove_products(session, user.actor, shelf, fresh, now=utc_now())
        return f"{pictures(len(fresh))} taken out of “{shelf_name}”."

    old = len(ids) - len(fresh)
    already = (f"{pictures(old)} in it already.",) if old else ()
    said = f"{pictures(len(fresh))} added to “{shelf_name}”." if fresh else f"Nothing was added to “{shelf_name}”."
    return Notice(said, already, undo if fresh else None, ("Open it", f"collections?open={shelf}"))


def _tag(user: SignedIn, ids: Sequence[str], put: Sequence[str], off: Mapping[str, str]) -> Notice:
    now, kind = utc_now(), TaggedKind.PRODUCT
    if not (put or off):
        raise ShelfRefused("Choose or write a tag first.")
    with get_runtime().database.session() as session:
        before = tags.tags_of(session, user.actor, kind, ids)
        had = {one: {tag.id for tag in before.get(one, ())} for one in ids}
        if put:
            tags.add_tags(session, user.actor, kind, ids, put, now=now)
        if off:
            tags.remove_tags(session, user.actor, kind, ids, list(off), now=now)
        after = tags.tags_of(session, user.actor, kind, ids)
        names = {tag.id: tag.name for found in (before, after) for rows in found.values() for tag in rows}
        has = {one: {tag.id for tag in after.get(one, ())} for one in ids}

    def undo(session: Session) -> str:
        for tag_id, name in names.items():
            if gained := [one for one in ids if tag_id in has[one] - had[one]]:
                tags.remove_tags(session, user.actor, kind, gained, [tag_id], now=utc_now())
            if lost := [one for one in ids if tag_id in had[one] - has[one]]:
                tags.add_tags(session, user.actor, kind, lost, [name], now=utc_now())
        return "The tags are as they were."

    parts = [f"tagged {listed([f'“{name}”' for name in put])}"] if put else []
    if off:
        parts.append(f"no longer tagged {listed([f'“{name}”' for name in off.values()])}")
    return Notice(f"{pictures(len(ids))} {' and '.join(parts)}.", undo=undo if has != had else None)


def _tags_on(session: Session, user: SignedIn, ids: Sequence[str]) -> dict[str, str]:
    """The names of the tags that any of these carry, by id."""
    found = tags.tags_of(session, user.actor, TaggedKind.PRODUCT, ids)
    names = {tag.id: tag.name for rows in found.values() for tag in rows}
    return dict(sorted(names.items(), key=lambda one: one[1].casefold()))


def _done(notice: Notice) -> None:
    dialogs.close()
    selection.clear()
    leave(notice)
    st.rerun()
