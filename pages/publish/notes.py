"""Notes: read, sort and answer the private notes of your accounts, as far as DeviantArt serves them."""

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.accounts import list_accounts
from core.identity.models import Account, AccountState
from core.publishing.notes import labels, probing
from core.publishing.notes.probing import Standing, standing_of
from core.runtime import get_runtime
from core.ui.errors import show
from core.ui.gate import current_user
from core.ui.links import screen_button
from core.ui.notes import styles
from core.ui.notes.folders_pane import show_folders
from core.ui.notes.house import House, find_folder, leave_notice, read_folders, show_notice
from core.ui.notes.library import show_library
from core.ui.notes.list_pane import show_list
from core.ui.notes.query import Shown, bound, current_view, go
from core.ui.notes.reading_pane import show_note
from core.ui.notes.writing import apply_filled, show_writing
from core.ui.page import empty_state, page_header, zone_note
from core.ui.words import plain

VIEWS = {False: "Notes", True: "Labels & templates"}


def read_accounts() -> list[Account]:
    """The accounts that can ask, the default first."""
    with runtime.database.read() as session:
        accounts = list_accounts(session, user.actor)
    return [one for one in accounts if one.state is AccountState.CONNECTED and one.provider in runtime.sites]


def show_choices(shown: Shown, accounts: list[Account]) -> None:
    """Notes or what they are sorted and answered with; whose notes when there are several accounts."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.segmented_control(
            "View", list(VIEWS), format_func=VIEWS.__getitem__, key=bound("view", shown.is_library), required=True,
            label_visibility="collapsed", on_change=choose_view,
        )  # fmt: skip
        if len(accounts) > 1:
            names = {one.id: one.username for one in accounts}
            here = shown.account_id if shown.account_id in names else accounts[0].id
            st.selectbox("Account", list(names), format_func=names.__getitem__, key=bound("account", here), width=190,
                         label_visibility="collapsed", on_change=choose_account)  # fmt: skip


def choose_view() -> None:
    go(keep_place=True, view="library" if st.session_state.get("notes-view") else None)


def choose_account() -> None:
    go(account=str(st.session_state.get("notes-account")), folder=None)


def known_standing(house: House) -> Standing:
    """Whether the account's notes are served; the first time somebody looks, reading the folders tells."""
    standing = standing_of(house.account)
    asked = f"notes.asked-{house.account.id}"
    if standing.available is not None or st.session_state.get(asked):
        return standing
    st.session_state[asked] = True
    try:
        with st.spinner("Asking DeviantArt whether it serves notes…"):
            read_folders(house)
    except AtelierError as error:
        show(error)
        return standing
    return Standing(True, probing.Reason.SERVED, utc_now())


def show_unserved(house: House, standing: Standing) -> None:
    """Why there are no notes, and the button that asks again."""
    with st.container(border=True, key="notes-unserved"):
        st.markdown(f":material/mail_off: **No notes of {plain(house.account.username)}.** {standing.sentence}")
        st.caption("Labels and templates stay yours, and work again when notes do.")
        with st.container(horizontal=True):
            if st.button("Ask again", icon=":material/refresh:", key="notes-probe"):
                probe_again(house)
            if standing.reason is probing.Reason.NO_PERMISSION:
                screen_button("Go to Accounts", "accounts", key="notes-to-accounts", icon=":material/link:")
    show_library(runtime, user)


def probe_again(house: House) -> None:
    """Ask the site now."""
    try:
        found = probing.probe(house.line, user.actor, house.account.id, now=utc_now())
    except AtelierError as error:
        show(error)
        return
    leave_notice(found.sentence, is_trouble=not found.available)
    st.rerun()


def show_mail(house: House) -> None:
    """Folders, list and reading pane beside each other."""
    shown = house.shown
    is_open = bool(shown.note_id or shown.write)
    styles.apply(is_open=is_open)
    apply_filled()
    try:
        with st.spinner("Reading folders…"):
            known = read_folders(house)
    except AtelierError as error:
        show(error)
        st.button("Try again", icon=":material/refresh:", key="notes-retry")
        return
    with runtime.database.read() as session:
        own_labels = labels.list_labels(session, user.actor)
    left, middle, right = st.columns([1.05, 2, 2.6], gap="medium")
    with left, st.container(key="notes-left"):
        show_folders(house, known, own_labels)
    with right, st.container(key="notes-right"):
        if shown.write:
            show_writing(house)
        else:
            show_note(house, known, own_labels)
    with middle, st.container(key="notes-middle"):
        show_list(house, find_folder(known, shown.folder), own_labels)


user = current_user()
runtime = get_runtime()
page_header("Notes", f"Read and answer the private notes of your accounts. {zone_note(user.timezone)}")
connected = read_accounts()
view = current_view()
show_notice()
if not connected:
    empty_state("No account with notes", "Connect one, or reconnect the one you have.", icon=":material/link_off:")
    screen_button("Go to Accounts", "accounts", key="notes-accounts", icon=":material/link:", type="primary")
    styles.apply(is_open=False)
    show_library(runtime, user)
else:
    show_choices(view, connected)
    house = House(runtime, user, next((one for one in connected if one.id == view.account_id), connected[0]), view)
    served = known_standing(house)
    if not served.available:
        styles.apply(is_open=False)
        show_unserved(house, served)
    elif view.is_library:
        styles.apply(is_open=False)
        show_library(runtime, user)
    else:
        show_mail(house)
