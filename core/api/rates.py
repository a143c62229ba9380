"""How many requests a key may make: a bucket of permits that fills evenly, in this process's memory."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic


@dataclass(slots=True)
class _Bucket:
    permits: float
    filled_at: float


class RateLimiter:
    """``per_minute`` requests a minute, a minute's worth of them at once; 0 is no limit.

    Each process counts for itself: it guards against programs that run wild, it sells nothing.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._capacity = float(per_minute)
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def take(self, name: str) -> float | None:
        """Take one permit; ``None`` when there was one, else the seconds until there will be."""
        if not self._capacity:
            return None
        now = self._clock()
        bucket = self._buckets.setdefault(name, _Bucket(self._capacity, now))
        refill = (now - bucket.filled_at) * self._capacity / 60
        bucket.permits, bucket.filled_at = min(self._capacity, bucket.permits + refill), now
        if bucket.permits < 1:
            return (1 - bucket.permits) * 60 / self._capacity
        bucket.permits -= 1
        return None
