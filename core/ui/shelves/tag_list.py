"""Tags: words with a colour, how often each is used, and what can be done with them."""

from collections.abc import Sequence

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.studio.shelves import tags
from core.studio.shelves.models import Tag
from core.ui.page import empty_state
from core.ui.shelves import opened
from core.ui.shelves.collection_detail import show_gallery_link
from core.ui.shelves.opened import act
from core.ui.shelves.pictures import swatch
from core.ui.tables import csv_button, csv_bytes
from core.ui.words import count, plain

SHOWN = 100


def show_tags(user: SignedIn) -> None:
    """All of them, by name."""
    with get_runtime().database.read() as session:
        rows = tags.list_tags(session, user.actor)
    if not rows:
        empty_state("No tag yet", "Tags go across projects and collections. Put them on pictures in the gallery, "
                    "or make the first here.", icon=":material/label:")  # fmt: skip
        st.button("New tag", type="primary", icon=":material/add:", key="tag-first", on_click=opened.open_dialog,
                  args=("tag",))  # fmt: skip
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        wanted = st.text_input("Find", key="tags-find", placeholder="Name", label_visibility="collapsed", width=200)
        csv_button(lambda: _csv(rows), "atelier-tags", key="tags-csv")
    shown = [row for row in rows if (wanted or "").strip().casefold() in row.name_key]
    st.caption(count(len(shown), "tag") + (f"; the first {SHOWN} are shown" if len(shown) > SHOWN else ""))
    for row in shown[:SHOWN]:
        _show_tag(user, row)


def _show_tag(user: SignedIn, row: Tag) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"tag-{row.id}"):
        st.html(swatch(row.color), width="content")
        st.markdown(f"**{plain(row.name)}** :gray[{_used(row)}]", width="stretch")
        show_gallery_link("Gallery", {"tag": row.id})
        st.button("Edit", icon=":material/edit:", key=f"tag-edit-{row.id}", type="tertiary",
                  on_click=opened.open_dialog, args=("tag", row.id))  # fmt: skip
        with st.popover("Delete", icon=":material/delete:", type="tertiary", key=f"tag-more-{row.id}"):
            st.markdown(f"It is taken off everything ({_used(row)}). This cannot be taken back.")
            if st.button("Delete the tag", type="primary", key=f"tag-delete-{row.id}"):
                act(lambda session: tags.delete_tag(session, user.actor, row.id, now=utc_now()),
                    f"“{row.name}” is gone.")  # fmt: skip


def _used(row: Tag) -> str:
    return f"on {count(row.usage_count, 'thing')}" if row.usage_count else "not in use"


def _csv(rows: Sequence[Tag]) -> bytes:
    lines = [[row.id, row.name, row.color or "", row.usage_count] for row in rows]
    return csv_bytes([["# Atelier tags, all"], ["tag", "name", "color", "used"], *lines])
