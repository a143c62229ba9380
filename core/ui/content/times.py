"""How the times of posts are written: with their jitter window, in the person's zone."""

from datetime import datetime, timedelta

from core.publishing.listing import DeviationView
from core.publishing.models import DeviationStatus
from core.publishing.states import QUEUED
from core.ui.page import format_day, format_instant
from core.ui.times import window

# What is this near is not worth a time of day.
_SOON = timedelta(minutes=1)


def dated_window(start: datetime | None, end: datetime | None, timezone: str, *, now: datetime) -> str:
    """``Tue 3 Mar, 14:00–14:05``: between these two instants; one time when one is all there is."""
    if start is None or end is None:
        return format_instant(start or end, timezone, now=now)
    return f"{format_day(start, timezone, now=now)}, {window(start, end, timezone)}"


def jitter_window(view: DeviationView, timezone: str, *, now: datetime) -> str:
    """When a scheduled post goes out: from the chosen time to the promise."""
    return dated_window(view.scheduled_at, view.actual_publish_at, timezone, now=now)


def when(view: DeviationView, timezone: str, *, now: datetime) -> str:
    """The time that matters of a post: promised, next try, published, deleted or made."""
    if view.deleted_at is not None:
        return format_instant(view.deleted_at, timezone, now=now)
    if view.status in QUEUED:
        return _queued(view, timezone, now=now)
    if view.status is DeviationStatus.PUBLISHED:
        return format_instant(view.published_at, timezone, now=now)
    return format_instant(view.created_at, timezone, now=now)


def _queued(view: DeviationView, timezone: str, *, now: datetime) -> str:
    if view.is_busy or view.hold_reason is not None or view.waits_for_account:
        return jitter_window(view, timezone, now=now)
    due, promised = view.due_at or view.actual_publish_at, view.actual_publish_at
    if due is not None and due <= now + _SOON and (promised is None or promised <= now):
        return "Any moment"
    if due is not None and promised is not None and due > promised + timedelta(seconds=1):
        # Put off by a try that failed, or by the account's pace.
        return f"Next try {format_instant(due, timezone, now=now)}"
    return jitter_window(view, timezone, now=now)
