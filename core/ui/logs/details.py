"""A post's whole history in a dialog: every call, every change, newest first; failed posts can be retried here."""

from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing import scheduling
from core.publishing.attempts import Moment, history
from core.publishing.detail import get_detail
from core.publishing.models import DeviationStatus
from core.publishing.reports import BatchReport
from core.runtime import get_runtime
from core.system.models import AuditEvent
from core.ui import times
from core.ui.content.badges import badge_of
from core.ui.errors import guarded
from core.ui.links import screen_link
from core.ui.logs.rows import call_line
from core.ui.words import plain

LIMIT = 200
_ACTORS = {"person": "A person", "sidecar": "The sidecar", "key": "A program", "command": "The command line"}


@st.dialog("History of a post", width="medium", icon=":material/history:")
def show_details(user: SignedIn, deviation_id: str) -> None:
    """The dialog."""
    now = utc_now()
    with guarded():
        with get_runtime().database.read() as session:
            view = get_detail(session, user.actor, deviation_id, now=now).view
            moments = history(session, user.actor, deviation_id, limit=LIMIT)
            lines = [(moment, None if moment.event is None else _event(moment.event, user)) for moment in moments]
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(width="stretch", gap=None):
                screen_link(plain(view.title), f"content?open={deviation_id}", icon=":material/imagesmode:")
                st.markdown(badge_of(view).markdown)
            if view.status is DeviationStatus.FAILED and view.deleted_at is None:
                show_retry(user, deviation_id, key="details-retry")
        for moment, event in lines:
            _show(moment, event, user.timezone, now)


def show_retry(user: SignedIn, deviation_id: str, *, key: str) -> None:
    """The button that sends a failed post once more."""
    if not st.button("Retry now", key=key, icon=":material/replay:", type="primary"):
        return
    with get_runtime().database.session() as session:
        report = scheduling.retry(session, user.actor, [deviation_id], now=utc_now())
    _say(report)


def _say(report: BatchReport) -> None:
    refused = report.skipped[0].reason if report.skipped else None
    if refused:
        st.error(plain(refused), icon=":material/error:")
        return
    st.toast("It goes out again as soon as its account is free.", icon=":material/replay:")
    st.rerun()


def _show(moment: Moment, event: str | None, timezone: str, now: datetime) -> None:
    left, right = st.columns([1.6, 4], gap="small")
    with left:
        st.caption(times.precise(moment.at, timezone, now=now))
    with right:
        if moment.attempt is not None:
            st.html(call_line(moment.attempt))
        elif event is not None:
            st.markdown(event)


def _event(event: AuditEvent, user: SignedIn) -> str:
    """What somebody changed, in words: who, what, from what to what, why."""
    who = "You" if event.actor_id == user.user_id else _ACTORS.get(event.actor_kind.value, "Somebody")
    what = event.action.partition(".")[2].replace("_", " ")
    reason = f" · :gray[{plain(event.reason)}]" if event.reason else ""
    return f"{who} · **{what}**{_changes(event)}{reason}"


def _changes(event: AuditEvent) -> str:
    before, after = event.before or {}, event.after or {}
    if "status" in after:
        origin = f"{before['status']} → " if before.get("status") else ""
        return f" · {origin}{after['status']}"
    names = [name.replace("_", " ") for name in after]
    return f" · :gray[{plain(', '.join(names))}]" if names else ""
