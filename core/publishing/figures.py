"""The figures of Home: how much went out, is planned, is left, and failed."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.publishing.days import count_by_day, days_from, days_up_to
from core.publishing.models import Deviation, DeviationStatus
from core.publishing.states import QUEUED
from core.system.actors import Actor
from core.system.models import AuditEvent

WEEK = 7
HISTORY_DAYS = 30
AHEAD_DAYS = 14


@dataclass(frozen=True, slots=True)
class HomeFigures:
    """What the four figures of Home and its chart are drawn from.

    The series hold one number per day in the person's zone, oldest first: ``published`` and ``failed`` for each
    of ``dates`` (30 days up to today), ``arrived`` for the last 14 of them, ``planned`` for today and the 13 days
    after it. ``failed`` counts posts that were given up that day, whatever became of them since.
    """

    dates: tuple[date, ...]
    published: tuple[int, ...]
    failed: tuple[int, ...]
    arrived: tuple[int, ...]
    planned: tuple[int, ...]
    counts: dict[DeviationStatus, int]

    @property
    def published_week(self) -> int:
        return sum(self.published[-WEEK:])

    @property
    def published_change(self) -> int:
        """Against the seven days before."""
        return _change(self.published)

    @property
    def failed_week(self) -> int:
        return sum(self.failed[-WEEK:])

    @property
    def failed_change(self) -> int:
        """Against the seven days before."""
        return _change(self.failed)

    @property
    def drafts(self) -> int:
        return self.counts.get(DeviationStatus.DRAFT, 0)

    @property
    def arrived_week(self) -> int:
        return sum(self.arrived[-WEEK:])

    @property
    def scheduled(self) -> int:
        """Posts on their way, or with a time."""
        return sum(self.counts.get(status, 0) for status in QUEUED)

    @property
    def days_of_drafts(self) -> int | None:
        """How long the drafts last at the pace of the last 30 days; ``None`` when nothing went out."""
        out = sum(self.published)
        return round(self.drafts * HISTORY_DAYS / out) if out else None


def home_figures(session: Session, actor: Actor, *, zone: str, now: datetime) -> HomeFigures:
    """Count a person's posts for Home; days are those of ``zone``."""
    history, ahead = days_up_to(now, zone, HISTORY_DAYS), days_from(now, zone, AHEAD_DAYS)
    posts = select(Deviation.id).where(Deviation.user_id == actor.user_id, Deviation.deleted_at.is_(None))
    published = posts.where(Deviation.status == DeviationStatus.PUBLISHED)
    planned = posts.where(Deviation.status.in_(QUEUED))
    given_up = select(AuditEvent.id).where(
        AuditEvent.owner_id == actor.user_id,
        AuditEvent.action == "deviation.moved",
        AuditEvent.after["status"].as_string() == DeviationStatus.FAILED.value,
    )
    return HomeFigures(
        dates=history.dates,
        published=count_by_day(session, published, Deviation.published_at, history),
        failed=count_by_day(session, given_up, AuditEvent.at, history),
        arrived=count_by_day(session, posts, Deviation.created_at, days_up_to(now, zone, AHEAD_DAYS)),
        planned=count_by_day(session, planned, Deviation.actual_publish_at, ahead),
        counts=count_by_status(session, actor),
    )


def count_by_status(session: Session, actor: Actor) -> dict[DeviationStatus, int]:
    """How many live posts a person has in each state; states without any are left out."""
    query = (
        select(Deviation.status, func.count())
        .where(Deviation.user_id == actor.user_id, Deviation.deleted_at.is_(None))
        .group_by(Deviation.status)
    )
    return dict(session.execute(query).tuples())


def _change(series: tuple[int, ...]) -> int:
    return sum(series[-WEEK:]) - sum(series[-2 * WEEK : -WEEK])
