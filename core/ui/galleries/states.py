"""What needs attention on the Galleries screen before the folders: access, lost answers, how old they are."""

import streamlit as st

from core.clock import utc_now
from core.identity.models import Account, AccountState
from core.publishing import gallery_changes
from core.publishing.gallery_changes import Progress
from core.runtime import get_runtime
from core.ui.galleries import work
from core.ui.galleries.shown import Shown
from core.ui.galleries.work import Outcome
from core.ui.links import screen_link
from core.ui.page import empty_state
from core.ui.times import ago
from core.ui.words import count, plain


def show_no_account() -> None:
    """In place of the folders while nothing is connected."""
    empty_state(
        "No account connected", "Folders belong to an account. Connect one, then order its gallery here.",
        icon=":material/link:",
    )  # fmt: skip
    screen_link("Connect an account", "accounts", icon=":material/add_link:")


def show_access(account: Account) -> None:
    """Say when the folders can be looked at, but not changed."""
    if account.provider not in get_runtime().sites:
        st.warning("The account's site is not set up here any more, so its folders cannot be changed.")
    elif account.state is AccountState.RECONNECT:
        st.warning(f"{plain(account.username)} must be connected again before its folders can be changed.",
                   icon=":material/link_off:")  # fmt: skip
        screen_link("Reconnect it under Accounts", "accounts", icon=":material/link:")
    elif account.state is AccountState.DISCONNECTED:
        st.info(f"{plain(account.username)} is disconnected. These are its folders as they were last read.",
                icon=":material/link_off:")  # fmt: skip


def show_lost(shown: Shown) -> None:
    """Offer to look up what became of a change whose answer was lost."""
    if not shown.is_lost or work.is_working():
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="galleries-lost"):
        st.markdown(
            f":material/help: The answer to the last change was lost. It is looked up at {shown.site_name} before "
            "anything else is changed.",
            width="stretch",
        )
        st.button("Look it up", key="galleries-look", on_click=look_up, args=(shown,), disabled=not shown.can_change)


def show_freshness(shown: Shown) -> None:
    """When the folders were read, and the button that reads them again."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if shown.cached_at is None:
            text = "Not read yet."
        elif shown.is_fresh:
            text = f"Read {ago(shown.cached_at, now=shown.now)}."
        else:
            text = f":orange[Read {ago(shown.cached_at, now=shown.now)}; may have changed.]"
        st.caption(text, width="content")
        st.button(
            "Read again" if shown.cached_at else "Read the folders", icon=":material/refresh:", type="tertiary",
            key="galleries-refresh", on_click=refresh, args=(shown,),
            disabled=not shown.can_change or work.is_working(),
        )  # fmt: skip


def look_up(shown: Shown) -> None:
    """Find out at the site what became of the last change."""
    line, actor, account_id = work.line(), shown.user.actor, shown.account.id
    found = {True: "The change was made.", False: "The change was not made. Make it again if you still want it."}

    def run(_: Progress) -> Outcome:
        was_made = gallery_changes.look_up(line, actor, account_id, clock=utc_now)
        return Outcome("It is settled already." if was_made is None else found[was_made])

    work.start("Looking it up.", run)


def refresh(shown: Shown) -> None:
    """Read the folders from the site."""
    line, actor, account_id = work.line(), shown.user.actor, shown.account.id

    def run(_: Progress) -> Outcome:
        found = gallery_changes.refresh(line, actor, account_id, clock=utc_now)
        return Outcome(f"{count(len(found), 'folder')} read.")

    work.start("Reading the folders.", run)
