"""Accounts: which DeviantArt accounts posts go out with, how well they are connected, and connecting more."""

import streamlit as st

from core.clock import utc_now
from core.identity.accounts import list_accounts
from core.publishing.galleries import cached_galleries
from core.publishing.waiting import count_waiting
from core.runtime import get_runtime
from core.ui.account_card import CardContext, show_card
from core.ui.accounts import (
    DEVIANTART,
    show_answer,
    show_attention,
    show_connect_buttons,
    show_empty,
    show_set_up_help,
)
from core.ui.gate import current_user
from core.ui.page import page_header, zone_note

user = current_user()
runtime = get_runtime()
sites = runtime.sites

page_header("Accounts", "The DeviantArt accounts your posts go out with, and how well they are connected.")
with runtime.database.read() as session:
    accounts = list_accounts(session, user.actor)
    waiting = count_waiting(session, user.actor)
    folders = {account.id: cached_galleries(session, user.actor, account.id) for account in accounts}

if toast := st.session_state.pop("accounts-toast", None):
    st.toast(toast)
show_answer(accounts)
show_attention(accounts, waiting, sites)
if not accounts:
    show_empty()
context = CardContext(runtime, user, utc_now())
for account in accounts:
    show_card(context, account, waiting.get(account.id, 0), folders[account.id])
show_connect_buttons(sites, is_first=not accounts)
if accounts:
    st.caption(zone_note(user.timezone))
if DEVIANTART not in sites:
    show_set_up_help(runtime.settings, expanded=not sites)
