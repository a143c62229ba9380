"""Collections as cards: by hand, or by rule."""

from collections.abc import Mapping, Sequence

import streamlit as st
from sqlalchemy.orm import Session

from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.shelves import collections, smart
from core.studio.shelves.covers import covers_of_collections
from core.studio.shelves.models import Collection
from core.ui.page import empty_state
from core.ui.shelves import opened
from core.ui.shelves.names import names_of
from core.ui.shelves.pictures import show_cover
from core.ui.shelves.rules import phrases
from core.ui.tables import csv_button, csv_bytes
from core.ui.words import count, plain

SEARCH_FROM = 12


def show_collections(user: SignedIn, *, by_rule: bool) -> None:
    """The cards of one of the two kinds."""
    with get_runtime().database.read() as session:
        rows = [row for row in collections.list_collections(session, user.actor) if (row.rule is not None) == by_rule]
        covers = covers_of_collections(session, user.actor, rows)
        sizes = {row.id: _size(session, user, row) for row in rows}
        names = names_of(session, user.actor) if by_rule else {}
    if not rows:
        _say_none(by_rule)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        wanted = st.text_input(
            "Find", key="collections-find", placeholder="Name", label_visibility="collapsed", width=220
        ) if len(rows) >= SEARCH_FROM else ""  # fmt: skip
        st.space("stretch")
        csv_button(lambda: _csv(rows, sizes), "atelier-collections", key="collections-csv")
    shown = [row for row in rows if (wanted or "").strip().casefold() in row.name.casefold()]
    if not shown:
        st.caption("No name has these words.")
    with st.grid("auto", min_column_width=220, gap="small", key=f"collections-{by_rule}"):
        for row in shown:
            with st.container(border=True, key=f"shelf-card-{row.id}", gap="xsmall"):
                show_cover(covers.get(row.id, []))
                _show_words(user, row, sizes[row.id], names)


def _show_words(user: SignedIn, row: Collection, size: str, names: Mapping[str, str]) -> None:
    st.page_link("pages/create/collections.py", label=f"**{plain(row.name)}**", query_params={"open": row.id})
    st.caption(f"{size}{' · public' if row.is_public else ''}")
    if row.rule is None:
        return
    try:
        st.caption(", ".join(phrases(smart.rule_of(row), names, user.timezone)))
    except AtelierError as error:
        st.caption(f":orange[{plain(str(error))}]")


def _size(session: Session, user: SignedIn, row: Collection) -> str:
    if row.rule is None:
        return count(row.product_count, "picture")
    try:
        found = smart.count_members(session, user.actor, row)
    except AtelierError:
        return "the rule cannot be read"
    return f"{found} {'picture' if str(found) == '1' else 'pictures'} now"


def _say_none(by_rule: bool) -> None:
    if by_rule:
        empty_state("No smart collection yet", "Say what belongs into it; what you make later joins by itself.",
                    icon=":material/auto_awesome_motion:")  # fmt: skip
        st.button("New smart collection", type="primary", icon=":material/add:", key="smart-first",
                  on_click=opened.open_dialog, args=("smart",))  # fmt: skip
        return
    empty_state("No collection yet", "Put pictures together, across projects and in an order of your own.",
                icon=":material/collections_bookmark:")  # fmt: skip
    st.button("New collection", type="primary", icon=":material/add:", key="collection-first",
              on_click=opened.open_dialog, args=("collection",))  # fmt: skip


def _csv(rows: Sequence[Collection], sizes: Mapping[str, str]) -> bytes:
    head = ["collection", "name", "description", "pictures", "public", "by_rule", "created_at"]
    lines = [
        [row.id, row.name, row.description or "", sizes[row.id], row.is_public, row.rule is not None,
         row.created_at.isoformat(timespec="seconds")]
        for row in rows
    ]  # fmt: skip
    return csv_bytes([["# Atelier collections, all"], head, *lines])
