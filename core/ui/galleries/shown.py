"""What the Galleries screen shows: one account's folders as last read, in the order the person has put them in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity import accounts
from core.identity.models import Account, AccountState
from core.identity.sessions import SignedIn
from core.publishing.galleries import FRESH, cached_galleries
from core.publishing.gallery_calls import find_unsettled
from core.publishing.providers import GalleryFolder
from core.runtime import get_runtime
from core.ui.content.showing import is_sandbox
from core.ui.words import plain

ACCOUNT, FOLDER = "account", "folder"
_ORDER = "galleries.order"


@dataclass(frozen=True, slots=True)
class Shown:
    """``folders`` in the order on screen; ``order_at_site`` names them in the site's. ``is_lost``: nobody knows
    what became of the last change."""

    user: SignedIn
    account: Account
    folders: tuple[GalleryFolder, ...]
    order_at_site: tuple[str, ...]
    cached_at: datetime | None
    is_lost: bool
    now: datetime

    @property
    def can_change(self) -> bool:
        return self.account.state is AccountState.CONNECTED and self.account.provider in get_runtime().sites

    @property
    def is_fresh(self) -> bool:
        return self.cached_at is not None and self.cached_at > self.now - FRESH

    @property
    def order(self) -> list[str]:
        return [folder.folder_id for folder in self.folders]

    @property
    def is_reordered(self) -> bool:
        return tuple(self.order) != self.order_at_site

    @property
    def site_name(self) -> str:
        return "the sandbox" if is_sandbox(self.account.provider) else "DeviantArt"

    def find(self, folder_id: str) -> GalleryFolder | None:
        return next((folder for folder in self.folders if folder.folder_id == folder_id), None)

    def name_of(self, folder_id: str) -> str:
        folder = self.find(folder_id)
        return folder.name if folder else "a folder that is not there any more"


def list_linked(user: SignedIn) -> list[Account]:
    """The person's accounts."""
    with get_runtime().database.read() as session:
        return accounts.list_accounts(session, user.actor)


def choose_account(linked: Sequence[Account]) -> Account:
    """Whose folders are shown: as the address says, else the first. The picker writes to the address."""
    by_id = {one.id: one for one in linked}
    wanted = st.query_params.get(ACCOUNT, "")
    here = by_id.get(wanted, linked[0])
    if len(linked) == 1:
        st.markdown(f":material/account_circle: **{plain(here.username)}** {_mark(here)}")
        return here
    chosen = st.selectbox(
        "Account", list(by_id), index=list(by_id).index(here.id), key="galleries-account", width=300,
        format_func=lambda one: f"{by_id[one].username}{' · sandbox' if is_sandbox(by_id[one].provider) else ''}",
        on_change=_go_to_account, label_visibility="collapsed",
    )  # fmt: skip
    return by_id[chosen]


def read(user: SignedIn, account: Account) -> Shown:
    """The account's folders as last read."""
    now = utc_now()
    with get_runtime().database.read() as session:
        known = cached_galleries(session, user.actor, account.id)
        intent = find_unsettled(session, account.id)
    at_site = tuple(folder.folder_id for folder in known.folders)
    mine = _order_of(account.id, at_site)
    by_id = {folder.folder_id: folder for folder in known.folders}
    folders = tuple(by_id[one] for one in mine)
    return Shown(user, account, folders, at_site, known.cached_at, intent is not None, now)


def reorder(account_id: str, order: Sequence[str]) -> None:
    """Show the folders in this order; nothing is sent yet."""
    st.session_state[_ORDER] = (account_id, tuple(order))


def forget_order() -> None:
    """Show them as the site has them."""
    st.session_state.pop(_ORDER, None)


def open_folder(folder_id: str | None) -> None:
    """Show what is in a folder; ``None`` goes back to the tree."""
    if folder_id is None:
        st.query_params.pop(FOLDER, None)
    else:
        st.query_params[FOLDER] = folder_id


def opened_folder() -> str | None:
    return st.query_params.get(FOLDER)


def _order_of(account_id: str, at_site: tuple[str, ...]) -> tuple[str, ...]:
    kept: tuple[str, tuple[str, ...]] | None = st.session_state.get(_ORDER)
    if kept is None or kept[0] != account_id or sorted(kept[1]) != sorted(at_site):
        return at_site  # other folders than were put in order
    return kept[1]


def _go_to_account() -> None:
    st.query_params[ACCOUNT] = st.session_state["galleries-account"]
    open_folder(None)


def _mark(account: Account) -> str:
    return ":orange-badge[:material/science: Sandbox]" if is_sandbox(account.provider) else ""
