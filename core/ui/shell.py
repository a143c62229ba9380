"""The frame around every screen: wordmark, navigation, and the menu of the person signed in."""

import streamlit as st

from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.ui import style
from core.ui.gate import current_user
from core.ui.handover import send_sign_out
from core.ui.navigation import navigation
from core.ui.notifications import show_bell
from core.ui.words import plain

PROFILE = "My profile"
SIGN_OUT = "Sign out"


def run() -> None:
    """Let a person in, draw the frame for them, and run the screen they chose."""
    st.set_page_config(page_title="Atelier", page_icon=str(style.FAVICON), layout="wide")
    user = current_user()
    style.apply()
    st.logo(style.wordmark_path(), size="large", icon_image=style.mark_path())
    page = navigation(is_admin=user.is_admin)
    with st.sidebar:
        show_bell(user)
        _account_menu(user)
    page.run()


def _account_menu(user: SignedIn) -> None:
    with st.container(key="account-menu"):
        if get_runtime().uses_sandbox:
            st.badge("Sandbox", icon=":material/science:", color="orange",
                     help="Nothing reaches the real DeviantArt: a stand-in on this machine answers.")  # fmt: skip
        choice = st.menu_button(
            plain(user.display_name),
            [PROFILE, SIGN_OUT],
            icon=":material/account_circle:",
            type="tertiary",
            key="account",
        )
    if choice == PROFILE:
        st.switch_page("pages/account/profile.py")
    if choice == SIGN_OUT:
        send_sign_out()
        st.stop()
