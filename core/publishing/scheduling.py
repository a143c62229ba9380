"""Choosing when a post goes out: schedule, reschedule, publish now, retry.

Jitter is only ever added, so a post never goes out before the time a person chose. Each of these
asks the same of a post (see ``validation``) and clears what an earlier try left behind: error,
hold, count of tries. Which files are in Sta.sh already stays known, so nothing is sent twice.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.publishing.access import LEASE_SECONDS, Post, get_post, load_posts
from core.publishing.automations.advice import broken_limits, with_limits
from core.publishing.errors import IllegalMove, ScheduleRefused
from core.publishing.models import DeviationStatus, LatePolicy
from core.publishing.moves import move
from core.publishing.near_duplicates import near_duplicates, sentence, with_lookalikes
from core.publishing.reports import BatchReport, Change, run_batch
from core.publishing.states import IN_PROGRESS
from core.publishing.validation import require_ready, warnings
from core.publishing.zones import WallTime, to_instant
from core.system.actors import Actor

FURTHEST = timedelta(days=365)
DEFAULT_JITTER_SECONDS = 300
MAX_JITTER_SECONDS = 3600
MAX_SPACING_MINUTES = 7 * 24 * 60

# What a new plan forgets of the tries before it.
FRESH: dict[str, Any] = {
    "error_message": None,
    "error_category": None,
    "hold_reason": None,
    "retry_count": 0,
    "last_retry_at": None,
    "ignores_gap": False,
}


@dataclass(frozen=True, slots=True)
class SchedulePlan:
    """When a selection goes out: the first at ``at``, each next one ``spacing_minutes`` later.

    ``jitter_max_seconds`` bounds the random delay each post gets on top. ``late_policy`` and
    ``max_lateness_minutes`` say what to do when a post's turn comes late; ``None`` keeps what each has.
    """

    at: datetime | WallTime
    spacing_minutes: int = 0
    jitter_max_seconds: int = DEFAULT_JITTER_SECONDS
    late_policy: LatePolicy | None = None
    max_lateness_minutes: int | None = None

    def times(self, count: int, *, now: datetime) -> list[datetime]:
        """The instants of ``count`` posts. Raises :class:`ScheduleRefused` when one cannot be used."""
        self._check_numbers()
        first = to_instant(self.at)
        if first < now:
            raise ScheduleRefused("This time has passed. Choose a later one, or publish now.")
        if first + timedelta(minutes=self.spacing_minutes) * max(count - 1, 0) > now + FURTHEST:
            raise ScheduleRefused("That is more than 365 days ahead. Choose an earlier time or less time in between.")
        return [first + timedelta(minutes=self.spacing_minutes) * place for place in range(count)]

    def lateness(self) -> dict[str, Any]:
        """The columns about lateness that this plan sets."""
        if self.late_policy is None:
            return {}
        waits = self.late_policy is not LatePolicy.PUBLISH
        return {"late_policy": self.late_policy, "max_lateness_minutes": self.max_lateness_minutes if waits else None}

    def _check_numbers(self) -> None:
        if not 0 <= self.jitter_max_seconds <= MAX_JITTER_SECONDS:
            raise ScheduleRefused(f"The random delay must be between 0 and {MAX_JITTER_SECONDS // 60} minutes.")
        if not 0 <= self.spacing_minutes <= MAX_SPACING_MINUTES:
            raise ScheduleRefused("The time between two posts must be between 0 minutes and 7 days.")
        if self.late_policy in {None, LatePolicy.PUBLISH}:
            return
        if self.max_lateness_minutes is None or self.max_lateness_minutes < 1:
            raise ScheduleRefused("To be held or moved when late, a post needs an allowance of at least 1 minute.")


def schedule(
    session: Session,
    actor: Actor,
    ids: Sequence[str],
    plan: SchedulePlan,
    *,
    rng: random.Random,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> BatchReport:
    """Schedule drafts and failed posts, in the order of ``ids``; each gets its own jitter from ``rng``.

    Raises :class:`ScheduleRefused` when the plan itself cannot be used; what is wrong with one post
    is told in its result.
    """
    return _Planner(session, actor, plan, rng, now, lease_seconds).put_all(ids, _SCHEDULE)


def reschedule(
    session: Session,
    actor: Actor,
    ids: Sequence[str],
    plan: SchedulePlan,
    *,
    rng: random.Random,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> BatchReport:
    """Give scheduled posts another time, with a fresh jitter; a held one is let go."""
    return _Planner(session, actor, plan, rng, now, lease_seconds).put_all(ids, _RESCHEDULE)


def publish_now(
    session: Session, actor: Actor, ids: Sequence[str], *, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> BatchReport:
    """Let posts go out at once: drafts, failed and scheduled ones, held ones, and those waiting for another try."""

    def change(post: Post) -> Change:
        require_ready(post)
        target = post.row.status if post.row.status in IN_PROGRESS else DeviationStatus.SCHEDULED
        values = _times(now, 0) | FRESH | {"ignores_gap": True}
        move(session, actor, post, target, "deviation.published_now", values, now=now, lease_seconds=lease_seconds)
        return Change(warnings=warnings(post))

    return with_lookalikes(session, actor, run_batch(ids, load_posts(session, actor, ids), change), now=now)


def retry(
    session: Session, actor: Actor, ids: Sequence[str], *, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> BatchReport:
    """Try failed posts again at once, with what is in Sta.sh already."""

    def change(post: Post) -> Change:
        if post.row.status is not DeviationStatus.FAILED:
            raise IllegalMove(f"“{post.row.title}” has not failed, so there is nothing to retry.")
        require_ready(post)
        values = _times(now, 0) | FRESH
        move(session, actor, post, DeviationStatus.SCHEDULED, "deviation.retried", values, now=now,
             lease_seconds=lease_seconds)  # fmt: skip
        return Change(warnings=warnings(post))

    return run_batch(ids, load_posts(session, actor, ids), change)


def schedule_one(
    session: Session,
    actor: Actor,
    deviation_id: str,
    plan: SchedulePlan,
    *,
    rng: random.Random,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> tuple[str, ...]:
    """Schedule or reschedule one post, raising what keeps it from that; returns warnings."""
    post = get_post(session, actor, deviation_id)
    way = _RESCHEDULE if post.row.status is DeviationStatus.SCHEDULED else _SCHEDULE
    at = plan.times(1, now=now)[0]
    told = _Planner(session, actor, plan, rng, now, lease_seconds).put(post, way, at).warnings
    broken = broken_limits(session, actor, [deviation_id], now=now).get(deviation_id)
    alike = near_duplicates(session, actor, [deviation_id], now=now).get(deviation_id)
    more = [f"It {broken}."] if broken else []
    return (*told, *more, sentence(alike)) if alike else (*told, *more)


@dataclass(frozen=True, slots=True)
class _Way:
    """Scheduling or rescheduling: which states it starts from, what it is called."""

    action: str
    origins: frozenset[DeviationStatus]
    refusal: str


_SCHEDULE = _Way(
    "deviation.scheduled",
    frozenset({DeviationStatus.DRAFT, DeviationStatus.FAILED}),
    "Only drafts and failed posts can be scheduled",
)
_RESCHEDULE = _Way(
    "deviation.rescheduled", frozenset({DeviationStatus.SCHEDULED}), "Only scheduled posts can be given another time"
)


@dataclass(frozen=True, slots=True)
class _Planner:
    """Puts posts on one plan."""

    session: Session
    actor: Actor
    plan: SchedulePlan
    rng: random.Random
    now: datetime
    lease_seconds: float

    def put_all(self, ids: Sequence[str], way: _Way) -> BatchReport:
        ids = list(dict.fromkeys(ids))
        slots = dict(zip(ids, self.plan.times(len(ids), now=self.now), strict=True))
        posts = load_posts(self.session, self.actor, ids)
        report = run_batch(ids, posts, lambda post: self.put(post, way, slots[post.row.id]))
        report = with_limits(self.session, self.actor, report, now=self.now)
        return with_lookalikes(self.session, self.actor, report, now=self.now)

    def put(self, post: Post, way: _Way, at: datetime) -> Change:
        if post.row.status not in way.origins:
            raise IllegalMove(f"{way.refusal}, and “{post.row.title}” is in “{post.row.status.value}”.")
        lateness = self.plan.lateness()
        require_ready(post, lateness_given=bool(lateness))
        jitter = self.rng.randint(0, self.plan.jitter_max_seconds)
        values = _times(at, jitter) | FRESH | lateness
        move(self.session, self.actor, post, DeviationStatus.SCHEDULED, way.action, values,
             now=self.now, lease_seconds=self.lease_seconds)  # fmt: skip
        return Change(warnings=warnings(post))


def _times(at: datetime, jitter: int) -> dict[str, Any]:
    promised = at + timedelta(seconds=jitter)
    return {"scheduled_at": at, "jitter_seconds": jitter, "actual_publish_at": promised, "due_at": promised}
