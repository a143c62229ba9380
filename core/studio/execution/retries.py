"""What the category of an error means: for the item, and for its provider's other items."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from core.studio.providers import ErrorCategory as E

MAX_RETRIES = 3
# The provider takes nothing from us until somebody acts: its other items are held back, not tried in turn.
STOPPING = frozenset({E.AUTHENTICATION, E.QUOTA})
# The provider asks for less, or is away: its other items wait as well.
SLOWING = frozenset({E.RATE_LIMITED, E.PROVIDER_OUTAGE, E.NETWORK})
# It was the provider that let us down, which is what "failures in a row" counts.
FAILINGS = SLOWING | STOPPING


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds: ``base`` × 2^tries × a random half to one and a half, ``longest`` at most."""

    base: float
    longest: float

    def wait(self, tries: int, chance: Callable[[float, float], float] = random.uniform) -> float:
        """Seconds to wait after ``tries`` repetitions came to nothing."""
        return min(self.base * 2.0 ** min(tries, 20) * chance(0.5, 1.5), self.longest)


REPEATED: dict[E, Backoff] = {
    E.TRANSIENT: Backoff(5, 300),
    E.RATE_LIMITED: Backoff(60, 600),
    E.PROVIDER_OUTAGE: Backoff(120, 1800),
    E.NETWORK: Backoff(10, 300),
    E.FILE_SYSTEM: Backoff(30, 300),
}

# Asking how a call stands: often at first, then in peace.
POLLING = Backoff(1, 10)


def wait_for(category: E, tries: int, retry_after: float | None = None) -> float | None:
    """Seconds until the next try; ``None`` when it is not repeated by itself."""
    backoff = REPEATED.get(category)
    if backoff is None:
        return None
    return max(backoff.wait(tries), min(retry_after or 0, 86_400))


def poll_wait(polls: int) -> float:
    """Seconds until a call that is under way is asked about again."""
    return min(POLLING.base * 1.5 ** min(polls, 20), POLLING.longest)
