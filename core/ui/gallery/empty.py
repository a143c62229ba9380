"""What the gallery says when there is nothing to show: why, and the one thing to do about it."""

import streamlit as st

from core.ui.gallery import query as address
from core.ui.gallery.import_panel import open_import
from core.ui.gallery.query import Query, View
from core.ui.links import screen_link
from core.ui.page import empty_state

_TEXTS = {
    View.ALL: (
        "No pictures yet",
        "What you order lands here; what you made elsewhere can be imported.",
        "photo_library",
    ),
    View.UNSORTED: ("Everything is sorted", "What is neither liked, rejected nor rated waits here.", "task_alt"),
    View.LIKED: ("Nothing liked yet", "Press L on a picture to like it.", "favorite"),
    View.REJECTED: ("Nothing rejected", "Press X on a picture to reject it; it stays until you bin it.", "block"),
    View.TRASH: ("The trash is empty", "What you throw away can be taken back from here.", "delete"),
}


def show_empty(query: Query) -> None:
    """Drawn in place of the board."""
    if query.is_narrowed:
        empty_state("Nothing matches", "No picture fits the search and filters.", icon=":material/search_off:")
        st.button("Clear all filters", on_click=address.clear_filters, key="gallery-empty-clear")
        return
    title, body, icon = _TEXTS[query.view]
    empty_state(title, body, icon=f":material/{icon}:")
    if query.view is View.ALL:
        st.button(
            "Import pictures", type="primary", icon=":material/upload:", on_click=open_import, key="gallery-first"
        )
        screen_link("Or order some", "generate", icon=":material/brush:")
    else:
        st.button("Show all pictures", on_click=address.show_view, args=(View.ALL,), key="gallery-to-all")
