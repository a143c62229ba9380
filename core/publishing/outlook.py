"""How a person's work flows: what came in, what is planned, what went out, and how long the drafts last."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.identity.models import Account, AccountState
from core.publishing.automations.models import Automation
from core.publishing.days import count_by_day, days_around
from core.publishing.figures import daily_figures
from core.publishing.listing import Counts, count_by_status
from core.publishing.models import QUEUE, Deviation, DeviationStatus
from core.publishing.states import QUEUED
from core.system.actors import Actor

WEEK = 7
HISTORY_DAYS = 30
RECENT_DAYS = 14
AHEAD_DAYS = 14

_PLANNED_ONCE = (*QUEUED, DeviationStatus.PUBLISHED, DeviationStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Outlook:
    """Numbers per day in the person's zone, oldest first, and how many posts there are in each state.

    ``published`` and ``failed`` belong to ``dates``, 30 days up to today; ``arrived`` to the last 14 of them;
    ``planned`` to today and the 13 days after it.
    """

    dates: tuple[date, ...]
    published: tuple[int, ...]
    failed: tuple[int, ...]
    arrived: tuple[int, ...]
    planned: tuple[int, ...]
    counts: Counts

    @property
    def drafts(self) -> int:
        return self.counts.of(DeviationStatus.DRAFT)

    @property
    def scheduled(self) -> int:
        """Posts with a time, or on their way."""
        return self.counts.of(*QUEUED)

    @property
    def days_of_drafts(self) -> int | None:
        """How many days the drafts last at the person's pace; ``None`` when nothing went out in 30 days.

        The pace is counted from the first of these days that something went out, but over a week at least.
        """
        out = sum(self.published)
        if not out:
            return None
        first = next(place for place, number in enumerate(self.published) if number)
        return self.drafts * max(len(self.published) - first, WEEK) // out


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """How far somebody new has come; an automation that is on is a plan as well."""

    has_account: bool
    has_post: bool
    has_plan: bool


def outlook(session: Session, actor: Actor, *, zone: str, now: datetime) -> Outlook:
    """Everything that Home counts; days are those of ``zone``."""
    history = daily_figures(session, actor, zone=zone, days=HISTORY_DAYS, now=now)
    own = [Deviation.user_id == actor.user_id, Deviation.deleted_at.is_(None)]
    recent = days_around(now, zone, before=RECENT_DAYS - 1)
    ahead = days_around(now, zone, after=AHEAD_DAYS - 1)
    return Outlook(
        dates=tuple(figures.day for figures in history),
        published=tuple(figures.published for figures in history),
        failed=tuple(figures.failed for figures in history),
        arrived=count_by_day(session, Deviation.created_at, recent, own),
        planned=count_by_day(session, Deviation.actual_publish_at, ahead, [*own, text(QUEUE)]),  # type: ignore[list-item]  # the partial index wants these words
        counts=count_by_status(session, actor),
    )


def first_steps(session: Session, actor: Actor, counts: Counts) -> FirstSteps:
    """Whether an account, a picture and a plan have been there yet; ``counts`` are the person's."""
    accounts = select(Account.id).where(Account.user_id == actor.user_id, Account.state != AccountState.DISCONNECTED)
    automations = select(Automation.id).where(Automation.user_id == actor.user_id, Automation.enabled.is_(True))
    return FirstSteps(
        has_account=session.scalar(accounts.limit(1)) is not None,
        has_post=any(counts.by_status.values()),
        has_plan=counts.of(*_PLANNED_ONCE) > 0 or session.scalar(automations.limit(1)) is not None,
    )


def week_change(series: tuple[int, ...]) -> int:
    """The last seven days against the seven before."""
    return sum(series[-WEEK:]) - sum(series[-2 * WEEK : -WEEK])
