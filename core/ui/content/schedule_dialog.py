"""Choosing when posts go out: a quick pick or a date and time, time in between, a random delay."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.publishing import listing, scheduling
from core.publishing.access import load_posts
from core.publishing.listing import DeviationView
from core.publishing.models import DeviationStatus
from core.publishing.reports import BatchReport
from core.publishing.scheduling import DEFAULT_JITTER_SECONDS, FURTHEST, SchedulePlan
from core.publishing.zones import WallTime
from core.runtime import get_runtime
from core.ui.content import dialogs, fields, selection
from core.ui.content.actions import cancel_again, rng
from core.ui.content.dialogs import Dialog
from core.ui.content.homes import give_default_account
from core.ui.content.notices import leave, notice_of, working
from core.ui.content.times import dated_window
from core.ui.errors import guarded
from core.ui.page import local, zone_note
from core.ui.words import plain

JITTERS: Mapping[int, str] = {
    0: "None",
    DEFAULT_JITTER_SECONDS: "Up to 5 minutes",
    900: "Up to 15 minutes",
    1800: "Up to 30 minutes",
    3600: "Up to 1 hour",
}
_UNITS = {"minutes": 1, "hours": 60, "days": 24 * 60}
_EVENING = time(20, 0)
_MORNING = time(9, 0)


class Pick(enum.StrEnum):
    """Times that are wanted often."""

    NEXT = "In 1 minute"
    SOON = "In 5 minutes"
    TONIGHT = "Tonight"
    TOMORROW = "Tomorrow morning"
    OTHER = "Choose a time"


@dataclass(frozen=True, slots=True)
class Subject:
    """What the dialog is about."""

    user: SignedIn
    ids: tuple[str, ...]
    views: tuple[DeviationView, ...]

    @property
    def is_again(self) -> bool:
        """Whether all of them have a time already."""
        return bool(self.views) and all(view.status is DeviationStatus.SCHEDULED for view in self.views)

    @property
    def noun(self) -> str:
        return "1 post" if len(self.ids) == 1 else f"{len(self.ids):,} posts"


def show_schedule_dialog(user: SignedIn, dialog: Dialog) -> None:
    """Draw the dialog for ``dialog.ids``."""
    with get_runtime().database.read() as session:
        own = tuple(load_posts(session, user.actor, dialog.ids, lock=False))
        views = listing.views_of(session, own, now=utc_now())
    subject = Subject(user, own, views)
    title = "Reschedule" if subject.is_again else "Schedule"
    draw = st.dialog(f"{title} {subject.noun}", width="medium", icon=":material/schedule:", on_dismiss=dialogs.close)
    draw(_show)(subject, f"schedule-{dialog.number}")


def _show(subject: Subject, key: str) -> None:
    now = utc_now()
    timezone = subject.user.timezone
    at = _time_fields(key, subject, now)
    spacing = _spacing_field(key) if len(subject.ids) > 1 else 0
    jitter = st.selectbox(
        "Random delay",
        list(JITTERS),
        index=list(JITTERS).index(DEFAULT_JITTER_SECONDS),
        format_func=lambda one: JITTERS[one],
        key=f"{key}-jitter",
        help="Each post goes out a little later than its time, never earlier.",
    )
    late = fields.late_fields(key, None, None, may_keep=True)
    plan = SchedulePlan(at, spacing, jitter, late.get("late_policy"), late.get("max_lateness_minutes"))
    _show_plan(subject, plan, timezone, now)
    label = f"{'Reschedule' if subject.is_again else 'Schedule'} {subject.noun}"
    if st.button(label, type="primary", key=f"{key}-go", width="stretch", disabled=not subject.ids):
        _schedule(subject, plan)


def _time_fields(key: str, subject: Subject, now: datetime) -> datetime | WallTime:
    picks = [pick for pick in Pick if pick is not Pick.TONIGHT or local(now, subject.user.timezone).time() < _EVENING]
    pick = st.segmented_control(
        "When", picks, default=Pick.OTHER, key=f"{key}-pick", required=True, label_visibility="collapsed"
    )
    here = local(now, subject.user.timezone)
    if pick is not Pick.OTHER:
        return quick_time(pick or Pick.SOON, now, subject.user.timezone)
    start = _first_guess(subject, here)
    left, right = st.columns(2)
    day = left.date_input(
        "Date", value=start.date(), min_value=here.date(), max_value=(here + FURTHEST).date(), key=f"{key}-day",
        format="DD/MM/YYYY",
    )  # fmt: skip
    clock = right.time_input("Time", value=start.time(), key=f"{key}-clock", step=timedelta(minutes=1))
    return WallTime(datetime.combine(day or here.date(), clock or _MORNING), subject.user.timezone)


def quick_time(pick: Pick, now: datetime, timezone: str) -> datetime | WallTime:
    """The time a quick pick stands for, in the person's zone; never one that has passed."""
    here = local(now, timezone)
    if pick is Pick.TONIGHT and here.time() < _EVENING:
        return WallTime(datetime.combine(here.date(), _EVENING), timezone)
    if pick is Pick.TOMORROW:
        return WallTime(datetime.combine(here.date() + timedelta(days=1), _MORNING), timezone)
    return now + timedelta(minutes=1 if pick is Pick.NEXT else 5)


def _first_guess(subject: Subject, here: datetime) -> datetime:
    """The time it has, else the next full hour."""
    known = [view.scheduled_at for view in subject.views if view.scheduled_at]
    if known and (earliest := min(known)) > here:
        return earliest.astimezone(here.tzinfo if isinstance(here.tzinfo, ZoneInfo) else None)
    return (here + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)


def _spacing_field(key: str) -> int:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        amount = st.number_input(
            "Time between two posts", min_value=0, max_value=999, value=1, key=f"{key}-amount", width=200
        )
        unit = st.selectbox("Unit", list(_UNITS), index=1, key=f"{key}-unit", label_visibility="collapsed", width=140)
    return int(amount or 0) * _UNITS[unit]


def _show_plan(subject: Subject, plan: SchedulePlan, timezone: str, now: datetime) -> None:
    """What the choices come to, or why they cannot be used."""
    try:
        times = plan.times(len(subject.ids), now=now)
    except AtelierError as error:
        st.markdown(f":orange[:material/error: {plain(str(error))}]")
        return
    if not times:
        return
    delay = timedelta(seconds=plan.jitter_max_seconds)
    shown = [f"**{dated_window(at, at + delay, timezone, now=now)}**" for at in _some(times)]
    words = shown[0] if len(times) == 1 else f"The first goes out {shown[0]}, the last {shown[-1]}."
    st.markdown(f":material/event: {words if len(times) > 1 else 'Goes out ' + words + '.'}")
    st.caption(zone_note(timezone))


def _some(times: Sequence[datetime]) -> list[datetime]:
    return [times[0], times[-1]] if len(times) > 1 else [times[0]]


def _schedule(subject: Subject, plan: SchedulePlan) -> None:
    runtime = get_runtime()
    drafts = [view.id for view in subject.views if view.status is DeviationStatus.DRAFT]
    with guarded():
        with working(len(subject.ids)), runtime.database.session() as session:
            actor, now, lease_seconds = subject.user.actor, utc_now(), runtime.settings.lease_seconds
            give_default_account(session, actor, subject.ids, now=now, lease_seconds=lease_seconds)
            run = scheduling.reschedule if subject.is_again else scheduling.schedule
            report: BatchReport = run(session, actor, subject.ids, plan, rng=rng, now=now, lease_seconds=lease_seconds)
        changed = [item.id for item in report.changed]
        undo = cancel_again(subject.user, changed) if set(changed) <= set(drafts) and not subject.is_again else None
        leave(notice_of(report, "given another time" if subject.is_again else "scheduled", undo=undo))
        selection.clear()
        dialogs.close()
        st.rerun()
