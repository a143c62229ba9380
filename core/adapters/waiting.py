"""How long a server asks to wait."""

import math
from datetime import UTC
from email.utils import parsedate_to_datetime

from core.clock import utc_now

LONGEST_WAIT_SECONDS = 24 * 3600.0


def retry_after(value: str | None) -> float | None:
    """Seconds of a ``Retry-After`` header, which may be a number or an HTTP date; at most a day."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            instant = parsedate_to_datetime(value)
        except ValueError:
            return None
        # A header's date is about the wall clock, not about when the call was planned.
        seconds = (instant.replace(tzinfo=instant.tzinfo or UTC) - utc_now()).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS) if math.isfinite(seconds) else None
