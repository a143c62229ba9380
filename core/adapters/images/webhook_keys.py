"""What providers sign their webhooks with: kept for a day, and asked for again when a signature does not fit."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Generic, TypeVar

from core.studio.providers import ErrorCategory, GenerationError, Notice

KEPT_SECONDS = 24 * 3600.0  # fal allows no longer
RENEWED_AFTER_SECONDS = 60.0
TOLERANCE_SECONDS = 300

Place = TypeVar("Place", bound=Hashable)
Keys = TypeVar("Keys")


class WebhookKeys(Generic[Place, Keys]):
    """The keys of each place that signs; a place is asked by one thread at a time, however many webhooks come."""

    def __init__(self) -> None:
        self._kept: dict[Place, tuple[float, Keys]] = {}
        self._failed: dict[Place, tuple[float, str, ErrorCategory]] = {}
        self._locks: defaultdict[Place, threading.Lock] = defaultdict(threading.Lock)

    def verified(self, place: Place, ask: Callable[[], Keys], check: Callable[[Keys], Notice]) -> Notice:
        """The notice that ``check`` finds with the keys of ``place``, which ``ask`` brings.

        ``check`` raises ``AUTHENTICATION`` when they do not fit; then they may have been changed since, and it is
        called once more with new ones.
        """
        try:
            return check(self._keys(place, ask, KEPT_SECONDS))
        except GenerationError as error:
            if error.category is not ErrorCategory.AUTHENTICATION:
                raise
        return check(self._keys(place, ask, RENEWED_AFTER_SECONDS))

    def _keys(self, place: Place, ask: Callable[[], Keys], oldest_seconds: float) -> Keys:
        came = time.monotonic()
        kept = self._kept.get(place)  # before the lock: good keys serve while somebody asks for others
        if kept is None or came - kept[0] > oldest_seconds:
            with self._locks[place]:
                kept = self._kept.get(place)
                if kept is None or came - kept[0] > oldest_seconds:
                    kept = self._kept[place] = (time.monotonic(), self._asked(place, ask, came))
        return kept[1]

    def _asked(self, place: Place, ask: Callable[[], Keys], came: float) -> Keys:
        """New keys. Whoever waited for an asking that failed does not ask after it: that would add up to hours."""
        failed = self._failed.get(place)
        if failed is not None and failed[0] >= came:
            raise GenerationError(*failed[1:])
        try:
            return ask()
        except GenerationError as error:
            self._failed[place] = (time.monotonic(), str(error), error.category)
            raise


def is_fresh(stamp: str, now: datetime) -> bool:
    """Whether seconds since 1970, as somebody wrote them, are within five minutes of ``now``."""
    return stamp.isdecimal() and abs(now.timestamp() - int(stamp[:12])) <= TOLERANCE_SECONDS
