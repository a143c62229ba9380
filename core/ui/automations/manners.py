"""How an automation behaves: its random delay, times that are taken or missed, and the zone it lives in."""

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from core.identity.rules import timezones
from core.identity.sessions import SignedIn
from core.publishing.automations.checking import LONGEST_JITTER_SECONDS, LONGEST_WARNING_DAYS, WEEK_MINUTES
from core.publishing.automations.models import CatchUp, WhenBlocked
from core.publishing.models import LatePolicy
from core.ui.automations.drafting import Draft

_BLOCKED: Mapping[WhenBlocked, tuple[str, str]] = {
    WhenBlocked.MOVE: (
        "Take the next free time",
        "Within seven days. The preview says which posts are moved, and why.",
    ),
    WhenBlocked.SKIP: ("Leave the draft where it is", "It comes with the next occurrence."),
}
_CATCH_UP: Mapping[CatchUp, tuple[str, str]] = {
    CatchUp.SKIP: ("Let them go", "What was missed is written down as missed."),
    CatchUp.LATEST: ("Make up for the latest", "Of each rule one; the others are missed."),
    CatchUp.ALL: ("Make up for all", "One after the other, at the distance the account asks for."),
}
_LATE: Mapping[LatePolicy, str] = {
    LatePolicy.PUBLISH: "Publish it anyway",
    LatePolicy.HOLD: "Hold it and ask me",
    LatePolicy.RESLOT: "Give it another time",
}
_MINE = ""
T = TypeVar("T")


def show_manners(user: SignedIn, draft: Draft) -> None:
    """All of it, the most wanted first."""
    _jitter_fields(draft)
    shown = draft.shown.form
    draft.put(
        when_blocked=_choice(
            draft, "blocked", "When a limit or a blackout forbids the time", _BLOCKED, shown.when_blocked
        ),
        catch_up=_choice(draft, "catch-up", "When times were missed, as after a night without power", _CATCH_UP,
                         shown.catch_up),
        grace_minutes=_number(
            draft, "grace", "Missed means later than (minutes)", shown.grace_minutes, 0, WEEK_MINUTES
        ),
    )  # fmt: skip
    _late_fields(draft)
    draft.put(
        timezone=_zone_field(user, draft),
        warn_days=_number(
            draft, "warn", "Warn me when drafts run out within (days)", shown.warn_days, 0, LONGEST_WARNING_DAYS
        ),
    )


def _jitter_fields(draft: Draft) -> None:
    shown = draft.shown.form
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        shortest = _number(
            draft, "jitter-min", "Random delay from (seconds)", shown.jitter_min_seconds, 0, LONGEST_JITTER_SECONDS
        )
        longest = _number(draft, "jitter-max", "to (seconds)", shown.jitter_max_seconds, 0, LONGEST_JITTER_SECONDS)
    draft.put(jitter_min_seconds=shortest, jitter_max_seconds=longest)
    if shortest > longest:
        st.markdown(":orange[:material/edit_note: The shortest delay is above the longest. Exchange the two.]")
    else:
        st.caption(f"A post goes out {_span(shortest)} to {_span(longest)} after its time, never before it.")


def _late_fields(draft: Draft) -> None:
    """What becomes of a post that has its time and is late all the same."""
    shown = draft.shown.form
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        policy = st.selectbox(
            "When a post it has scheduled is late",
            list(_LATE),
            index=list(_LATE).index(shown.late_policy),
            format_func=lambda one: _LATE[one],
            key=draft.key("late"),
            width=280,
            help="A post is late when this machine slept, or DeviantArt was away. Another time is the same time of day "
            "on the next day with room.",
        )
        allowance = None
        if policy != LatePolicy.PUBLISH:
            allowance = _number(
                draft, "allowance", "Late after (minutes)", shown.max_lateness_minutes or 60, 1, WEEK_MINUTES
            )
    draft.put(late_policy=LatePolicy(policy), max_lateness_minutes=allowance)


def _zone_field(user: SignedIn, draft: Draft) -> str | None:
    names = [_MINE, *timezones()]
    current = draft.shown.form.timezone or _MINE
    chosen = st.selectbox(
        "Time zone of its rules",
        names,
        index=names.index(current) if current in names else 0,
        format_func=lambda one: (one or f"Mine ({user.timezone})").replace("_", " "),
        key=draft.key("zone"),
        width=420,
    )
    return chosen or None


def _choice(draft: Draft, name: str, label: str, options: Mapping[T, tuple[str, str]], value: T) -> T:
    return st.radio(
        label,
        list(options),
        index=list(options).index(value),
        format_func=lambda one: options[one][0],
        captions=[caption for _, caption in options.values()],
        key=draft.key(name),
    )


def _number(draft: Draft, name: str, label: str, value: int, least: int, most: int) -> int:
    found = st.number_input(label, min_value=least, max_value=most, value=value, step=1, key=draft.key(name), width=210)
    return value if found is None else int(found)


def _span(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    if rest or not minutes:
        return f"{seconds} s"
    return f"{minutes} min"
