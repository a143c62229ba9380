"""Stretches of days as a calendar shows them, and the instants between them in a person's zone."""

import calendar
import enum
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.publishing.zones import next_valid, start_of_day

HOURS = 24
EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)


class Span(enum.StrEnum):
    """How much a calendar shows at a time. ``list`` is a month as a list."""

    MONTH = "month"
    WEEK = "week"
    LIST = "list"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Period:
    """Consecutive days: ``dates`` are shown, those from ``first`` to ``last`` belong to the period itself.

    A month is filled up to whole weeks, which begin on Monday.
    """

    span: Span
    first: date
    last: date
    dates: tuple[date, ...]

    def contains(self, day: date) -> bool:
        return self.first <= day <= self.last

    def beside(self, step: int) -> date:
        """A day of the period before (-1) or after (1) this one."""
        if step < 0:
            return max(self.first - timedelta(days=1), EARLIEST)
        return min(self.last + timedelta(days=1), LATEST)


def period_of(span: Span, day: date) -> Period:
    """The period that ``day`` is in."""
    day = min(max(day, EARLIEST), LATEST)
    if span is Span.DAY:
        return Period(span, day, day, (day,))
    if span is Span.WEEK:
        first = _monday(day)
        return Period(span, first, first + timedelta(days=6), _days(first, first + timedelta(days=6)))
    first = day.replace(day=1)
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    if span is Span.LIST:
        return Period(span, first, last, _days(first, last))
    return Period(span, first, last, _days(_monday(first), _monday(last) + timedelta(days=6)))


def day_bounds(dates: tuple[date, ...], zone: ZoneInfo) -> tuple[datetime, ...]:
    """Where each of the days begins, and where the last one ends."""
    return tuple(start_of_day(day, zone) for day in (*dates, dates[-1] + timedelta(days=1)))


def hour_bounds(dates: tuple[date, ...], zone: ZoneInfo) -> tuple[datetime, ...]:
    """Where each hour of each day begins by the wall clock, and where the last one ends.

    An hour that the clock skips is empty, one that it shows twice is two hours long.
    """
    starts = [
        next_valid(datetime.combine(day, time(hour)), zone) if hour else start_of_day(day, zone)
        for day in dates
        for hour in range(HOURS)
    ]
    return (*starts, start_of_day(dates[-1] + timedelta(days=1), zone))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _days(first: date, last: date) -> tuple[date, ...]:
    return tuple(first + timedelta(days=number) for number in range((last - first).days + 1))
