"""The part of an account's card about its gallery: take it over, see how far that is, take it back."""

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.models import Account, AccountState
from core.identity.sessions import SignedIn
from core.publishing.statistics.models import GalleryImportStatus
from core.publishing.takeover import removing, runs
from core.publishing.takeover.runs import Takeover
from core.runtime import get_runtime
from core.ui import times
from core.ui.errors import guarded
from core.ui.links import screen_link
from core.ui.words import count, plain

S = GalleryImportStatus
REFRESH_SECONDS = 2.0
_TOAST = "accounts-toast"
_REMOVED = "takeover.removed"


def show_takeover(user: SignedIn, account: Account) -> None:
    """Draw the part for one account; while works come in it redraws by itself."""
    takeover = _read(user, account.id)
    is_running = takeover is not None and takeover.status is S.RUNNING
    with st.container(key=f"takeover-{account.id}", gap="small"):
        st.fragment(_show, run_every=REFRESH_SECONDS if is_running else None)(user, account, is_running)


def _show(user: SignedIn, account: Account, was_running: bool) -> None:
    with guarded():
        takeover = _read(user, account.id)
        if was_running and (takeover is None or takeover.status is not S.RUNNING):
            st.rerun()  # so that it stops redrawing
        if takeover is not None:
            _show_state(takeover, user.timezone, now=utc_now())
        _show_removed(user, account)
        with st.container(horizontal=True, gap="small"):
            _show_actions(user, account, takeover)


def _read(user: SignedIn, account_id: str) -> Takeover | None:
    with get_runtime().database.read() as session:
        return runs.latest_by_account(session, user.actor).get(account_id)


def _show_state(takeover: Takeover, timezone: str, *, now: datetime) -> None:
    st.markdown(f"{_ICONS[takeover.status]} {state_words(takeover, timezone, now=now)}")
    if takeover.error_message and takeover.status is not S.DONE:
        st.caption(f":orange[{plain(takeover.error_message)}]")
    if takeover.works and takeover.status is not S.RUNNING:
        screen_link(f"See the {count(takeover.works, 'work')} taken over", "content?view=published")


def state_words(takeover: Takeover, timezone: str, *, now: datetime) -> str:
    """How far it is, in a sentence."""
    numbers = f"{count(takeover.found, 'work')} looked at, {takeover.imported:,} new here, {takeover.known:,} known"
    match takeover.status:
        case S.RUNNING:
            wait = f" Next try {times.moment(takeover.due_at, timezone, now=now)}." if takeover.attempts else ""
            return f"**Taking over the gallery.** {numbers}. It goes on if you leave this page.{wait}"
        case S.PAUSED:
            return f"**Paused.** {numbers}."
        case S.FAILED:
            return f"**It stopped.** {numbers}. What came in stays."
        case S.CANCELLED:
            return f"**Cancelled** {_day(takeover, timezone, now)}. {numbers}. What came in stays."
        case S.DONE:
            return f"**Gallery taken over** {_day(takeover, timezone, now)}. {numbers}."


_ICONS = {
    S.RUNNING: ":material/downloading:",
    S.PAUSED: ":material/pause_circle:",
    S.FAILED: ":material/error:",
    S.CANCELLED: ":material/cancel:",
    S.DONE: ":material/task_alt:",
}


def _day(takeover: Takeover, timezone: str, now: datetime) -> str:
    return times.day(takeover.finished_at or takeover.started_at, timezone, now=now)


def _show_actions(user: SignedIn, account: Account, takeover: Takeover | None) -> None:
    status = takeover.status if takeover else None
    if takeover is not None and status is S.RUNNING:
        _button("Pause", "pause", takeover, lambda: _move(user, runs.pause, takeover.id))
    if takeover is not None and status in {S.PAUSED, S.FAILED}:
        _button("Resume", "play_arrow", takeover, lambda: _move(user, runs.resume, takeover.id), is_main=True)
    if takeover is not None and status in runs.UNDER_WAY:
        _button("Cancel", "close", takeover, lambda: _move(user, runs.cancel, takeover.id))
    if status not in runs.UNDER_WAY and account.state is AccountState.CONNECTED:
        label = "Take over the gallery" if takeover is None else "Take over again"
        with st.popover(label, icon=":material/download:", key=f"takeover-choose-{account.id}"):
            _show_choices(user, account, has_run=takeover is not None)
    if takeover is not None and takeover.works and status is not S.RUNNING:
        with st.popover("Remove what was taken over", icon=":material/delete:", key=f"takeover-remove-{account.id}"):
            _show_removing(user, account, takeover.works)


def _show_choices(user: SignedIn, account: Account, *, has_run: bool) -> None:
    st.markdown("Everything in the gallery is listed here as published, with its statistics. Nothing changes there.")
    with_pictures = st.toggle(
        "Fetch a preview of each picture", value=True, key=f"takeover-pictures-{account.id}",
        help="Needs room here; without it works are listed with their title only.",
    )  # fmt: skip
    bring_back = has_run and st.toggle("Also bring back what I deleted here", key=f"takeover-back-{account.id}")
    if st.button("Start", type="primary", icon=":material/download:", key=f"takeover-start-{account.id}"):
        _act(lambda: _start(user, account.id, with_pictures=with_pictures, bring_back=bool(bring_back)))


def _show_removing(user: SignedIn, account: Account, works: int) -> None:
    st.markdown(f"Move {count(works, 'work')} to the trash here? On DeviantArt they stay as they are.")
    if st.button("Move to the trash", type="primary", key=f"takeover-remove-now-{account.id}"):
        _act(lambda: _remove(user, account.id))


def _show_removed(user: SignedIn, account: Account) -> None:
    """What was just removed, with the way back."""
    removed: tuple[str, datetime, int] | None = st.session_state.get(_REMOVED)
    if removed is None or removed[0] != account.id:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/delete: {count(removed[2], 'work')} moved to the trash.", width="stretch")
        if st.button("Undo", icon=":material/undo:", key=f"takeover-undo-{account.id}"):
            _act(lambda: _restore(user, account.id, removed[1]))


def _button(label: str, icon: str, takeover: Takeover, action: Callable[[], None], *, is_main: bool = False) -> None:
    key = f"takeover-{icon}-{takeover.id}"
    if st.button(label, icon=f":material/{icon}:", key=key, type="primary" if is_main else "secondary"):
        _act(action)


def _start(user: SignedIn, account_id: str, *, with_pictures: bool, bring_back: bool) -> None:
    with get_runtime().database.session() as session:
        runs.start(session, user.actor, account_id, with_pictures=with_pictures, bring_back=bring_back, now=utc_now())
    st.session_state[_TOAST] = "The gallery is being taken over."


def _move(user: SignedIn, service: Callable[..., None], import_id: str) -> None:
    with get_runtime().database.session() as session:
        service(session, user.actor, import_id, now=utc_now())


def _remove(user: SignedIn, account_id: str) -> None:
    now = utc_now()
    with get_runtime().database.session() as session:
        removed = removing.remove_imported(session, user.actor, account_id, now=now)
    st.session_state[_REMOVED] = (account_id, now, removed)


def _restore(user: SignedIn, account_id: str, removed_at: datetime) -> None:
    with get_runtime().database.session() as session:
        restored = removing.restore_imported(session, user.actor, account_id, removed_at, now=utc_now())
    st.session_state.pop(_REMOVED, None)
    st.session_state[_TOAST] = f"{count(restored, 'work')} put back."


def _act(action: Callable[[], None]) -> None:
    """Do it, then draw the screen anew; an error is shown in place."""
    with guarded():
        action()
        st.rerun()
