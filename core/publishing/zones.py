"""Wall-clock times and instants: what a person chose, and when that is.

Two days a year a wall clock lies: in spring some times do not exist (refused, the next valid time
is named), in autumn some exist twice (the first is taken).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.publishing.errors import ScheduleRefused


@dataclass(frozen=True, slots=True)
class WallTime:
    """A time as a person reads it off the wall: naive ``at`` in the IANA zone ``zone``."""

    at: datetime
    zone: str


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone; raises :class:`ScheduleRefused` when there is none of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ScheduleRefused(f"There is no time zone “{name}”. Choose one from the list in My profile.") from error


def to_instant(chosen: datetime | WallTime) -> datetime:
    """The instant in UTC. Raises :class:`ScheduleRefused` for a wall time that does not exist."""
    if isinstance(chosen, datetime):
        if chosen.tzinfo is None:
            raise ScheduleRefused("This time has no zone. Choose the time together with a time zone.")
        return chosen.astimezone(UTC)
    zone = zone_named(chosen.zone)
    local = chosen.at.replace(tzinfo=zone, fold=0)
    try:
        instant = local.astimezone(UTC)
    except OverflowError as error:
        raise ScheduleRefused("This time is too far away. Choose one within a year.") from error
    if instant.astimezone(zone).replace(tzinfo=None) != chosen.at.replace(fold=0):
        raise ScheduleRefused(
            f"{chosen.at:%Y-%m-%d %H:%M} does not exist in {chosen.zone}: the clock is put forward. "
            f"The next valid time is {_after_gap(local, zone):%H:%M}."
        )
    return instant


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of ``day`` in ``zone``, in UTC; a midnight that does not exist begins after the gap."""
    return next_valid(datetime.combine(day, time()), zone)


def next_valid(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which a clock in ``zone`` shows the naive time ``wall``.

    A time that does not exist becomes the first one after the gap; of one that exists twice the first is taken.
    """
    local = wall.replace(tzinfo=zone, fold=0)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(fold=0):
        return instant
    return _after_gap(local, zone).astimezone(UTC)


def _after_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after the gap that ``local`` falls into."""
    # Read with the offset before the gap, the time lands after it; the offset after it lands before.
    before = local.replace(fold=1).astimezone(UTC)
    after = local.replace(fold=0).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return (after + timedelta(milliseconds=500)).replace(microsecond=0).astimezone(zone)
