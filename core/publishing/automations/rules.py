"""What a rule says: its kinds, their bounds, and the rule in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol

from core.publishing.automations.errors import AutomationRefused
from core.publishing.automations.models import QuotaMode, RuleType

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTES_A_DAY = 24 * 60
MIN_INTERVAL, MAX_INTERVAL = 5, 7 * MINUTES_A_DAY
MAX_COUNT = 100
END_OF_DAY = "24:00"

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class RuleLike(Protocol):
    """Whatever has a rule's fields: its row, or a form."""

    type: RuleType
    time_of_day: str | None
    interval_minutes: int | None
    deviations_per_interval: int | None
    anchor_at: datetime | None
    daily_quota: int | None
    quota_mode: QuotaMode | None
    window_start: str | None
    window_end: str | None
    days_of_week: list[str] | None
    priority: int
    enabled: bool


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule without its row. Wall times are ``HH:MM``; ``days_of_week`` ``None`` is every day."""

    type: RuleType
    time_of_day: str | None = None
    interval_minutes: int | None = None
    deviations_per_interval: int | None = None
    anchor_at: datetime | None = None
    daily_quota: int | None = None
    quota_mode: QuotaMode | None = None
    window_start: str | None = None
    window_end: str | None = None
    days_of_week: tuple[str, ...] | None = None
    priority: int = 0
    enabled: bool = True

    @classmethod
    def of(cls, row: RuleLike) -> "RuleSpec":
        """The rule of a row or a form."""
        return cls(
            type=RuleType(row.type),
            time_of_day=row.time_of_day,
            interval_minutes=row.interval_minutes,
            deviations_per_interval=row.deviations_per_interval,
            anchor_at=row.anchor_at,
            daily_quota=row.daily_quota,
            quota_mode=None if row.quota_mode is None else QuotaMode(row.quota_mode),
            window_start=row.window_start,
            window_end=row.window_end,
            days_of_week=None if row.days_of_week is None else tuple(row.days_of_week),
            priority=row.priority,
            enabled=row.enabled,
        )

    @property
    def fires(self) -> bool:
        """Whether it makes posts by itself; a maximum only stops others."""
        return not (self.type is RuleType.DAILY_QUOTA and self.quota_mode is QuotaMode.MAXIMUM)

    @property
    def posts_each_time(self) -> int:
        return (self.deviations_per_interval or 1) if self.type is RuleType.FIXED_INTERVAL else 1

    @property
    def window(self) -> tuple[int, int]:
        """Start and end of a drip, in minutes after midnight."""
        return minutes_of(self.window_start or "00:00"), minutes_of(self.window_end or END_OF_DAY)

    def is_on(self, weekday: int) -> bool:
        """Whether the rule applies on a day; 0 is Monday."""
        return self.days_of_week is None or WEEKDAYS[weekday] in self.days_of_week


def minutes_of(clock: str) -> int:
    """Minutes after midnight of ``HH:MM``; ``24:00`` is the end of the day. Raises :class:`AutomationRefused`."""
    if clock == END_OF_DAY:
        return MINUTES_A_DAY
    match = _CLOCK.fullmatch(clock)
    if match is None:
        raise AutomationRefused(f"“{clock}” is not a time of day. Write it as 09:30 or 14:00.")
    return int(match[1]) * 60 + int(match[2])


def clock_of(spec: RuleSpec) -> time:
    """The wall time of a ``fixed_time`` rule."""
    hours, minutes = divmod(minutes_of(spec.time_of_day or "00:00") % MINUTES_A_DAY, 60)
    return time(hours, minutes)


def check_rule(spec: RuleSpec) -> None:
    """Raise :class:`AutomationRefused` for a rule that cannot be, or that could never fire."""
    _check_days(spec.days_of_week)
    match spec.type:
        case RuleType.FIXED_TIME:
            if spec.time_of_day is None:
                raise AutomationRefused("Say at what time of day it is to post.")
            if minutes_of(spec.time_of_day) == MINUTES_A_DAY:
                raise AutomationRefused("A day ends at 24:00: write 00:00 for midnight.")
        case RuleType.FIXED_INTERVAL:
            _check_interval(spec)
        case RuleType.DAILY_QUOTA:
            _check_quota(spec)


def describe(spec: RuleSpec) -> str:
    """The rule in words, as in “At 14:00 on Mon, Fri”."""
    return f"{_what(spec)}{_on(spec.days_of_week)}"


def _what(spec: RuleSpec) -> str:
    match spec.type:
        case RuleType.FIXED_TIME:
            return f"At {spec.time_of_day}"
        case RuleType.FIXED_INTERVAL:
            each = f", {spec.deviations_per_interval} each time" if (spec.deviations_per_interval or 1) > 1 else ""
            return f"Every {_span(spec.interval_minutes or 0)}{each}"
        case _:
            if spec.quota_mode is QuotaMode.MAXIMUM:
                return f"At most {spec.daily_quota} a day"
            within = ""
            if spec.window_start or spec.window_end:
                within = f" from {spec.window_start or '00:00'} to {spec.window_end or END_OF_DAY}"
            return f"{spec.daily_quota} a day, spread out{within}"


def _span(minutes: int) -> str:
    for size, one, many in ((MINUTES_A_DAY, "day", "days"), (60, "hour", "hours")):
        if minutes % size == 0:
            number = minutes // size
            return one if number == 1 else f"{number} {many}"
    return f"{minutes} minutes"


def _on(days: Sequence[str] | None) -> str:
    if days is None or set(days) >= set(WEEKDAYS):
        return ""
    return " on " + ", ".join(day[:3].capitalize() for day in WEEKDAYS if day in days)


def _check_days(days: Sequence[str] | None) -> None:
    if days is None:
        return
    if not days:
        raise AutomationRefused("No day is chosen, so the rule could never fire. Choose at least one.")
    unknown = [day for day in days if day not in WEEKDAYS]
    if unknown:
        raise AutomationRefused(f"“{unknown[0]}” is not a day of the week. Write them as monday to sunday.")


def _check_interval(spec: RuleSpec) -> None:
    if spec.interval_minutes is None or not MIN_INTERVAL <= spec.interval_minutes <= MAX_INTERVAL:
        raise AutomationRefused("The interval must be between 5 minutes and 7 days.")
    if spec.deviations_per_interval is None or not 1 <= spec.deviations_per_interval <= MAX_COUNT:
        raise AutomationRefused(f"Each time between 1 and {MAX_COUNT} drafts can be posted.")
    if spec.anchor_at is None:
        raise AutomationRefused("Say from when on the interval counts.")


def _check_quota(spec: RuleSpec) -> None:
    if spec.daily_quota is None or not 1 <= spec.daily_quota <= MAX_COUNT:
        raise AutomationRefused(f"The number a day must be between 1 and {MAX_COUNT}.")
    if spec.quota_mode is None:
        raise AutomationRefused("Say whether the number is a maximum, or is to be spread over the day.")
    start, end = spec.window
    if spec.quota_mode is QuotaMode.DRIP and end - start < spec.daily_quota:
        raise AutomationRefused(
            f"{spec.daily_quota} posts do not fit between {spec.window_start or '00:00'} and "
            f"{spec.window_end or END_OF_DAY}. Let the window end later than it begins, with a minute for each post."
        )
