"""Instants and durations in a person's words. Whatever is shown as a time is in the person's zone."""

from datetime import datetime, timedelta

from core.ui.page import format_day, local

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def greeting(now: datetime, timezone: str) -> str:
    """How to greet at this time of the person's day."""
    hour = local(now, timezone).hour
    if 5 <= hour < 12:
        return "Good morning"
    return "Good afternoon" if 12 <= hour < 18 else "Good evening"


def day(instant: datetime, timezone: str, *, now: datetime) -> str:
    """``today``, ``tomorrow``, ``yesterday``, else ``Tue 3 Mar``, with the year when it is another one."""
    there, today = local(instant, timezone).date(), local(now, timezone).date()
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((there - today).days)
    return near or format_day(instant, timezone, now=now)


def clock(instant: datetime, timezone: str) -> str:
    """``14:05``."""
    return f"{local(instant, timezone):%H:%M}"


def moment(instant: datetime, timezone: str, *, now: datetime) -> str:
    """``today 14:05``, ``Tue 3 Mar 14:05``."""
    return f"{day(instant, timezone, now=now)} {clock(instant, timezone)}"


def precise(instant: datetime, timezone: str, *, now: datetime) -> str:
    """As ``moment``, to the second: for logs."""
    return f"{day(instant, timezone, now=now)} {local(instant, timezone):%H:%M:%S}"


def window(scheduled_at: datetime, promised_at: datetime, timezone: str) -> str:
    """The minutes in which a post goes out: ``14:00–14:05`` from the chosen time to the end of its random delay."""
    # Whole minutes, rounded up: 14:04:10 is inside a window that ends at 14:05.
    end = promised_at + (-timedelta(seconds=promised_at.second, microseconds=promised_at.microsecond) % _MINUTE)
    start, until = clock(scheduled_at, timezone), clock(end, timezone)
    return start if start == until else f"{start}–{until}"


def ago(instant: datetime, *, now: datetime) -> str:
    """``3 s ago``, ``5 min ago``, ``2 h ago``, ``4 days ago``."""
    past = max(now - instant, timedelta())
    if past < _MINUTE:
        return f"{int(past.total_seconds())} s ago"
    if past < _HOUR:
        return f"{past // _MINUTE} min ago"
    if past < _DAY:
        return f"{past // _HOUR} h ago"
    days = past // _DAY
    return "1 day ago" if days == 1 else f"{days} days ago"


def duration(milliseconds: int) -> str:
    """``120 ms``, ``1.2 s``, ``2 min 5 s``."""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"
