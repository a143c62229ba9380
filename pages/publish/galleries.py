"""Galleries: the folders of an account, in order; what is in them, and what is to go there."""

import functools

import streamlit as st

from core.ui.galleries import opened, shown, work
from core.ui.galleries.contents import show_folder
from core.ui.galleries.folder_dialogs import show_edit, show_move, show_new, show_remove
from core.ui.galleries.opened import Opened
from core.ui.galleries.post_dialogs import show_add, show_drafts, show_transfer
from core.ui.galleries.rows import csv_of, show_tree
from core.ui.galleries.shown import Shown
from core.ui.galleries.states import show_access, show_freshness, show_lost, show_no_account
from core.ui.gate import current_user
from core.ui.page import empty_state, page_header, zone_note
from core.ui.tables import csv_button

_DIALOGS = {
    "edit": show_edit,
    "move": show_move,
    "remove": show_remove,
    "add": show_add,
    "transfer": show_transfer,
    "drafts": show_drafts,
}


def show_bar(now: Shown) -> None:
    """How old the folders are, and what can be done with all of them."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show_freshness(now)
        st.space("stretch")
        if now.folders:
            csv_button(functools.partial(csv_of, now), "gallery-folders", key="galleries-csv")
            st.button(
                "New folder", type="primary", icon=":material/create_new_folder:", key="galleries-new",
                on_click=opened.open_dialog, args=("new",), disabled=work.is_working() or not now.can_change,
            )  # fmt: skip


def show_account(now: Shown) -> None:
    """The tree, or the folder that is open."""
    opened_id = shown.opened_folder()
    folder = now.find(opened_id) if opened_id else None
    if folder is not None:
        show_folder(now, folder)
    elif now.folders:
        show_tree(now)
        st.caption(
            "Deviations within a folder are put in order on the site; moving a folder to the top is done there too."
        )
    else:
        empty_state(
            "No folders read yet", f"Read them once, to see and change them here. That is one call to {now.site_name}.",
            icon=":material/folder_open:",
        )  # fmt: skip


def show_dialog(now: Shown, dialog: Opened) -> None:
    """The dialog that is open."""
    folder = now.find(dialog.folder_id) if dialog.folder_id else None
    if dialog.action == "new":
        show_new(now, dialog)
    elif folder is not None:
        _DIALOGS[dialog.action](now, dialog, folder)
    else:
        opened.close()


user = current_user()
page_header("Galleries", f"The folders of your gallery, and which posts are in them. {zone_note(user.timezone)}")
linked = shown.list_linked(user)
with st.container(width=860):
    if linked:
        now = shown.read(user, shown.choose_account(linked))
        show_access(now.account)
        work.show()
        show_lost(now)
        show_bar(now)
        show_account(now)
    else:
        show_no_account()
dialog = opened.current()
if linked and dialog is not None:
    show_dialog(now, dialog)
