"""Gallery: sort out what was made, by keyboard; compare, download, send to drafts."""

import streamlit as st

from core.ui.gallery import acting, asking, dialogs, look, notices
from core.ui.gallery.board import show_board
from core.ui.gallery.comparing import show_comparison
from core.ui.gallery.downloading import show_download
from core.ui.gallery.empty import show_empty
from core.ui.gallery.filters import show_filters, show_views
from core.ui.gallery.import_panel import is_import_open, show_import, toggle_import
from core.ui.gallery.query import Query, current_query, go_to_page
from core.ui.gallery.sending import show_send
from core.ui.gallery.shelving import show_collect, show_tag
from core.ui.gallery.shown import Shown, read_shown
from core.ui.gallery.toolbar import show_toolbar
from core.ui.gate import SignedIn, current_user
from core.ui.page import page_header


def show_head() -> None:
    """What the screen is for, and the button that brings pictures in."""
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with left:
        page_header("Gallery", "Sort out what was made: like, rate and reject by keyboard, then send on what is good.")
    with right, st.container(horizontal_alignment="right"):
        label = "Close import" if is_import_open() else "Import"
        st.button(label, icon=":material/upload:", on_click=toggle_import, key="gallery-import-toggle")


def show_pages(shown: Shown) -> None:
    """The way to the neighbours of this page."""
    acting.remember_pages(shown.page.before, shown.page.after)
    if shown.page.before is None and shown.page.after is None:
        return
    with st.container(horizontal=True, horizontal_alignment="center", gap="small"):
        for label, icon, cursor in (
            ("Previous page", "arrow_back", shown.page.before),
            ("Next page", "arrow_forward", shown.page.after),
        ):
            st.button(
                label, icon=f":material/{icon}:", disabled=cursor is None, on_click=go_to_page, args=(cursor,),
                key=f"gallery-{icon}",
            )  # fmt: skip


def show_gallery(user: SignedIn, query: Query) -> None:
    """The gallery in the list and on the page that the address names."""
    shown = read_shown(user, query)
    show_head()
    notices.show()
    if is_import_open():
        show_import(user)
    show_views(query)
    show_filters(user, query, shown.choices)
    if shown.rows:
        show_toolbar(user, query, shown)
        show_board(user, query, shown, acting.note_act, turned=acting.turned())
    else:
        show_empty(query)
    show_pages(shown)


def show_dialogs(user: SignedIn) -> None:
    """The dialog that is open, if any."""
    dialog = dialogs.current_dialog()
    if dialog is not None:
        shows = {
            "send": show_send, "download": show_download, "collect": show_collect, "tag": show_tag,
            "move": asking.show_move, "rest": asking.show_rest,
        }  # fmt: skip
        shows.get(dialog.kind, asking.show_purge)(user, dialog)


user = current_user()
look.apply()
acting.act()
query = current_query()
if query.compared:
    page_header("Gallery", "Pictures side by side, with what makes the difference.")
    show_comparison(user, query)
else:
    show_gallery(user, query)
    show_dialogs(user)
