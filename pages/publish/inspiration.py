"""Inspiration: what others publish, without asking the site twice for the same."""

import streamlit as st

from core.errors import AtelierError
from core.identity.accounts import list_accounts
from core.identity.models import Account, AccountState
from core.publishing.asking import Line
from core.publishing.inspiration.browsing import WITHDRAWN, mode_of
from core.runtime import get_runtime
from core.ui.errors import show
from core.ui.gate import current_user
from core.ui.inspiration import cards, details
from core.ui.inspiration.choosing import show_lists, show_narrowing
from core.ui.inspiration.query import current_view
from core.ui.inspiration.results import show_list, show_similar
from core.ui.links import screen_button
from core.ui.page import empty_state, page_header, zone_note
from core.ui.words import listed


def read_accounts() -> list[Account]:
    """The accounts that can ask, the default first."""
    with runtime.database.read() as session:
        accounts = list_accounts(session, user.actor)
    return [one for one in accounts if one.state is AccountState.CONNECTED and one.provider in runtime.sites]


def show_unconnected() -> None:
    """Nobody to ask for."""
    empty_state(
        "No account to look around with",
        "DeviantArt shows its lists to connected accounts. Connect one, or reconnect the one you have.",
        icon=":material/link_off:",
    )
    screen_button("Go to Accounts", "accounts", key="inspiration-accounts", icon=":material/link:", type="primary")


def show_screen(accounts: list[Account]) -> None:
    """The chosen list and what is open in front of it."""
    shown = current_view()
    account = next((one for one in accounts if one.id == shown.account_id), accounts[0])
    line = Line(runtime.database, runtime.sites, runtime.settings.call_gap_seconds)
    show_lists(shown, accounts)
    try:
        mode = mode_of(shown.list_name)
    except AtelierError as error:
        show(error)
        return
    if shown.like:
        works = show_similar(line, user, account, shown)
    else:
        show_narrowing(line, user, account, shown)
        works = show_list(line, user, account, shown, mode)
    if shown.opened:
        details.show_details(line, user, account, shown.opened, works)


user = current_user()
runtime = get_runtime()
page_header("Inspiration", f"Look around at what others publish. {zone_note(user.timezone)}")
st.html(f"<style>{cards.STYLES}{details.STYLES}</style>")
connected = read_accounts()
if connected:
    show_screen(connected)
    st.caption(f"DeviantArt no longer gives these lists to programs: {listed(WITHDRAWN)}.")
else:
    show_unconnected()
