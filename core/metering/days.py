"""Days of a time zone, and the quarters of an hour they are made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.metering.errors import InvalidRange
from core.metering.sums import quarter_of

LONGEST = 5 * 366
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included. Raises :class:`InvalidRange` when they cannot be asked for."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidRange("The last day lies before the first. Choose them the other way round.")
        if self.count > LONGEST:
            raise InvalidRange("That is more than five years. Choose a shorter range.")

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Days":
        """The range of the same length that ends where this one begins."""
        return Days(self.first - timedelta(days=self.count), self.first - ONE_DAY)

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=number) for number in range(self.count))


def last_days(count: int, zone: str, *, now: datetime) -> Days:
    """So many days up to today in ``zone``."""
    today = day_of(now, zone)
    return Days(today - timedelta(days=count - 1), today)


def day_of(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def begin_of(day: date, zone: str) -> datetime:
    """Midnight, or the first instant of a day whose midnight the clocks leave out."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def quarters_of(day: date, zone: str) -> tuple[int, int]:
    """The first quarter of an hour of a day, and the first of the next day: every zone's offset is made of quarters."""
    return quarter_of(begin_of(day, zone)), quarter_of(begin_of(day + ONE_DAY, zone))
