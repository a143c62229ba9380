"""Which times are free: what an account's posts keep between them, and when nothing goes out.

A :class:`Board` holds the promises of one account and finds the next free time. Runs and previews ask the
same board; only where its promises come from differs.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from core.publishing.automations.models import BlackoutKind
from core.publishing.automations.rules import MINUTES_A_DAY, WEEKDAYS, minutes_of
from core.publishing.zones import next_valid

# A post is moved by at most this much; what finds no time until then is not posted.
FURTHEST_MOVE = timedelta(days=7)
_DAY = timedelta(days=1)
_ENOUGH = 2000


class BlackoutLike(Protocol):
    """Whatever has the fields of a blackout window: its row, or a form."""

    name: str
    kind: BlackoutKind
    days_of_week: list[str] | None
    start_time: str | None
    end_time: str | None
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Window:
    """A time in which nothing is posted, from ``start`` up to but without ``end``."""

    start: datetime
    end: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A free time: ``at``, and ``promise`` with the delay. ``moved_because`` when it is not the time asked for."""

    at: datetime
    promise: datetime
    moved_because: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """No time is free: why, as a sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class AccountLimits:
    """What all posts of an account keep to. A gap of zero and no cap are no limits."""

    gap: timedelta = timedelta()
    daily_cap: int | None = None
    paused_until: datetime | None = None


class Blackouts:
    """Blackout windows of a person, in their zone."""

    def __init__(self, windows: Iterable[BlackoutLike], zone: ZoneInfo) -> None:
        windows = list(windows)
        self._weekly = [one for one in windows if one.kind is BlackoutKind.WEEKLY]
        self._once = [
            Window(one.starts_at, one.ends_at, one.name)
            for one in windows
            if one.kind is BlackoutKind.ONCE and one.starts_at is not None and one.ends_at is not None
        ]
        self._zone = zone
        self._days: dict[date, list[Window]] = {}

    def covering(self, at: datetime) -> Window | None:
        """The window that ``at`` falls into; of several the one that ends last."""
        if not self._weekly and not self._once:
            return None
        day = at.astimezone(self._zone).date()
        found = [*self._once, *self._on(day - _DAY), *self._on(day)]
        return max((one for one in found if one.start <= at < one.end), key=lambda one: one.end, default=None)

    def between(self, start: datetime, end: datetime) -> list[Window]:
        """All windows that touch the time from ``start`` to ``end``, by their start."""
        found = [one for one in self._once if one.start < end and one.end > start]
        day, last = start.astimezone(self._zone).date() - _DAY, end.astimezone(self._zone).date()
        while day <= last:
            found += [one for one in self._on(day) if one.start < end and one.end > start]
            day += _DAY
        return sorted(found, key=lambda one: (one.start, one.end))

    def _on(self, day: date) -> list[Window]:
        """The weekly windows that begin on a local day."""
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = [
                self._begin(one, day)
                for one in self._weekly
                if one.days_of_week is None or WEEKDAYS[day.weekday()] in one.days_of_week
            ]
        return known

    def _begin(self, window: BlackoutLike, day: date) -> Window:
        start, end = minutes_of(window.start_time or "00:00"), minutes_of(window.end_time or "24:00")
        if end <= start:
            end += MINUTES_A_DAY
        midnight = datetime.combine(day, time())
        return Window(
            next_valid(midnight + timedelta(minutes=start), self._zone),
            next_valid(midnight + timedelta(minutes=end), self._zone),
            window.name,
        )


def blackout_covers_everything(windows: Iterable[BlackoutLike]) -> bool:
    """Whether weekly windows together leave no minute of the week."""
    week = 7 * MINUTES_A_DAY
    spans: list[tuple[int, int]] = []
    for window in windows:
        if window.kind is not BlackoutKind.WEEKLY:
            continue
        start, end = minutes_of(window.start_time or "00:00"), minutes_of(window.end_time or "24:00")
        end += MINUTES_A_DAY if end <= start else 0
        for number, day in enumerate(WEEKDAYS):
            if window.days_of_week is None or day in window.days_of_week:
                first, last = number * MINUTES_A_DAY + start, number * MINUTES_A_DAY + end
                # What goes past Sunday covers the beginning of the week.
                spans += [(first, last), (first - week, last - week)]
    reached = 0
    for first, last in sorted(spans):
        if first > reached:
            return False
        reached = max(reached, last)
    return reached >= week


class Board:
    """The promises of one account, and which times they leave free."""

    def __init__(
        self, limits: AccountLimits, blackouts: Blackouts, zone: ZoneInfo, promises: Iterable[datetime] = ()
    ) -> None:
        self._limits = limits
        self._blackouts = blackouts
        self._zone = zone
        self._promises = sorted(promises)
        self._by_day = Counter(self._day(one) for one in self._promises)

    def take(self, promise: datetime) -> None:
        """Note a promise: it counts for all that are looked for from now on."""
        insort(self._promises, promise)
        self._by_day[self._day(promise)] += 1

    def find(self, at: datetime, delay: timedelta, *, may_move: bool) -> Slot | Taken:
        """The first free time from ``at`` on, for a post that goes out ``delay`` later."""
        if self._limits.paused_until is not None and at < self._limits.paused_until:
            local = self._limits.paused_until.astimezone(self._zone)
            return Taken(f"The account is paused until {local:%d %b %Y, %H:%M}.")
        time_, because = at, None
        for _ in range(_ENOUGH):
            obstacle = self._obstacle(time_ + delay, delay)
            if obstacle is None:
                return Slot(time_, time_ + delay, because)
            time_, reason = obstacle
            because = because or reason
            if not may_move:
                return Taken(f"{reason[0].upper()}{reason[1:]} is in the way.")
            if time_ > at + FURTHEST_MOVE:
                break
        return Taken(f"{(because or 'a limit').capitalize()} leaves no free time within 7 days.")

    def first_break(self, promise: datetime) -> str | None:
        """What a promise breaks, as a few words; ``None`` when it is free."""
        obstacle = self._obstacle(promise, timedelta())
        return None if obstacle is None else obstacle[1]

    def _obstacle(self, promise: datetime, delay: timedelta) -> tuple[datetime, str] | None:
        """What is in the way of a promise: the earliest time to try next, before the delay, and its name."""
        window = self._blackouts.covering(promise)
        if window is not None:
            return window.end, f"the blackout “{window.name}”"
        day = self._day(promise)
        if self._limits.daily_cap is not None and self._by_day[day] >= self._limits.daily_cap:
            return self._tomorrow(promise - delay), f"the account's cap of {self._limits.daily_cap} a day"
        near = self._neighbour(promise)
        if near is not None:
            minutes = round(self._limits.gap.total_seconds() / 60)
            return near + self._limits.gap, f"the account's distance of {minutes} minutes"
        return None

    def _neighbour(self, promise: datetime) -> datetime | None:
        """The latest promise that is nearer than the gap."""
        gap = self._limits.gap
        if not gap:
            return None
        first = bisect_right(self._promises, promise - gap)
        last = bisect_left(self._promises, promise + gap)
        return self._promises[last - 1] if last > first else None

    def _tomorrow(self, at: datetime) -> datetime:
        """The same time of day a day later."""
        local = at.astimezone(self._zone).replace(tzinfo=None)
        return next_valid(local + _DAY, self._zone)

    def _day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()


def windows_for(account_id: str | None, windows: Sequence[tuple[str | None, BlackoutLike]]) -> list[BlackoutLike]:
    """Those of a person's windows, given with their account, that count for one account."""
    return [window for owner, window in windows if owner is None or owner == account_id]
