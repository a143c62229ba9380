"""The one place that reads the wall clock; everything else is handed ``now``."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """This instant, timezone-aware, in UTC."""
    return datetime.now(UTC)
