"""What decides the answer of a browse call, and the key under which it is kept."""

import enum
import hashlib
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

# Raised when what is stored under a key changes its shape.
VERSION = "v1"
LONGEST_KEY = 400
STALE_FOR = timedelta(hours=2)
MINUTE = timedelta(minutes=1)
PAST_DAY_FRESH = timedelta(hours=24)
# A day at DeviantArt ends at midnight in Los Angeles, which is 08:00 UTC in winter.
DAY_ENDS_AFTER = timedelta(hours=32)


class Mode(enum.StrEnum):
    """The kinds of calls that only look."""

    HOME = "home"
    DAILY = "daily"
    FOLLOWING = "following"
    TAG = "tag"
    TOPIC = "topic"
    TAG_SEARCH = "tag-search"
    TOPICS = "topics"
    TOP_TOPICS = "top-topics"
    SIMILAR = "similar"
    WORK = "work"
    DESCRIPTION = "description"


# Home is arranged for the person behind the token, and whom one follows is one's own.
PERSONAL = frozenset({Mode.HOME, Mode.FOLLOWING})

_FRESH = {
    Mode.HOME: 7 * MINUTE,
    Mode.DAILY: 7 * MINUTE,  # today's; see fresh_for
    Mode.FOLLOWING: 7 * MINUTE,
    Mode.TAG: 7 * MINUTE,
    Mode.TOPIC: 7 * MINUTE,
    Mode.TAG_SEARCH: 20 * MINUTE,
    Mode.TOPICS: 45 * MINUTE,
    Mode.TOP_TOPICS: 45 * MINUTE,
    Mode.SIMILAR: 12 * MINUTE,
    Mode.WORK: 12 * MINUTE,
    Mode.DESCRIPTION: 12 * MINUTE,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """One call, with everything that decides its answer; what a mode does not take stays unset.

    ``subject`` is the id of a work, ``beginning`` the first letters of a tag.
    """

    mode: Mode
    tag: str | None = None
    topic: str | None = None
    day: date | None = None
    subject: str | None = None
    beginning: str | None = None
    mature: bool = False
    offset: int = 0
    limit: int = 0


def key_of(wish: Wish, provider: str, account_id: str) -> str:
    """The cache key: version, mode, provider, the account if it matters, then each part that is set, by name."""
    asker = account_id if wish.mode in PERSONAL else "all"
    parts = [VERSION, wish.mode.value, provider, asker]
    for field in fields(wish):
        value = getattr(wish, field.name)
        if field.name != "mode" and value is not None:
            parts.append(f"{field.name}={quote(str(value), safe='')}")
    key = ":".join(parts)
    if len(key) <= LONGEST_KEY:
        return key
    return f"{key[:300]}:{hashlib.sha256(key.encode()).hexdigest()}"


def fresh_for(wish: Wish, now: datetime) -> timedelta:
    """How long an answer is as good as a new one. A day that is over no longer changes."""
    if wish.mode is Mode.DAILY and wish.day is not None:
        begins = datetime(wish.day.year, wish.day.month, wish.day.day, tzinfo=UTC)
        if now >= begins + DAY_ENDS_AFTER:
            return PAST_DAY_FRESH
    return _FRESH[wish.mode]


def longest_kept(mode: Mode) -> timedelta:
    """After this nobody is shown an answer any more."""
    return max(_FRESH[mode], PAST_DAY_FRESH if mode is Mode.DAILY else _FRESH[mode]) + STALE_FOR
