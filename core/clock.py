"""The one place that reads the wall clock; everything else is handed ``now``."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

# By this much the clocks of machines that work together may differ. What lies further ahead was written by a clock
# that has been put back since.
SKEW = timedelta(minutes=5)


def utc_now() -> datetime:
    """This instant, timezone-aware, in UTC."""
    return datetime.now(UTC)
