"""What the Accounts screen is made of: what the site answered, what needs attention, the way there, set-up help."""

import json
from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st

from core.identity.connect import START_PATH, redirect_uri
from core.identity.models import Account, AccountState
from core.settings import Settings
from core.ui.page import empty_state
from core.ui.words import plain

DEVIANTART = "deviantart"
SANDBOX = "deviantart-sandbox"
LABELS = {DEVIANTART: "DeviantArt", SANDBOX: "Sandbox"}
CONNECT_LABELS = {DEVIANTART: "Connect a DeviantArt account", SANDBOX: "Connect a sandbox account"}
REGISTER_AT = "https://www.deviantart.com/developers/"

# By the word the callback puts into the address.
ANSWERS = {
    "denied": "You said no at the site, so nothing was connected. You can start again whenever you like.",
    "taken": "That account is linked by somebody else here. They can disconnect it first, or you can sign in to the "
    "site with another account and connect that one.",
    "expired": "This way back was too old or used already. Press the button once more.",
    "refused": "The site did not accept its own answer. Press the button once more.",
    "not-configured": "This site is not set up here. See below how to do it.",
    "elsewhere": "Connecting starts with a button on this page. Press it once more.",
    "other-address": "Open Atelier at the address it is registered with at DeviantArt, and connect from there.",
    "site": "The site ended with an error. Press the button once more; if it stays, check the application there.",
    "unreachable": "The site did not answer. Wait a moment, then press the button once more.",
}


def show_answer(accounts: Sequence[Account]) -> None:
    """What came of connecting, once; the address only carries a word or an id, never text."""
    connected = st.query_params.pop("connected", None)
    word = st.query_params.pop("connect_error", None)
    account = next((one for one in accounts if one.id == connected), None)
    if account is not None:
        st.success(f"{plain(account.username)} is connected.", icon=":material/link:")
    if word is not None:
        st.warning(ANSWERS.get(word, ANSWERS["unreachable"]), icon=":material/link_off:")


def show_attention(accounts: Sequence[Account], waiting: Mapping[str, int], sites: Collection[str]) -> None:
    """Accounts whose posts are held, with the button that helps."""
    for account in accounts:
        held = waiting.get(account.id, 0)
        is_needed = account.state is AccountState.RECONNECT or (account.state is AccountState.DISCONNECTED and held)
        if is_needed:
            _show_needed(account, held, can_connect=account.provider in sites)


def _show_needed(account: Account, held: int, *, can_connect: bool) -> None:
    what = "Nothing is waiting for it yet."
    if held:
        what = "1 post keeps its time and waits." if held == 1 else f"{held:,} posts keep their times and wait."
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"attention-{account.id}"):
        st.markdown(
            f":material/warning: **Reconnect {plain(account.username)}.** {plain(account.state_reason or '')} {what}"
        )
        if can_connect and st.button("Reconnect", key=f"attention-connect-{account.id}", type="primary"):
            go_to_site(account.provider)


def show_connect_buttons(sites: Collection[str], *, is_first: bool) -> None:
    """One button per site that is set up here."""
    with st.container(horizontal=True):
        for provider in sites:
            is_main = is_first and provider == next(iter(sites))
            if st.button(CONNECT_LABELS[provider], key=f"connect-{provider}", icon=":material/add_link:",
                         type="primary" if is_main else "secondary"):  # fmt: skip
                go_to_site(provider)
    if SANDBOX in sites:
        st.caption("The sandbox is a stand-in on this machine: nothing posted with such an account reaches DeviantArt.")


def show_empty() -> None:
    empty_state(
        "No account connected", "Connect one, and approved posts can be scheduled to go out with it.",
        icon=":material/link:",
    )  # fmt: skip


def show_set_up_help(settings: Settings, *, expanded: bool) -> None:
    """How to make the real site available; for whoever runs this Atelier."""
    with st.expander("Connect the real DeviantArt", icon=":material/key:", expanded=expanded):
        st.markdown(
            f"1. Register a confidential application at [deviantart.com/developers]({REGISTER_AT}) "
            "with exactly this redirect URI:"
        )
        st.code(redirect_uri(settings.resolved_public_url), language=None)
        st.markdown(
            "2. Set `ATELIER_DEVIANTART_CLIENT_ID` and `ATELIER_DEVIANTART_CLIENT_SECRET` to what you get there.\n"
            "3. Start Atelier again; a button to connect appears on this page."
        )


def go_to_site(provider: str) -> None:
    """Leave for the site in this same tab; it sends the browser back to this page."""
    address = f"{START_PATH}?{urlencode({'provider': provider})}"
    st.html(f"<script>window.location.assign({json.dumps(address)});</script>", unsafe_allow_javascript=True)


def label_of(provider: str) -> str:
    return LABELS.get(provider, provider)
