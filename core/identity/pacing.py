"""The pace of an account: its next free slot, shared by all processes, and a gap that adapts.

DeviantArt publishes no quota and asks for exponential back-off. The gap starts at a floor, doubles
with each 429 or outage up to 300 s, and shrinks by a tenth with every third good call in a row.
Everything is one ``UPDATE`` on the account's row, computed by the database, so that it is right
whoever else calls at the same moment. Functions take the caller's own transaction.
"""

import random
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Double,
    Interval,
    Text,
    Update,
    bindparam,
    case,
    cast,
    func,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from core.db.types import UtcDateTime
from core.identity.models import Account

LONGEST_GAP_SECONDS = 300.0
SHORTEST_PENALTY_SECONDS = 1.0  # where the floor is zero, doubling it would lead nowhere
GROWTH = 2.0
SPREAD = 0.2  # keeps accounts that were limited together from coming back together
SHRINK = 0.9
SUCCESSES_TO_SHRINK = 3
# SQLite computes instants in milliseconds.
RESOLUTION = timedelta(milliseconds=2)

_A = Account.metadata.tables["accounts"]
_NOW: ColumnElement[datetime] = bindparam("at", type_=UtcDateTime())
_FLOOR: ColumnElement[float] = bindparam("floor", type_=Double())


def reserve_call(connection: Connection | Session, account_id: str, *, now: datetime, floor_seconds: float) -> datetime:
    """Take the account's next slot and move the one after it; the slot, which is ``now`` when the account is free.

    Raises ``LookupError`` when there is no such account.
    """
    statement = _reserving(_dialect(connection))
    row = connection.execute(statement, {"account": account_id, "at": now, "floor": floor_seconds}).one_or_none()
    if row is None:
        raise LookupError("No such account.")
    gap = max(row.call_gap_seconds or 0.0, floor_seconds)
    slot: datetime = row.next_call_at - timedelta(seconds=gap)
    return slot if slot > now + RESOLUTION else now


def take_call(connection: Connection | Session, account_id: str, *, now: datetime, floor_seconds: float) -> bool:
    """Take the slot only if it is free now; ``False`` leaves everything as it was."""
    values = {"account": account_id, "at": now, "reach": now + RESOLUTION, "floor": floor_seconds}
    return connection.execute(_taking(_dialect(connection)), values).one_or_none() is not None


def peek_next_call(connection: Connection | Session, account_id: str, *, now: datetime) -> datetime:
    """When the account may be called next, never before ``now``; reserves nothing."""
    planned: datetime | None = connection.scalar(select(_A.c.next_call_at).where(_A.c.id == account_id))
    return max(planned, now) if planned is not None else now


def record_success(connection: Connection | Session, account_id: str, *, floor_seconds: float) -> None:
    """A good call: every third in a row shrinks a grown gap by a tenth. At the floor nothing is written."""
    connection.execute(_SUCCESS, {"account": account_id, "floor": floor_seconds})


def record_throttled(
    connection: Connection | Session,
    account_id: str,
    *,
    now: datetime,
    floor_seconds: float,
    longest_seconds: float = LONGEST_GAP_SECONDS,
    retry_after: float | None = None,
) -> datetime:
    """The site asked for less: double the gap, and wait it out or as long as was asked; when to come back.

    ``retry_after`` is seconds and may exceed ``longest_seconds``, which bounds the gap alone. Raises
    ``LookupError`` when there is no such account.
    """
    growth = GROWTH * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311 - spreads load, nothing secret
    values = {
        "account": account_id,
        "at": now,
        "floor": max(floor_seconds, SHORTEST_PENALTY_SECONDS),
        "growth": growth,
        "longest": longest_seconds,
        "asked": max(retry_after or 0.0, 0.0),
    }
    row = connection.execute(_throttling(_dialect(connection)), values).one_or_none()
    if row is None:
        raise LookupError("No such account.")
    comes_back: datetime = row.next_call_at
    return comes_back


def record_outage(
    connection: Connection | Session,
    account_id: str,
    *,
    now: datetime,
    floor_seconds: float,
    longest_seconds: float = LONGEST_GAP_SECONDS,
    retry_after: float | None = None,
) -> datetime:
    """The site is away: the same back-off as for a limit, because calling on lengthens both."""
    return record_throttled(
        connection,
        account_id,
        now=now,
        floor_seconds=floor_seconds,
        longest_seconds=longest_seconds,
        retry_after=retry_after,
    )


def forget_waits(connection: Connection, *, now: datetime, beyond: timedelta) -> int:
    """Bring slots back that lie further ahead than ``beyond`` and the account's own gap; how many accounts.

    For when the clock was put back: they were set by a clock that ran ahead.
    """
    statement = _pulling_back(_dialect(connection))
    return connection.execute(statement, {"at": now, "floor": 0.0, "beyond": beyond.total_seconds()}).rowcount


def _dialect(connection: Connection | Session) -> str:
    return str((connection.get_bind() if isinstance(connection, Session) else connection).dialect.name)


def _own() -> Update:
    # Pace is no edit: updated_at stays what a person or a refresh made it.
    return update(_A).where(_A.c.id == bindparam("account", type_=_A.c.id.type)).values(updated_at=_A.c.updated_at)


@cache
def _reserving(dialect: str) -> Update:
    free_from = _larger(dialect, func.coalesce(_A.c.next_call_at, _NOW), _NOW)
    return (
        _own()
        .values(next_call_at=_later(dialect, free_from, _gap(dialect)))
        .returning(_A.c.next_call_at, _A.c.call_gap_seconds)
    )


@cache
def _taking(dialect: str) -> Update:
    reach: ColumnElement[datetime] = bindparam("reach", type_=UtcDateTime())
    return _reserving(dialect).where(func.coalesce(_A.c.next_call_at, _NOW) <= reach)


@cache
def _throttling(dialect: str) -> Update:
    growth: ColumnElement[float] = bindparam("growth", type_=Double())
    asked: ColumnElement[float] = bindparam("asked", type_=Double())
    longest: ColumnElement[float] = bindparam("longest", type_=Double())
    grown = _smaller(dialect, _gap(dialect) * growth, longest)
    comes_back = _later(dialect, _NOW, _larger(dialect, grown, asked))
    return (
        _own()
        .values(
            call_gap_seconds=grown,
            call_successes=0,
            next_call_at=_larger(dialect, func.coalesce(_A.c.next_call_at, comes_back), comes_back),
        )
        .returning(_A.c.next_call_at)
    )


@cache
def _pulling_back(dialect: str) -> Update:
    beyond: ColumnElement[float] = bindparam("beyond", type_=Double())
    furthest = _later(dialect, _NOW, _larger(dialect, _gap(dialect), beyond))
    return (
        update(_A)
        .where(_A.c.next_call_at > furthest)
        .values(next_call_at=_later(dialect, _NOW, _gap(dialect)), updated_at=_A.c.updated_at)
    )


def _success() -> Update:
    is_third = _A.c.call_successes >= SUCCESSES_TO_SHRINK - 1
    shrunk = _A.c.call_gap_seconds * SHRINK
    return (
        _own()
        .where(_A.c.call_gap_seconds > _FLOOR)
        .values(
            call_successes=case((is_third, 0), else_=_A.c.call_successes + 1),
            call_gap_seconds=case(
                (is_third & (shrunk > _FLOOR), shrunk),
                (is_third, cast(_FLOOR, Double())),
                else_=_A.c.call_gap_seconds,
            ),
        )
    )


_SUCCESS = _success()


def _gap(dialect: str) -> ColumnElement[float]:
    return _larger(dialect, func.coalesce(_A.c.call_gap_seconds, _FLOOR), _FLOOR)


def _larger(dialect: str, one: Any, other: Any) -> ColumnElement[Any]:
    return func.max(one, other) if dialect == "sqlite" else func.greatest(one, other)


def _smaller(dialect: str, one: Any, other: Any) -> ColumnElement[Any]:
    return func.min(one, other) if dialect == "sqlite" else func.least(one, other)


def _later(dialect: str, instant: ColumnElement[Any], seconds: ColumnElement[Any]) -> ColumnElement[Any]:
    if dialect == "sqlite":
        # Text in the very form SQLAlchemy writes, six decimals, so that instants still compare as text.
        moved = func.strftime("%Y-%m-%d %H:%M:%f", instant, func.printf("+%.3f seconds", seconds))
        return type_coerce(type_coerce(moved, Text) + "000", UtcDateTime())
    return instant + type_coerce(func.make_interval(0, 0, 0, 0, 0, 0, seconds), Interval())
