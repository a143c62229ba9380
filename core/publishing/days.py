"""Days as a person lives them: their bounds as instants, and counting rows into them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from core.publishing.zones import start_of_day, zone_named


@dataclass(frozen=True, slots=True)
class Days:
    """Consecutive calendar days of one zone. ``bounds`` has one instant more than ``dates``: the end of the last."""

    dates: tuple[date, ...]
    bounds: tuple[datetime, ...]


def days_around(now: datetime, zone: str, *, before: int = 0, after: int = 0) -> Days:
    """Today in ``zone``, with so many days before and after it."""
    local = zone_named(zone)
    today = now.astimezone(local).date()
    dates = [today + timedelta(days=offset) for offset in range(-before, after + 1)]
    bounds = [start_of_day(day, local) for day in [*dates, dates[-1] + timedelta(days=1)]]
    return Days(tuple(dates), tuple(bounds))


def count_by_day(session: Session, column: Any, days: Days, where: list[ColumnElement[bool]]) -> tuple[int, ...]:
    """How many rows have ``column`` in each day, oldest first; counted by the database in one pass."""
    place = case(*((column < end, number) for number, end in enumerate(days.bounds[1:]))).label("place")
    query = (
        select(place, func.count()).where(column >= days.bounds[0], column < days.bounds[-1], *where).group_by(place)
    )
    found: dict[int, int] = {row[0]: row[1] for row in session.execute(query)}
    return tuple(found.get(number, 0) for number in range(len(days.dates)))
