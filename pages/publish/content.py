"""Content: everything that is to go out, by state; upload, edit, schedule, publish, one or many at once."""

import streamlit as st

from core.ui.content import dialogs, notices, selection, styles
from core.ui.content.bulk_dialog import show_bulk_dialog
from core.ui.content.confirm_dialog import show_confirm_dialog
from core.ui.content.drawer import find_view, show_drawer
from core.ui.content.empty import show_empty
from core.ui.content.filters import show_filters, show_views
from core.ui.content.grid import show_grid
from core.ui.content.listed import Listed, read_list
from core.ui.content.query import Layout, Query, bound, current_query, writer
from core.ui.content.schedule_dialog import show_schedule_dialog
from core.ui.content.sell_dialog import show_sell_dialog
from core.ui.content.sheet_table import show_sheet, show_unsaved
from core.ui.content.showing import Showing
from core.ui.content.table import show_table
from core.ui.content.toolbar import act_on_click, menu_of, show_toolbar
from core.ui.content.upload import is_upload_open, show_upload, toggle_upload
from core.ui.content.watch import watch
from core.ui.gate import SignedIn, current_user
from core.ui.page import page_header, zone_note


def show_head() -> None:
    """What the screen is for, and the button that brings files in."""
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with left:
        page_header("Content", f"Prepare, schedule and publish your work. {zone_note(user.timezone)}")
    with right, st.container(horizontal_alignment="right"):
        label = "Close upload" if is_upload_open() else "Upload"
        st.button(label, type="primary", icon=":material/upload:", on_click=toggle_upload, key="content-upload")


def show_list(user: SignedIn, query: Query, listed: Listed) -> None:
    """The posts of this page in the layout that was chosen, and the way to the other pages."""
    if not listed.rows:
        show_empty(query)
    elif query.layout is Layout.EDIT:
        show_sheet(user, query, listed)
    else:
        show_rows(user, query, listed)
    if listed.page.pages > 1:
        with st.container(horizontal_alignment="center"):
            st.pagination(
                listed.page.pages, key=bound("page", listed.page.number), on_change=writer("page", default=1, clears=())
            )


def show_rows(user: SignedIn, query: Query, listed: Listed) -> None:
    """The posts as a table or as cards, to choose from and to open."""
    selection.keep_everything(query, listed.ids)
    bar = st.container()
    showing = Showing.of(user.timezone, listed.now, listed.accounts)
    draw = show_grid if query.layout is Layout.GRID else show_table
    click = draw(listed.rows, query.view, lambda row: menu_of(row, query.view), showing)
    with bar:
        show_toolbar(user, query, listed)
    act_on_click(user, query.view, click)


def land(user: SignedIn) -> None:
    """Behind the drawer of a link from elsewhere, show the list that its post is in."""
    opened = dialogs.opened_post()
    if opened and "view" not in st.query_params and (view := find_view(user, opened)) is not None:
        st.query_params["view"] = view


def show_dialogs(user: SignedIn, listed: Listed) -> None:
    """The dialog that is open, if any."""
    opened, dialog = dialogs.opened_post(), dialogs.current_dialog()
    if opened:
        show_drawer(user, opened, listed.ids)
    elif dialog is not None:
        shows = {"bulk": show_bulk_dialog, "schedule": show_schedule_dialog, "sell": show_sell_dialog}
        shows.get(dialog.kind, show_confirm_dialog)(user, dialog)


user = current_user()
styles.apply()
land(user)
query = current_query()
listed = read_list(user, query)
show_head()
notices.show()
if query.layout is not Layout.EDIT or not listed.rows:
    show_unsaved()
if is_upload_open():
    show_upload(user)
show_views(query, listed.counts)
show_filters(user, query, listed.accounts)
show_list(user, query, listed)
if query.layout is not Layout.EDIT:  # drawn again, it would take away what is being typed
    watch(user, query, listed)
show_dialogs(user, listed)
