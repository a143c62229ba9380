"""What the Content screen says when a list is empty: why, and the one thing to do about it."""

import streamlit as st

from core.ui.content import query as address
from core.ui.content.query import Query, View
from core.ui.content.upload import toggle_upload
from core.ui.links import screen_link
from core.ui.page import empty_state

_TEXTS = {
    View.DRAFT: ("No drafts", "Upload pictures or films to begin; each becomes a draft.", ":material/imagesmode:"),
    View.SCHEDULED: ("Nothing is scheduled", "Choose drafts and give them a time.", ":material/schedule:"),
    View.PUBLISHED: ("Nothing published yet", "What has gone out is listed here, with its link.", ":material/public:"),
    View.FAILED: (
        "Nothing has failed",
        "Posts that could not go out are listed here, with why.",
        ":material/task_alt:",
    ),
    View.TRASH: ("The trash is empty", "What you throw away can be taken back from here.", ":material/delete:"),
}


def show_empty(query: Query) -> None:
    """Drawn in place of the list."""
    if query.is_narrowed:
        empty_state("Nothing matches", "No post fits the search and filters.", icon=":material/search_off:")
        st.button("Clear all filters", on_click=address.clear_filters, key="content-empty-clear")
        return
    title, body, icon = _TEXTS[query.view]
    empty_state(title, body, icon=icon)
    if query.view is View.DRAFT:
        st.button("Upload files", type="primary", icon=":material/upload:", on_click=toggle_upload, key="content-first")
    else:
        st.button("Go to the drafts", on_click=_go_to_drafts, key="content-to-drafts")
    if query.view is View.PUBLISHED:
        screen_link("Or take over what your gallery holds already", "accounts", icon=":material/download:")


def _go_to_drafts() -> None:
    address.clear_filters()
    for name in ("view", "sort"):
        st.query_params.pop(name, None)
