"""What looking at other people's work needs of a site; the adapter speaks the site's own protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Picture:
    """Where the browser finds a picture, at the site's own hosts; sizes in pixels. Links end some time."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Browsed:
    """Somebody's work as a browse call shows it; what the site did not say is ``None``.

    ``is_for_subscribers`` and ``is_premium`` say that it is kept for paying watchers, whoever asks.
    """

    deviation_id: str
    url: str
    title: str
    author: str
    thumbnail: Picture | None = None
    is_mature: bool = False
    published_at: datetime | None = None
    favourites: int | None = None
    comments: int | None = None
    is_for_subscribers: bool = False
    is_premium: bool = False


@dataclass(frozen=True, slots=True)
class BrowsePage:
    """One page. It may hold less than was asked for, or nothing, while ``next_offset`` says that more follows."""

    works: Sequence[Browsed]
    next_offset: int | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: ``name`` is the site's own word for it, ``title`` is for people."""

    name: str
    title: str
    examples: Sequence[Browsed] = ()


@dataclass(frozen=True, slots=True)
class TopicPage:
    topics: Sequence[Topic]
    next_offset: int | None = None


@dataclass(frozen=True, slots=True)
class Similar:
    """More like one work."""

    same_artist: Sequence[Browsed]
    others: Sequence[Browsed]


@dataclass(frozen=True, slots=True)
class Described:
    """What the site knows of one work besides the picture; ``description`` is HTML by somebody else."""

    deviation_id: str
    tags: Sequence[str] = ()
    description: str = ""
    license: str | None = None
    views: int | None = None
    favourites: int | None = None
    comments: int | None = None


class BrowseSite(Protocol):
    """Calls that only look; ``mature`` includes mature work. All raise ``ProviderError``."""

    def browse_home(self, token: str, *, offset: int, limit: int, mature: bool) -> BrowsePage:
        """What the site shows on its front page; at most 50."""

    def browse_following(self, token: str, *, offset: int, limit: int, mature: bool) -> BrowsePage:
        """New work of those whom the account watches; at most 50."""

    def browse_tag(self, token: str, tag: str, *, offset: int, limit: int, mature: bool) -> BrowsePage:
        """Work with a tag; at most 50."""

    def browse_topic(self, token: str, topic: str, *, offset: int, limit: int, mature: bool) -> BrowsePage:
        """Work of a topic; at most 24."""

    def browse_daily(self, token: str, day: date, *, mature: bool) -> BrowsePage:
        """A day's choice, on one page."""

    def search_tags(self, token: str, beginning: str) -> list[str]:
        """Tags that begin so; at least two characters."""

    def list_topics(self, token: str, *, offset: int, limit: int) -> TopicPage:
        """All topics; at most 10 a page."""

    def top_topics(self, token: str) -> list[Topic]:
        """The topics of the hour."""

    def more_like(self, token: str, deviation_id: str, *, mature: bool) -> Similar:
        """More of the same artist and of others."""

    def look_at(self, token: str, deviation_id: str) -> Browsed:
        """One work."""

    def describe(self, token: str, deviation_id: str) -> Described:
        """Its tags, description and figures."""
