"""The figures of Home: what went out and failed, what is left, what is next, what needs the person."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.identity.models import Account, AccountState
from core.publishing.access import LEASE_SECONDS
from core.publishing.days import count_by_day, days_around
from core.publishing.listing import DeviationView, Order, list_deviations, views_of
from core.publishing.models import QUEUE, Deviation, DeviationStatus, HoldReason
from core.publishing.searching import DeviationFilter
from core.publishing.states import QUEUED
from core.system.actors import Actor
from core.system.models import AuditEvent

MAX_DAYS = 92


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day in the person's zone. ``failed`` counts posts that were given up on that day."""

    day: date
    published: int
    failed: int


@dataclass(frozen=True, slots=True)
class WaitingAccount:
    """An account to be reconnected, and how many posts wait for it."""

    account_id: str
    username: str
    provider: str
    reason: str | None
    held: int


@dataclass(frozen=True, slots=True)
class Attention:
    """What needs the person: some posts of each kind, newest changes first, with how many there are."""

    failed: tuple[DeviationView, ...]
    failed_total: int
    held_late: tuple[DeviationView, ...]
    held_late_total: int
    held_agreement: tuple[DeviationView, ...]
    held_agreement_total: int
    accounts: tuple[WaitingAccount, ...]

    @property
    def total(self) -> int:
        return self.failed_total + self.held_late_total + self.held_agreement_total + len(self.accounts)


def daily_figures(session: Session, actor: Actor, *, zone: str, days: int = 14, now: datetime) -> list[DayFigures]:
    """The last ``days`` days up to today, oldest first. Days begin at midnight in ``zone``."""
    span = days_around(now, zone, before=min(max(days, 1), MAX_DAYS) - 1)
    published = count_by_day(
        session,
        Deviation.published_at,
        span,
        [Deviation.user_id == actor.user_id, Deviation.published_at.is_not(None), Deviation.deleted_at.is_(None)],
    )
    failed = count_by_day(
        session,
        AuditEvent.at,
        span,
        [
            AuditEvent.owner_id == actor.user_id,
            AuditEvent.action == "deviation.moved",
            AuditEvent.after["status"].as_string() == DeviationStatus.FAILED.value,
        ],
    )
    return [DayFigures(*figures) for figures in zip(span.dates, published, failed, strict=True)]


def next_out(
    session: Session, actor: Actor, *, limit: int = 5, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> tuple[DeviationView, ...]:
    """The posts that go out next by themselves, soonest first; not those that are held or lack their account."""
    query = (
        select(Deviation.id)
        .join(Account, Account.id == Deviation.account_id)
        .where(
            Deviation.user_id == actor.user_id,
            text(QUEUE),
            Deviation.hold_reason.is_(None),
            Account.state == AccountState.CONNECTED,
        )
    )
    ids = session.scalars(query.order_by(Deviation.actual_publish_at, Deviation.id).limit(limit)).all()
    return views_of(session, ids, now=now, lease_seconds=lease_seconds)


def needs_attention(
    session: Session, actor: Actor, *, limit: int = 5, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> Attention:
    """What waits for the person, at most ``limit`` posts of a kind."""

    def some(wanted: DeviationFilter) -> tuple[tuple[DeviationView, ...], int]:
        page = list_deviations(session, actor, wanted, order=Order.CHANGED, page_size=limit, now=now,
                               lease_seconds=lease_seconds)  # fmt: skip
        return page.rows, page.total

    queued = tuple(sorted(QUEUED))
    failed = some(DeviationFilter(statuses=(DeviationStatus.FAILED,)))
    late = some(DeviationFilter(statuses=queued, hold_reason=HoldReason.LATE))
    agreement = some(DeviationFilter(statuses=queued, hold_reason=HoldReason.AGREEMENT))
    return Attention(*failed, *late, *agreement, accounts=waiting_accounts(session, actor))


def waiting_accounts(session: Session, actor: Actor) -> tuple[WaitingAccount, ...]:
    """The person's accounts that must be reconnected."""
    held = (
        select(func.count()).where(Deviation.account_id == Account.id, text(QUEUE)).correlate(Account).scalar_subquery()
    )
    query = select(Account.id, Account.username, Account.provider, Account.state_reason, held).where(
        Account.user_id == actor.user_id, Account.state == AccountState.RECONNECT
    )
    return tuple(WaitingAccount(*row) for row in session.execute(query.order_by(Account.username)))
