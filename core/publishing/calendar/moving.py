"""Moving a post in the calendar: so many days, so many hours by the wall clock, the rest of its time as it was."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from core.publishing.access import LEASE_SECONDS, get_post, load_posts
from core.publishing.calendar.entries import entry_of
from core.publishing.errors import ChangedMeanwhile, IllegalMove
from core.publishing.listing import views_of
from core.publishing.models import Deviation, DeviationStatus
from core.publishing.reports import BatchReport
from core.publishing.scheduling import (
    DEFAULT_JITTER_SECONDS,
    MAX_JITTER_SECONDS,
    SchedulePlan,
    reschedule,
    schedule_one,
)
from core.publishing.zones import WallTime, zone_named
from core.system.actors import Actor

# What a random delay may have been drawn from: only the drawn one is kept.
_RANGES = (0, DEFAULT_JITTER_SECONDS, 900, 1800, MAX_JITTER_SECONDS)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a post is put: a local day, and in views that have hours one of these."""

    day: date
    hour: int | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A post that was moved: the window it has now, the time it had, and what its owner should know."""

    deviation_id: str
    title: str
    scheduled_at: datetime
    actual_publish_at: datetime
    was_at: datetime
    warnings: tuple[str, ...]


def move_post(
    session: Session,
    actor: Actor,
    deviation_id: str,
    target: Target,
    *,
    seen: datetime | None = None,
    zone: str,
    rng: random.Random,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> Moved:
    """Reschedule a scheduled or held post so that it is shown at ``target`` in ``zone``, a person's IANA zone.

    ``seen`` is the time it was shown at. Raises :class:`ChangedMeanwhile` when it has another one by now,
    :class:`ScheduleRefused` for a time that has passed or does not exist, and what else keeps it from being moved.
    """
    row = get_post(session, actor, deviation_id).row
    shown_at = _shown_at(session, row, now=now, lease_seconds=lease_seconds)
    if seen is not None and abs(seen - shown_at) >= timedelta(seconds=1):
        raise ChangedMeanwhile(f"“{row.title}” was given another time meanwhile. Look where it is now.")
    was_at = row.scheduled_at or shown_at
    plan = SchedulePlan(
        WallTime(moved_wall(shown_at, was_at, target, zone), zone),
        jitter_max_seconds=jitter_range(row.jitter_seconds),
    )
    told = schedule_one(session, actor, deviation_id, plan, rng=rng, now=now, lease_seconds=lease_seconds)
    at = row.scheduled_at or was_at
    return Moved(row.id, row.title, at, row.actual_publish_at or at, was_at, told)


def move_back(
    session: Session,
    actor: Actor,
    deviation_id: str,
    was_at: datetime,
    *,
    rng: random.Random,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> BatchReport:
    """Give a post the time back that it had before it was moved."""
    plan = SchedulePlan(was_at)
    for post in load_posts(session, actor, [deviation_id]).values():
        plan = SchedulePlan(was_at, jitter_max_seconds=jitter_range(post.row.jitter_seconds))
    return reschedule(session, actor, [deviation_id], plan, rng=rng, now=now, lease_seconds=lease_seconds)


def moved_wall(shown_at: datetime, scheduled_at: datetime, target: Target, zone: str) -> datetime:
    """The wall time to schedule for: ``scheduled_at``, further by what lies between ``shown_at`` and the target."""
    there = zone_named(zone)
    shown = shown_at.astimezone(there)
    hour = shown.hour if target.hour is None else target.hour
    distance = datetime.combine(target.day, time(hour)) - datetime.combine(shown.date(), time(shown.hour))
    return scheduled_at.astimezone(there).replace(tzinfo=None, fold=0) + distance


def jitter_range(drawn_seconds: int) -> int:
    """The smallest usual range that a delay of ``drawn_seconds`` can come from; none stays none."""
    return next((one for one in _RANGES if drawn_seconds <= one), MAX_JITTER_SECONDS)


def _shown_at(session: Session, row: Deviation, *, now: datetime, lease_seconds: float) -> datetime:
    """Where the calendar shows it. Raises :class:`IllegalMove` with the reason that its tile gives."""
    if row.status is DeviationStatus.SCHEDULED and row.actual_publish_at is not None:
        return row.actual_publish_at
    (view,) = views_of(session, [row.id], now=now, lease_seconds=lease_seconds)
    reason = entry_of(view, now, {}).immovable or "It is not scheduled. Open it to schedule it."
    raise IllegalMove(f"“{row.title}” cannot be moved. {reason}")
