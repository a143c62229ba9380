"""When a published work is looked at: every hour at first, every week in the end.

A post that is out and has no turn yet gets one by the job, so that nothing between publishing and
counting can be lost: whatever way a post came to be published, it is found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, select, update
from sqlalchemy.orm import Session

from core.db.upsert import insert_ignoring
from core.identity.models import Account, AccountState
from core.publishing.models import Deviation, DeviationStatus
from core.publishing.statistics.models import StatisticsTurn
from core.publishing.statistics.providers import COUNTED_AT_ONCE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Until a work has this age it is looked at after that time.
RHYTHM: tuple[tuple[timedelta, timedelta], ...] = ((DAY, HOUR), (7 * DAY, 6 * HOUR), (30 * DAY, DAY))
SLOWEST = 7 * DAY


@dataclass(frozen=True, slots=True)
class Turn:
    """A work whose turn has come; ``remote_id`` is the site's own id."""

    deviation_id: str
    remote_id: str
    published_at: datetime | None


def pause_at(age: timedelta) -> timedelta:
    """How long until the next look at a work of this age."""
    return next((pause for until, pause in RHYTHM if age < until), SLOWEST)


def next_look(published_at: datetime | None, *, now: datetime) -> datetime:
    """When a work is looked at again; one whose age is not known counts as old."""
    return now + (pause_at(now - published_at) if published_at else SLOWEST)


def has_without(session: Session) -> bool:
    """Whether any published post has no turn yet."""
    return session.scalar(_without(Deviation.id).limit(1)) is not None


def give_turns(session: Session, *, limit: int = 1000, now: datetime) -> int:
    """Make turns for published posts that have none; how many."""
    query = _without(Deviation.id, Deviation.user_id, Deviation.account_id).order_by(Deviation.id).limit(limit)
    rows = session.execute(query).all()
    for row in rows:
        values = {"deviation_id": row.id, "user_id": row.user_id, "account_id": row.account_id, "next_at": now}
        insert_ignoring(session, StatisticsTurn, values)
    return len(rows)


def accounts_with_turns(session: Session, providers: Sequence[str], *, now: datetime) -> list[str]:
    """Connected accounts, at sites that are set up, with a work whose turn has come."""
    query = select(Account.id).where(
        Account.state == AccountState.CONNECTED,
        Account.provider.in_(providers),
        exists(_due(now).where(StatisticsTurn.account_id == Account.id).correlate(Account)),
    )
    return list(session.scalars(query.order_by(Account.id)))


def due_turns(session: Session, account_id: str, *, limit: int = COUNTED_AT_ONCE, now: datetime) -> list[Turn]:
    """The account's works whose turn has come, the newest first: a long backlog of old ones must not hold them up."""
    query = _due(now).where(StatisticsTurn.account_id == account_id)
    rows = session.execute(query.order_by(Deviation.published_at.desc().nulls_last(), Deviation.id).limit(limit))
    return [Turn(row.id, row.deviation_id, row.published_at) for row in rows]


def put_off(session: Session, deviation_ids: Sequence[str], until: datetime) -> None:
    """Look at these works no sooner than ``until``."""
    session.execute(update(StatisticsTurn).where(StatisticsTurn.deviation_id.in_(deviation_ids)).values(next_at=until))


def _due(now: datetime) -> Select[Any]:
    columns: tuple[Any, ...] = (Deviation.id, Deviation.deviation_id, Deviation.published_at)
    return (
        select(*columns)
        .join(StatisticsTurn, StatisticsTurn.deviation_id == Deviation.id)
        .where(StatisticsTurn.next_at <= now, _is_countable())
    )


def _without(*columns: Any) -> Select[Any]:
    return select(*columns).where(_is_countable(), ~exists().where(StatisticsTurn.deviation_id == Deviation.id))


def _is_countable() -> ColumnElement[bool]:
    return and_(
        Deviation.status == DeviationStatus.PUBLISHED,
        Deviation.deviation_id.is_not(None),
        Deviation.account_id.is_not(None),
        Deviation.deleted_at.is_(None),
    )
