"""Days as a person lives them: their bounds as instants, and counting rows into them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.publishing.zones import zone_named

Instant = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


@dataclass(frozen=True, slots=True)
class Days:
    """Consecutive calendar days of one zone. ``bounds`` has one instant more than ``dates``: the end of the last."""

    dates: tuple[date, ...]
    bounds: tuple[datetime, ...]

    @property
    def start(self) -> datetime:
        return self.bounds[0]

    @property
    def end(self) -> datetime:
        return self.bounds[-1]


def days_up_to(now: datetime, zone: str, count: int) -> Days:
    """The ``count`` days that end with today in ``zone``."""
    today = now.astimezone(zone_named(zone)).date()
    return _days(today - timedelta(days=count - 1), zone, count)


def days_from(now: datetime, zone: str, count: int) -> Days:
    """The ``count`` days that begin with today in ``zone``."""
    return _days(now.astimezone(zone_named(zone)).date(), zone, count)


def _days(first: date, zone: str, count: int) -> Days:
    dates = [first + timedelta(days=offset) for offset in range(count + 1)]
    # Midnights are asked of the zone one by one: two days a year are not 24 hours long.
    bounds = [datetime.combine(day, time(), zone_named(zone)).astimezone(UTC) for day in dates]
    return Days(tuple(dates[:-1]), tuple(bounds))


def count_by_day(session: Session, query: Select[Any], column: Instant, days: Days) -> tuple[int, ...]:
    """How many rows of ``query`` have ``column`` in each day, oldest first; counted by the database in one pass.

    ``query`` selects from the table with its conditions; its own columns are replaced.
    """
    place = _place_of(column, days)
    counted = (
        query.with_only_columns(place.label("place"), func.count())
        .where(column >= days.start, column < days.end)
        .group_by("place")
    )
    found = dict(session.execute(counted).tuples())
    return tuple(found.get(number, 0) for number in range(len(days.dates)))


def _place_of(column: Instant, days: Days) -> ColumnElement[int]:
    """Which day an instant falls into, as a number from 0."""
    return case(*((column < end, number) for number, end in enumerate(days.bounds[1:])))
