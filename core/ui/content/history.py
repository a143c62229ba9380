"""What happened to one post: changes by people, programs and the sidecar, and every call to DeviantArt."""

from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing.attempts import AttemptView, history
from core.runtime import get_runtime
from core.system.models import AuditEvent
from core.ui.page import format_instant
from core.ui.words import plain

_LISTED = 60
# Events whose changed fields say more than their names.
_TELLING = {"deviation.edited"}
_ACTORS = {"person": "You", "sidecar": "Sidecar", "key": "A program", "command": "Command line"}


def show_history(user: SignedIn, deviation_id: str) -> None:
    """Newest first; the Execution logs screen has the calls in full."""
    with get_runtime().database.read() as session:
        moments = history(session, user.actor, deviation_id, limit=_LISTED)
        now = utc_now()
        lines = [
            _line(moment.at, _call(moment.attempt) if moment.attempt else _event(moment.event), user.timezone, now)
            for moment in moments[:_LISTED]
        ]
    if lines:
        st.markdown("\n".join(lines))
    else:
        st.caption("Nothing has happened to it yet.")


def _line(at: datetime, text: str, timezone: str, now: datetime) -> str:
    return f"- :gray[{format_instant(at, timezone, now=now)}] {text}"


def _call(attempt: AttemptView) -> str:
    outcome = {"done": "worked", "failed": ":red[failed]"}.get(attempt.outcome, "has no known outcome")
    message = f": {plain(attempt.message)}" if attempt.message else ""
    return f"Call “{plain(attempt.step)}” {outcome} after {attempt.duration_ms / 1000:.1f} s{message}"


def _event(event: AuditEvent | None) -> str:
    if event is None:
        return ""
    who = _ACTORS.get(event.actor_kind.value, event.actor_kind.value.capitalize())
    what = event.action.partition(".")[2].replace("_", " ")
    names = (event.after or {}) if event.action in _TELLING else {}
    changed = ", ".join(name.replace("_", " ") for name in names)
    reason = f" ({plain(event.reason)})" if event.reason else ""
    return f"{who}: {what}{': ' + plain(changed) if changed else ''}{reason}"
