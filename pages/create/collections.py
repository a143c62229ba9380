"""Collections: pictures put together by hand or by rule, projects, and tags."""

import streamlit as st

from core.clock import utc_now
from core.ui.errors import guarded
from core.ui.gate import current_user
from core.ui.links import show_address
from core.ui.page import page_header, zone_note
from core.ui.shelves import opened
from core.ui.shelves.choosing import show_adding, show_featuring
from core.ui.shelves.collection_cards import show_collections
from core.ui.shelves.collection_detail import show_collection
from core.ui.shelves.forms import show_collection_form, show_project_form, show_tag_form
from core.ui.shelves.opened import SAID
from core.ui.shelves.pictures import apply_styles
from core.ui.shelves.project_cards import show_deleting, show_projects
from core.ui.shelves.smart_form import show_smart_form, take_address
from core.ui.shelves.tag_list import show_tags
from core.ui.shelves.trash import show_trash

COLLECTIONS, SMART, PROJECTS, TAGS, TRASH = "Collections", "Smart collections", "Projects", "Tags", "Trash"
NEW: dict[str, tuple[str, opened.Kind]] = {
    COLLECTIONS: ("New collection", "collection"),
    SMART: ("New smart collection", "smart"),
    PROJECTS: ("New project", "project"),
    TAGS: ("New tag", "tag"),
}
DIALOGS = {
    "collection": show_collection_form,
    "smart": show_smart_form,
    "project": show_project_form,
    "tag": show_tag_form,
    "feature": show_featuring,
    "add": show_adding,
    "delete-project": show_deleting,
}


def show_shelf(shelf: str) -> None:
    """One of the lists."""
    match shelf:
        case "Collections" | "Smart collections":
            show_collections(user, by_rule=shelf == SMART)
        case "Projects":
            show_projects(user)
        case "Tags":
            show_tags(user)
        case _:
            show_trash(user, now)


def show_lists() -> None:
    """What is chosen of the lists, and the button that makes one more."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        shelf = st.segmented_control(
            "Show", [COLLECTIONS, SMART, PROJECTS, TAGS, TRASH], default=COLLECTIONS, required=True, key="show",
            bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
        if shelf in NEW:
            label, kind = NEW[shelf]
            st.button(label, icon=":material/add:", key="shelf-new", on_click=opened.open_dialog, args=(kind,))
    show_shelf(shelf or COLLECTIONS)


user = current_user()
now = utc_now()
show_address()
page_header("Collections", f"Pictures put together by hand or by rule, projects, and tags. {zone_note(user.timezone)}")
apply_styles()
SAID.show()
with guarded():
    take_address()
    if collection_id := st.query_params.get("open"):
        show_collection(user, collection_id, now)
    else:
        show_lists()
dialog = opened.current()
if dialog is not None:
    DIALOGS[dialog.kind](user, dialog)
