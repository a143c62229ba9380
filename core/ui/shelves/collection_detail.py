"""One collection: its pictures, and what can be done with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.products.exporting import HEADER, list_exported
from core.studio.products.filters import ProductFilter
from core.studio.products.views import ProductView, views_of
from core.studio.shelves import collections, smart
from core.studio.shelves.models import Collection
from core.ui.errors import show
from core.ui.navigation import ROOT
from core.ui.page import empty_state, format_instant
from core.ui.shelves import opened
from core.ui.shelves.names import names_of
from core.ui.shelves.opened import act
from core.ui.shelves.pictures import show_tile
from core.ui.shelves.rules import phrases
from core.ui.tables import csv_button, csv_bytes
from core.ui.words import count, plain, shortened

PER_PAGE = 24
FRONT, EARLIER, LATER, COVER, REMOVE = "To the front", "Earlier", "Later", "Make it the cover", "Remove"


def show_collection(user: SignedIn, collection_id: str, now: datetime) -> None:
    """The whole of one collection."""
    st.page_link("pages/create/collections.py", label="All collections", icon=":material/arrow_back:")
    with get_runtime().database.read() as session:
        row = collections.get_collection(session, user.actor, collection_id)
        names = names_of(session, user.actor) if row.rule is not None else {}
        try:
            rule = None if row.rule is None else smart.rule_of(row)
            ids = collections.member_ids(session, user.actor, row.id) if rule is None else smart.smart_ids(
                session, user.actor, row)  # fmt: skip
        except AtelierError as error:
            show(error)
            rule, ids = ProductFilter(), []
    _show_head(user, row, rule, ids, now)
    if rule is not None:
        st.markdown(f":material/filter_alt: {', '.join(phrases(rule, names, user.timezone))}")
    if not ids:
        _say_empty(row)
        return
    number = int(st.session_state.get("collection-page", 1))
    number = min(max(number, 1), -(-len(ids) // PER_PAGE))
    with get_runtime().database.read() as session:
        views = views_of(session, user.actor.user_id, ids[(number - 1) * PER_PAGE : number * PER_PAGE])
    _show_members(user, row, ids, views, can_move=rule is None)
    if len(ids) > PER_PAGE:
        st.pagination(-(-len(ids) // PER_PAGE), key="collection-page")


def _show_head(user: SignedIn, row: Collection, rule: ProductFilter | None, ids: Sequence[str], now: datetime) -> None:
    st.header(plain(row.name), anchor=False)
    facts = [count(len(ids), "picture"), f"made {format_instant(row.created_at, user.timezone, now=now)}"]
    st.caption(" · ".join([*facts, *(["public"] if row.is_public else [])]))
    if row.description:
        st.markdown(plain(row.description))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if rule is None:
            st.button("Add pictures", icon=":material/add_photo_alternate:", key="collection-add", type="primary",
                      on_click=opened.open_dialog, args=("add", row.id))  # fmt: skip
        kind = "collection" if rule is None else "smart"
        st.button("Edit", icon=":material/edit:", key="collection-edit", on_click=opened.open_dialog,
                  args=(kind, row.id))  # fmt: skip
        gallery = {"collection": row.id} if rule is None else _gallery_query(rule)
        if gallery is not None:
            show_gallery_link("In the gallery", gallery)
        if ids:
            csv_button(lambda: _csv(user, row, ids), f"atelier-{row.id}", key="collection-csv")
        if st.button("Delete", icon=":material/delete:", key="collection-delete", type="tertiary"):
            _delete(user, row)


def _gallery_query(rule: ProductFilter) -> dict[str, str] | None:
    """The gallery under a rule: what is liked, rejected or unsorted is a view there; ``None``: it has none like it."""
    views = {"liked": rule.liked, "rejected": rule.rejected, "unsorted": rule.unsorted}
    wanted = [name for name, value in views.items() if value]
    if len(wanted) > 1 or False in (rule.liked, rule.rejected):
        return None
    rest = replace(rule, liked=None, rejected=None, unsorted=False).to_query()
    return rest | ({"view": wanted[0]} if wanted else {})


def show_gallery_link(label: str, query: dict[str, str]) -> None:
    """A way to the gallery under a filter, where pictures are culled, bulk-edited and packed."""
    if (ROOT / "pages/create/gallery.py").exists():
        st.page_link("pages/create/gallery.py", label=label, icon=":material/photo_library:", query_params=query)


def _delete(user: SignedIn, row: Collection) -> None:
    st.query_params.pop("open", None)
    act(
        lambda session: collections.delete_collection(session, user.actor, row.id, now=utc_now()),
        f"“{row.name}” is in the trash; its pictures stay.",
        undo=lambda session: collections.restore_collection(session, user.actor, row.id, now=utc_now()),
    )


def _show_members(
    user: SignedIn, row: Collection, ids: Sequence[str], views: Sequence[ProductView], *, can_move: bool
) -> None:
    with st.grid("auto", min_column_width=150, gap="small", key="collection-members"):
        for view in views:
            with st.container(border=True, key=f"shelf-card-{view.id}", gap="xsmall"):
                show_tile(view)
                with st.container(
                    horizontal=True, vertical_alignment="center", gap="xsmall", key=f"shelf-line-{view.id}"
                ):
                    marks = ["cover"] if view.id == row.cover_product_id else []
                    marks += [count(view.rating, "star")] if view.rating else []
                    marks += ["liked"] if view.liked else []
                    st.caption(" · ".join(marks) or plain(shortened(view.name, 14)), width="stretch")
                    entries = _entries(ids, view.id) if can_move else [COVER]
                    chosen = st.menu_button("", entries, icon=":material/more_vert:", type="tertiary",
                                            key=f"member-{view.id}", help="Place, cover, remove")  # fmt: skip
            if chosen is not None:
                _do(user, row, ids, view, chosen)


def _entries(ids: Sequence[str], product_id: str) -> list[str]:
    first, last = ids[0] == product_id, ids[-1] == product_id
    return [*([] if first else [FRONT, EARLIER]), *([] if last else [LATER]), COVER, REMOVE]


def _do(user: SignedIn, row: Collection, ids: Sequence[str], view: ProductView, chosen: str) -> None:
    now, place = utc_now(), list(ids).index(view.id)
    match chosen:
        case "To the front":
            act(lambda session: collections.put_first(session, user.actor, row.id, view.id, now=now),
                f"“{view.name}” comes first.")  # fmt: skip
        case "Earlier" | "Later":
            behind = ids[place + 2] if place + 2 < len(ids) else None
            target = ids[place - 1] if chosen == EARLIER else behind
            act(lambda session: collections.move(session, user.actor, row.id, view.id, before=target, now=now),
                f"“{view.name}” was moved.")  # fmt: skip
        case "Make it the cover":
            act(lambda session: collections.set_cover(session, user.actor, row.id, view.id, now=now),
                f"“{view.name}” is the cover.",
                undo=lambda session: collections.set_cover(session, user.actor, row.id, row.cover_product_id,
                                                           now=utc_now()))  # fmt: skip
        case _:
            act(lambda session: collections.remove_products(session, user.actor, row.id, [view.id], now=now),
                f"“{view.name}” is no longer in it.",
                undo=lambda session: _put_back(session, user, row.id, ids, view.id))  # fmt: skip


def _put_back(session: Session, user: SignedIn, collection_id: str, ids: Sequence[str], product_id: str) -> None:
    collections.add_products(session, user.actor, collection_id, [product_id], now=utc_now())
    there = set(collections.member_ids(session, user.actor, collection_id))
    collections.reorder(session, user.actor, collection_id, [one for one in ids if one in there], now=utc_now())


def _say_empty(row: Collection) -> None:
    if row.rule is not None:
        empty_state("Nothing matches now", "What fits the rule appears here by itself.", icon=":material/filter_alt:")
        return
    empty_state("Nothing in it yet", "Choose pictures here, or add them from the gallery.",
                icon=":material/add_photo_alternate:")  # fmt: skip


def _csv(user: SignedIn, row: Collection, ids: Sequence[str]) -> bytes:
    with get_runtime().database.read() as session:
        lines = [one.line for one in list_exported(session, user.actor, ids)]
    return csv_bytes([[f"# Atelier pictures. Collection: {row.name}"], HEADER, *lines])
