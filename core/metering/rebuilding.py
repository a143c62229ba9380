"""Making the sums anew from the events, and finding where they differ."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select, Table, delete, func, insert, or_, select, union_all, update
from sqlalchemy.orm import Session

from core.identity.roles import require_admin
from core.metering import expected
from core.metering.days import ONE_DAY, Days, begin_of, day_of, quarters_of
from core.metering.state import (
    SINGLETON,
    STATE,
    keep_rebuilding_out,
    lock_exclusive,
    lock_shared,
    summed_zone,
    wanted_zone,
)
from core.metering.sums import HOUSE_DAYS, MEASURES, PERSON_DAYS, QUARTER_SECONDS, QUARTERS, keys_of
from core.system import audit
from core.system.actors import Actor


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of sums that is not what the events say: by how much each measure is too high (or too low)."""

    table: str
    where: dict[str, Any]
    too_much: dict[str, int | Decimal]


def rebuild(session: Session, actor: Actor, days: Days, *, now: datetime) -> int:
    """Make all sums of these days anew from the events; how many days. For administrators."""
    require_admin(session, actor)
    rebuild_days(session, days, now=now)
    note_rebuilt(session, actor, days, now=now)
    return days.count


def note_rebuilt(session: Session, actor: Actor, days: Days, *, now: datetime) -> None:
    """Write into the trail that sums were made anew. For administrators."""
    require_admin(session, actor)
    after = {"from": days.first.isoformat(), "until": days.last.isoformat()}
    audit.record(session, actor, "usage.rebuilt", SINGLETON, after=after, now=now)


def rebuild_days(session: Session | Connection, days: Days, *, now: datetime) -> None:
    """As :func:`rebuild`, for the house itself. Nothing is recorded meanwhile."""
    zone = lock_exclusive(session)
    for day in days:
        since, until = quarters_of(day, zone)
        begin, end = begin_of(day, zone), begin_of(day + ONE_DAY, zone)
        session.execute(delete(QUARTERS).where(QUARTERS.c.quarter >= since, QUARTERS.c.quarter < until))
        _fill(session, QUARTERS, expected.quarters_from_events(session, begin, end))
        _sum_day(session, day, zone)
    session.execute(update(STATE).values(rebuilt_at=now))


def follow_zone(session: Session | Connection, *, now: datetime) -> str | None:
    """Sum days of the house's reporting zone as it is now; its name, or ``None`` when it was that already.

    Until this has run, screens show the days of the zone before and say so.
    """
    zone = lock_exclusive(session)
    wanted = wanted_zone(session)
    if wanted == zone:
        return None
    session.execute(delete(PERSON_DAYS))
    session.execute(delete(HOUSE_DAYS))
    first, last = session.execute(select(func.min(QUARTERS.c.quarter), func.max(QUARTERS.c.quarter))).one()
    if first is not None:
        for day in Days(_day(first, wanted), _day(last, wanted)):
            _sum_day(session, day, wanted)
    session.execute(update(STATE).values(timezone=wanted, rebuilt_at=now))
    return wanted


def check(session: Session | Connection, days: Days, *, now: datetime) -> list[Difference]:
    """Where the sums of these days differ from the events; remembered for the health screen. Changes no sum."""
    found = [one for day in days for one in differences_of(session, day)]
    remember_check(session, days, len(found), now=now)
    return found


def differences_of(session: Session | Connection, day: date) -> list[Difference]:
    """Where the sums of one day differ from the events. Only reads.

    Each comparison is one statement, so that what is recorded meanwhile is in both of its sides or in neither.
    """
    keep_rebuilding_out(session)
    zone = summed_zone(session)
    since, until = quarters_of(day, zone)
    events = expected.quarters_from_events(session, begin_of(day, zone), begin_of(day + ONE_DAY, zone))
    in_day = (QUARTERS.c.quarter >= since) & (QUARTERS.c.quarter < until)
    of_quarters = expected.person_day_from_quarters(day, since, until)
    of_persons = expected.house_day_from_person_day(day)
    return [
        *_differences(session, QUARTERS, events, in_day),
        *_differences(session, PERSON_DAYS, of_quarters, PERSON_DAYS.c.day == day),
        *_differences(session, HOUSE_DAYS, of_persons, HOUSE_DAYS.c.day == day),
    ]


def remember_check(session: Session | Connection, days: Days, found: int, *, now: datetime) -> None:
    """Note what a check found, for the health screen."""
    lock_shared(session)
    values = {"checked_at": now, "checked_from": days.first, "checked_until": days.last, "differences": found}
    session.execute(update(STATE).values(**values))


def _sum_day(session: Session | Connection, day: date, zone: str) -> None:
    session.execute(delete(PERSON_DAYS).where(PERSON_DAYS.c.day == day))
    session.execute(delete(HOUSE_DAYS).where(HOUSE_DAYS.c.day == day))
    _fill(session, PERSON_DAYS, expected.person_day_from_quarters(day, *quarters_of(day, zone)))
    _fill(session, HOUSE_DAYS, expected.house_day_from_person_day(day))


def _fill(session: Session | Connection, table: Table, query: Select[Any]) -> None:
    session.execute(insert(table).from_select([*keys_of(table), *MEASURES], query))


def _differences(session: Session | Connection, table: Table, wanted: Select[Any], here: Any) -> list[Difference]:
    """Sums of what is there less what must be; whatever is not nothing differs."""
    keys = keys_of(table)
    named = [(expected.known(name) if table is QUARTERS else table.c[name]).label(name) for name in keys]
    there = select(*named, *(table.c[name].label(name) for name in MEASURES)).where(here)
    must = wanted.subquery()
    less = select(*(must.c[name].label(name) for name in keys), *((-must.c[name]).label(name) for name in MEASURES))
    both = union_all(there, less).subquery()
    sums = {name: func.sum(both.c[name]) for name in MEASURES}
    query = select(*(both.c[name] for name in keys), *(value.label(name) for name, value in sums.items()))
    query = query.group_by(*(both.c[name] for name in keys)).having(or_(*(value != 0 for value in sums.values())))
    return [_difference(table, keys, row) for row in session.execute(query)]


def _difference(table: Table, keys: Iterable[str], row: Any) -> Difference:
    found = row._mapping
    too_much = {name: found[name] if "cost" in name else int(found[name]) for name in MEASURES if found[name]}
    return Difference(table.name, {name: found[name] for name in keys}, too_much)


def _day(quarter: int, zone: str) -> date:
    return day_of(datetime.fromtimestamp(quarter * QUARTER_SECONDS).astimezone(), zone)
