"""A site that only shows other people's work, in memory."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from core.publishing.inspiration.providers import Browsed, BrowsePage, Described, Picture, Similar, Topic, TopicPage
from core.publishing.providers import ErrorCategory, ProviderError
from tests.identity_accounts.support import FakeSite

FOX = Browsed(
    "D1", "https://site.test/D1", "Fox", "amber", Picture("https://pic.test/1", 300, 200), False,
    datetime(2026, 1, 1, tzinfo=UTC), 7, 2, True, False,
)  # fmt: skip
PLAIN = Browsed("D2", "https://site.test/D2", "Plain", "amber")


@dataclass
class BrowsingSite(FakeSite):
    """``asked`` lists the calls; ``error`` is raised instead of an answer; ``during`` runs inside each call."""

    asked: list[tuple[str, Any]] = field(default_factory=list)
    error: ProviderError | None = None
    errors: list[ProviderError] = field(default_factory=list)  # used up first, one a call
    during: Callable[[], None] = lambda: None
    page: BrowsePage = field(default_factory=lambda: BrowsePage([FOX, PLAIN], 25))
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def _ask(self, name: str, *what: Any) -> None:
        with self._asking:
            self.asked.append((name, what))
            error = self.errors.pop(0) if self.errors else self.error
        self.during()
        if error is not None:
            raise error

    def browse_home(self, token: str, *, offset: int, limit: int, mature: bool) -> BrowsePage:
        self._ask("home", offset, limit, mature)
        return self.page

    def browse_following(self, token: str, *, offset: int, limit: int, mature: bool) -> BrowsePage:
        self._ask("following", offset, limit, mature)
        return self.page

    def browse_tag(self, token: str, tag: str, *, offset: int, limit: int, mature: bool) -> BrowsePage:
        self._ask("tag", tag, offset, limit, mature)
        return self.page

    def browse_topic(self, token: str, topic: str, *, offset: int, limit: int, mature: bool) -> BrowsePage:
        self._ask("topic", topic, offset, limit, mature)
        return self.page

    def browse_daily(self, token: str, day: date, *, mature: bool) -> BrowsePage:
        self._ask("daily", day, mature)
        return BrowsePage([FOX])

    def search_tags(self, token: str, beginning: str) -> list[str]:
        self._ask("search", beginning)
        return [f"{beginning}x", f"{beginning}y"]

    def list_topics(self, token: str, *, offset: int, limit: int) -> TopicPage:
        self._ask("topics", offset, limit)
        return TopicPage([Topic("sea", "The Sea", [FOX])], 10 if offset == 0 else None)

    def top_topics(self, token: str) -> list[Topic]:
        self._ask("top")
        return [Topic("sea", "The Sea", [PLAIN])]

    def more_like(self, token: str, deviation_id: str, *, mature: bool) -> Similar:
        self._ask("similar", deviation_id, mature)
        return Similar([FOX], [PLAIN])

    def look_at(self, token: str, deviation_id: str) -> Browsed:
        self._ask("work", deviation_id)
        return FOX

    def describe(self, token: str, deviation_id: str) -> Described:
        self._ask("description", deviation_id)
        return Described(deviation_id, ["fox", "snow"], "<p>A fox &amp; snow</p>", "No License", 90, 7, 2)


def limited(retry_after: float | None = None) -> ProviderError:
    return ProviderError(
        "DeviantArt asked us to slow down.", ErrorCategory.RATE_LIMITED, http_status=429, retry_after=retry_after
    )
