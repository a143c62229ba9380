"""Noticing that the wall clock was set: what waits for a wall time would otherwise wait for the difference too."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from core.clock import Clock

# Clocks are corrected by fractions of a second all the time; that does no harm.
TOLERANCE = timedelta(seconds=5)


class ClockWatch:
    """Compares the wall clock with one that nobody sets."""

    def __init__(self, clock: Clock, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._seen = self._look()

    def jump(self) -> timedelta:
        """How far the wall clock was set since this was asked last, forward or (negative) back; zero for trifles.

        Waking from sleep looks like being set forward.
        """
        (wall, steady), self._seen = self._seen, self._look()
        gone = timedelta(seconds=self._seen[1] - steady)
        difference = self._seen[0] - wall - gone
        return difference if abs(difference) > TOLERANCE else timedelta()

    def _look(self) -> tuple[datetime, float]:
        return self._clock(), self._monotonic()
