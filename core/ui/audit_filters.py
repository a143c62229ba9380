"""The filters of the Audit screen; they live in the address, so that a view can be sent to somebody."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from core.identity.trail import TrailFilter
from core.system.models import ActorKind

ANYBODY, ANYTHING = "Anybody", "Anything"
# What is not a person acts under these names; people go by their own.
PROGRAMS = {ActorKind.SIDECAR: "The sidecar", ActorKind.COMMAND: "The command line", ActorKind.KEY: "API keys"}


def ask_filter(names: Mapping[str, str], kinds: Sequence[str], timezone: str) -> TrailFilter:
    """Ask which events are wanted; ``names`` are the people's by id."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="audit-filters"):
        who = _choose("Who", "who", [ANYBODY, *sorted(names.values()), *PROGRAMS.values()])
        what = _choose("What", "what", [ANYTHING, *kinds])
        since = _ask_day("From", "from")
        until = _ask_day("Until", "until")
        subject = st.text_input("Subject", key="subject", bind="query-params", placeholder="dev_…", width=190)
    kind, actor_id = _actor(who, names)
    return TrailFilter(
        actor_kind=kind,
        actor_id=actor_id,
        subject_type=None if what == ANYTHING else what,
        subject_id=(subject or "").strip() or None,
        since=_midnight(since, timezone),
        # Until a day means: that day too.
        until=_midnight(until + timedelta(days=1), timezone) if until else None,
    )


def describe(wanted: TrailFilter, names: Mapping[str, str]) -> dict[str, str]:
    """The filters in use, for the head of an export."""
    who = names.get(wanted.actor_id or "", wanted.actor_id) or (
        PROGRAMS.get(wanted.actor_kind) if wanted.actor_kind else None
    )
    given = {
        "who": who,
        "what": wanted.subject_type,
        "subject": wanted.subject_id,
        "from": wanted.since.isoformat() if wanted.since else None,
        "before": wanted.until.isoformat() if wanted.until else None,
    }
    return {name: value for name, value in given.items() if value}


def _choose(label: str, key: str, options: list[str]) -> str:
    return st.selectbox(label, options, key=key, bind="query-params", width=190)


def _ask_day(label: str, key: str) -> date | None:
    return st.date_input(label, value=None, key=key, bind="query-params", format="YYYY-MM-DD", width=150)


def _actor(who: str, names: Mapping[str, str]) -> tuple[ActorKind | None, str | None]:
    for kind, label in PROGRAMS.items():
        if who == label:
            return kind, None
    return None, next((user_id for user_id, name in names.items() if name == who), None)


def _midnight(day: date | None, timezone: str) -> datetime | None:
    return datetime.combine(day, time.min, ZoneInfo(timezone)) if day else None
