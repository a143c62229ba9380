"""One linked account as a card: who it is, how well it is connected, what can be done with it."""

import html
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from core.clock import utc_now
from core.identity import accounts, tokens
from core.identity.models import Account, AccountState
from core.identity.sessions import SignedIn
from core.publishing.galleries import Galleries, galleries
from core.runtime import Runtime
from core.ui.accounts import SANDBOX, go_to_site, label_of
from core.ui.errors import guarded
from core.ui.page import format_instant
from core.ui.takeover.panel import show_takeover
from core.ui.words import plain

WARN_DAYS = 14
NAMES_SHOWN = 12
LEGAL_TEXTS = {"submission": "Submission policy", "tos": "Terms of service"}


@dataclass(frozen=True, slots=True)
class CardContext:
    """What all cards of a screen share."""

    runtime: Runtime
    user: SignedIn
    now: datetime


def show_card(context: CardContext, account: Account, waiting: int, folders: Galleries) -> None:
    """The card; every widget's key carries the account's id."""
    with st.container(border=True, key=f"account-{account.id}"):
        _show_head(account, waiting)
        if account.state is not AccountState.DISCONNECTED:
            _show_facts(context, account)
            _show_agreements(context, account)
            _show_folders(context, account, folders)
            show_takeover(context.user, account)
        _show_actions(context, account, waiting)


def _show_head(account: Account, waiting: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(_avatar(account.username), width=44)
        st.markdown(f"**{plain(account.username)}**", width="content")
        is_sandbox = account.provider == SANDBOX
        st.badge(label_of(account.provider), icon=":material/science:" if is_sandbox else ":material/public:",
                 color="orange" if is_sandbox else "green")  # fmt: skip
        if account.is_default:
            st.badge("Default", icon=":material/star:", color="gray", help="New posts go out with this account.")
        if account.state is AccountState.RECONNECT:
            st.badge("Reconnect needed", icon=":material/warning:", color="red")
        if account.state is AccountState.DISCONNECTED:
            st.badge("Disconnected", icon=":material/link_off:", color="gray")
        if waiting:
            st.badge(f"{waiting:,} waiting", icon=":material/schedule:", color="gray", help="Posts queued for it.")


def _avatar(username: str) -> str:
    initial = html.escape(username[:1].upper() or "?")
    return (
        '<div style="width:40px;height:40px;border-radius:50%;display:grid;place-items:center;'
        f'background:#3d5a4c;color:#fbfaf7;font-weight:600">{initial}</div>'
    )


def _show_facts(context: CardContext, account: Account) -> None:
    access, connection, pace = st.columns(3)
    access.caption(f":material/bolt: {access_fact(account, context.user.timezone, context.now)}")
    connection.caption(f":material/event_repeat: {connection_fact(account, context.now)}")
    floor = context.runtime.settings.call_gap_seconds
    pace.caption(f":material/speed: {pace_fact(account, floor, context.user.timezone, context.now)}")


def access_fact(account: Account, timezone: str, now: datetime) -> str:
    """How long the access token is good, and that nobody has to care."""
    if account.state is AccountState.RECONNECT:
        return "Access has ended"
    if account.expires_at is None or account.expires_at <= now:
        return "Access is renewed before the next call"
    return f"Access good until {format_instant(account.expires_at, timezone, now=now)}, renewed by itself"


def connection_fact(account: Account, now: datetime) -> str:
    """Days until a person would have to connect again if every renewal failed."""
    if account.state is AccountState.RECONNECT:
        return "Waits for you to reconnect it"
    if account.refresh_token_expires_at is None:
        return "The site did not say how long the connection lasts"
    days = math.ceil((account.refresh_token_expires_at - now) / timedelta(days=1))
    if days <= 0:
        return "The connection has ended"
    text = f"Connection good for {days} more day{'' if days == 1 else 's'}"
    return f":orange[{text}]" if days <= WARN_DAYS else f"{text}, extended by each renewal"


def pace_fact(account: Account, floor_seconds: float, timezone: str, now: datetime) -> str:
    """The gap between calls and when the next may be made."""
    gap = max(account.call_gap_seconds or 0.0, floor_seconds)
    text = f"One call every {gap:.0f} s" if gap >= 1 else "No pause between calls"
    if account.next_call_at is None or account.next_call_at <= now:
        return f"{text}, free now"
    wait = account.next_call_at - now
    if wait < timedelta(minutes=2):
        return f"{text}, next in {wait.total_seconds():.0f} s"
    return f"{text}, next {format_instant(account.next_call_at, timezone, now=now)}"


def _show_agreements(context: CardContext, account: Account) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        submission = st.toggle("Submission policy agreed", value=account.agreed_submission_at is not None,
                               key=f"agree-submission-{account.id}")  # fmt: skip
        terms = st.toggle("Terms of service agreed", value=account.agreed_terms_at is not None,
                          key=f"agree-terms-{account.id}")  # fmt: skip
        for name, title in LEGAL_TEXTS.items():
            if st.button(f"Read: {title.lower()}", key=f"read-{name}-{account.id}", type="tertiary"):
                _show_legal_text(context, account, name, title)
    if (submission, terms) != (account.agreed_submission_at is not None, account.agreed_terms_at is not None):
        _act(
            lambda: _agree(context, account.id, submission=submission, terms=terms),
            "Noted. It is sent along with each post.",
        )
    if not (submission and terms):
        st.caption("The site may ask for both before it publishes; posts then wait until you agree here.")


def _agree(context: CardContext, account_id: str, *, submission: bool, terms: bool) -> None:
    with context.runtime.database.session() as session:
        accounts.record_agreements(
            session, context.user.actor, account_id, submission=submission, terms=terms, now=utc_now()
        )


def _show_legal_text(context: CardContext, account: Account, name: str, title: str) -> None:
    with guarded():
        text = _legal_text(context.runtime, account.provider, name, account.id)
        _legal_dialog(title, text)


@st.cache_data(ttl=86_400, show_spinner="Asking the site…")
def _legal_text(_runtime: Runtime, provider: str, name: str, _account_id: str) -> str:
    """The site's text, the same for everybody; whose token asked for it does not matter."""
    token = tokens.usable_token(
        _runtime.database, _account_id, _runtime.sites, now=utc_now(), holder="screen", wait_seconds=5
    )
    return _runtime.sites[provider].legal_text(token, name)


def _legal_dialog(title: str, text: str) -> None:
    @st.dialog(title, width="large")
    def show() -> None:
        st.html(text)  # Streamlit removes scripts

    show()


def _show_folders(context: CardContext, account: Account, folders: Galleries) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/folder: {folders_fact(folders, context.user.timezone, context.now)}")
        can_ask = account.state is AccountState.CONNECTED and account.provider in context.runtime.sites
        if st.button("Refresh folders", key=f"folders-{account.id}", type="tertiary", icon=":material/refresh:",
                     disabled=not can_ask):  # fmt: skip
            _refresh_folders(context, account.id)


def folders_fact(folders: Galleries, timezone: str, now: datetime) -> str:
    """Which gallery folders are known, and as of when."""
    if not folders.folders:
        return "Gallery folders have not been read yet"
    names = ", ".join(plain(folder.name) for folder in folders.folders[:NAMES_SHOWN])
    more = len(folders.folders) - NAMES_SHOWN
    rest = f" and {more} more" if more > 0 else ""
    return f"{names}{rest} (read {format_instant(folders.cached_at, timezone, now=now)})"


def _refresh_folders(context: CardContext, account_id: str) -> None:
    runtime = context.runtime
    with guarded(), st.spinner("Reading the folders…"):
        found = galleries(
            runtime.database, runtime.sites, context.user.actor, account_id,
            now=utc_now(), floor_seconds=runtime.settings.call_gap_seconds, refresh=True,
        )  # fmt: skip
        st.session_state["accounts-toast"] = plain(found.problem or "") or f"{len(found.folders)} folders read."
        st.rerun()


def _show_actions(context: CardContext, account: Account, waiting: int) -> None:
    if account.provider not in context.runtime.sites:
        st.caption(f"{label_of(account.provider)} is not set up here any more, so its posts wait.")
    with st.container(horizontal=True):
        if account.provider in context.runtime.sites and st.button(
            "Connect again" if account.state is AccountState.DISCONNECTED else "Reconnect",
            key=f"reconnect-{account.id}", icon=":material/link:",
        ):  # fmt: skip
            go_to_site(account.provider)
        if account.state is AccountState.DISCONNECTED:
            return
        if not account.is_default and st.button("Make default", key=f"default-{account.id}", icon=":material/star:"):
            _act(lambda: _make_default(context, account.id), "New posts go out with it from now on.")
        with st.popover("Disconnect", icon=":material/link_off:", key=f"disconnect-{account.id}"):
            _show_disconnect(context, account, waiting)


def _show_disconnect(context: CardContext, account: Account, waiting: int) -> None:
    st.markdown(f"Disconnect **{plain(account.username)}**? Atelier forgets its access and tells the site to end it.")
    if waiting:
        st.markdown(f"{waiting:,} queued posts keep their times and wait until you connect it again.")
    if st.button("Disconnect", key=f"disconnect-now-{account.id}", type="primary"):
        _act(lambda: _disconnect(context, account.id), None)


def _make_default(context: CardContext, account_id: str) -> None:
    with context.runtime.database.session() as session:
        accounts.set_default(session, context.user.actor, account_id, now=utc_now())


def _disconnect(context: CardContext, account_id: str) -> None:
    runtime = context.runtime
    was_told = accounts.disconnect(runtime.database, runtime.sites, context.user.actor, account_id, now=utc_now())
    st.session_state["accounts-toast"] = (
        "Disconnected." if was_told else "Disconnected here. The site could not be told; end the access there too."
    )


def _act(action: Callable[[], None], toast: str | None) -> None:
    """Do it, then draw the screen anew; an error is shown in place."""
    with guarded():
        action()
        if toast:
            st.session_state["accounts-toast"] = toast
        st.rerun()
