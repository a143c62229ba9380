"""When a rule occurs: a pure function of the rule, a zone and a moment.

Every occurrence has a name, its local time, which no other occurrence of the rule has. Together with
the rule it is unique in the database, so that nothing is done twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from core.publishing.automations.models import RuleType
from core.publishing.automations.rules import MINUTES_A_DAY, RuleSpec, clock_of
from core.publishing.zones import next_valid, start_of_day

# A rule that does not occur within this time never will: its days and its interval exclude each other.
HORIZON = timedelta(days=400)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One moment of a rule. ``key`` is its local name, ``at`` the instant in UTC."""

    key: str
    at: datetime


def next_occurrence(spec: RuleSpec, zone: ZoneInfo, after: datetime) -> Occurrence | None:
    """The first occurrence later than ``after``; ``None`` when there is none within 400 days."""
    return next(iter_occurrences(spec, zone, after), None)


def occurrences(spec: RuleSpec, zone: ZoneInfo, start: datetime, end: datetime) -> list[Occurrence]:
    """All occurrences later than ``start`` and no later than ``end``, in order."""
    return list(takewhile(lambda one: one.at <= end, iter_occurrences(spec, zone, start)))


def iter_occurrences(spec: RuleSpec, zone: ZoneInfo, after: datetime) -> Iterator[Occurrence]:
    """The occurrences later than ``after``, in order, for 400 days."""
    if not spec.fires:
        return iter(())
    match spec.type:
        case RuleType.FIXED_TIME:
            found = _fixed_times(spec, zone, after)
        case RuleType.DAILY_QUOTA:
            found = _drips(spec, zone, after)
        case _ if (spec.interval_minutes or 0) % MINUTES_A_DAY == 0:
            found = _whole_days(spec, zone, after)
        case _:
            found = _intervals(spec, zone, after)
    return takewhile(lambda one: one.at <= after + HORIZON, found)


def _days(zone: ZoneInfo, after: datetime) -> Iterator[date]:
    """Local days from the one before ``after``: a gap can push an occurrence into the next day."""
    day = after.astimezone(zone).date() - _DAY
    last = day + HORIZON + 3 * _DAY
    while day <= last:
        yield day
        day += _DAY


def _fixed_times(spec: RuleSpec, zone: ZoneInfo, after: datetime) -> Iterator[Occurrence]:
    clock = clock_of(spec)
    for day in _days(zone, after):
        if spec.is_on(day.weekday()):
            wall = datetime.combine(day, clock)
            at = next_valid(wall, zone)
            if at > after:
                yield Occurrence(_name(wall), at)


def _drips(spec: RuleSpec, zone: ZoneInfo, after: datetime) -> Iterator[Occurrence]:
    start, end = spec.window
    quota = spec.daily_quota or 1
    steps = [start + place * (end - start) // quota for place in range(quota)]
    for day in _days(zone, after):
        if not spec.is_on(day.weekday()):
            continue
        for number, minutes in enumerate(steps, start=1):
            at = next_valid(datetime.combine(day, time()) + timedelta(minutes=minutes), zone)
            if at > after:
                yield Occurrence(f"{day.isoformat()}#{number}", at)


def _whole_days(spec: RuleSpec, zone: ZoneInfo, after: datetime) -> Iterator[Occurrence]:
    """Intervals of whole days keep the wall time: two days are not always 48 hours."""
    if spec.anchor_at is None:
        return
    first = spec.anchor_at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)
    step = timedelta(minutes=spec.interval_minutes or 0)
    passed = after.astimezone(zone).replace(tzinfo=None) - first
    number = max(passed // step - 1, 0)
    last = after + HORIZON
    while True:
        wall = first + number * step
        at = next_valid(wall, zone)
        if at > last:
            return
        if at > after and spec.is_on(wall.weekday()):
            yield Occurrence(_name(wall), at)
        number += 1


def _intervals(spec: RuleSpec, zone: ZoneInfo, after: datetime) -> Iterator[Occurrence]:
    """Shorter intervals keep the distance; an hour that comes twice a year has occurrences both times."""
    if spec.anchor_at is None:
        return
    anchor = spec.anchor_at.replace(second=0, microsecond=0)
    step = timedelta(minutes=spec.interval_minutes or 0)
    at = anchor + max((after - anchor) // step + 1, 0) * step
    last = after + HORIZON
    while at <= last:
        local = at.astimezone(zone)
        if spec.is_on(local.weekday()):
            if at > after:
                yield Occurrence(f"{_name(local)}{_offset(local)}", at.astimezone(UTC))
            at += step
        else:
            # On to the first step of the next day.
            tomorrow = start_of_day(local.date() + _DAY, zone)
            at += max(-((at - tomorrow) // step), 1) * step


def _name(wall: datetime) -> str:
    return f"{wall:%Y-%m-%dT%H:%M}"


def _offset(local: datetime) -> str:
    text = f"{local:%z}"
    return f"{text[:3]}:{text[3:5]}"
