"""Looking at other people's work.

From https://www.deviantart.com/developers (minor version 20240701): home, daily deviations, tags,
topics, watched artists and "more like this" are there; popular, newest, hot, undiscovered,
recommended and the category tree were withdrawn and are not called.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from core.adapters.deviantart.deviations import show
from core.adapters.deviantart.galleries import instant
from core.adapters.deviantart.http import DeviantArtLine
from core.publishing.inspiration.providers import Browsed, BrowsePage, Described, Picture, Similar, Topic, TopicPage
from core.publishing.providers import ErrorCategory, ProviderError

LONGEST_PAGE = 50
LONGEST_TOPIC_PAGE = 24
LONGEST_TOPIC_LIST = 10
# The smallest picture that fills a card on a sharp screen.
WANTED_WIDTH = 300

# Without these the site leaves out whether a work is kept for paying watchers.
EXPAND = "deviation.tier,deviation.premium_folder_data"
_WEB = ("https://", "http://")
Params = dict[str, str | list[str]]


def page(
    line: DeviantArtLine, token: str, path: str, *, offset: int, limit: int, mature: bool, **narrowing: str
) -> BrowsePage:
    """One page of ``path``, which is a listing under ``/browse``."""
    longest = LONGEST_TOPIC_PAGE if path == "/browse/topic" else LONGEST_PAGE
    params: Params = {**narrowing, "offset": str(offset), "limit": str(min(limit, longest)), **_shown(mature)}
    body = line.get(token, path, params)
    return BrowsePage(list(_works(body.get("results"))), _next(body, offset))


def daily(line: DeviantArtLine, token: str, day: date, *, mature: bool) -> BrowsePage:
    """A day's choice; the site gives it in one piece."""
    body = line.get(token, "/browse/dailydeviations", {"date": day.isoformat(), **_shown(mature)})
    return BrowsePage(list(_works(body.get("results"))))


def search_tags(line: DeviantArtLine, token: str, beginning: str) -> list[str]:
    found = line.get(token, "/browse/tags/search", {"tag_name": beginning}).get("results")
    return [str(one["tag_name"]) for one in _objects(found) if one.get("tag_name")]


def topics(line: DeviantArtLine, token: str, *, offset: int, limit: int) -> TopicPage:
    params: Params = {"offset": str(offset), "limit": str(min(limit, LONGEST_TOPIC_LIST))}
    body = line.get(token, "/browse/topics", params)
    return TopicPage(list(_topics(body.get("results"))), _next(body, offset))


def top_topics(line: DeviantArtLine, token: str) -> list[Topic]:
    return list(_topics(line.get(token, "/browse/toptopics").get("results")))


def more_like(line: DeviantArtLine, token: str, deviation_id: str, *, mature: bool) -> Similar:
    body = line.get(token, "/browse/morelikethis/preview", {"seed": deviation_id, **_shown(mature)})
    return Similar(list(_works(body.get("more_from_artist"))), list(_works(body.get("more_from_da"))))


def look_at(line: DeviantArtLine, token: str, deviation_id: str) -> Browsed:
    """One work. Raises ``ProviderError`` (gone) for one that its artist has deleted."""
    found = next(_works([show(line, token, deviation_id, expand=EXPAND)]), None)
    if found is None:
        raise ProviderError("DeviantArt no longer shows this work.", ErrorCategory.GONE)
    return found


def describe(line: DeviantArtLine, token: str, deviation_id: str) -> Described:
    """Tags, description and figures of one work."""
    params: Params = {"deviationids[]": [deviation_id], "ext_stats": "true", "mature_content": "true"}
    found = next(_objects(line.get(token, "/deviation/metadata", params).get("metadata")), None)
    if found is None:
        raise ProviderError("DeviantArt no longer describes this work.", ErrorCategory.GONE)
    stats = found.get("stats") or {}
    return Described(
        deviation_id=deviation_id,
        tags=[str(one["tag_name"]) for one in _objects(found.get("tags")) if one.get("tag_name")],
        description=str(found.get("description") or ""),
        license=found.get("license") or None,
        views=_number(stats.get("views")),
        favourites=_number(stats.get("favourites")),
        comments=_number(stats.get("comments")),
    )


def browsed(body: dict[str, Any]) -> Browsed:
    """A deviation object as the site gives it."""
    stats = body.get("stats") or {}
    return Browsed(
        deviation_id=str(body["deviationid"]),
        url=str(body["url"]),
        title=str(body.get("title") or "Untitled"),
        author=str((body.get("author") or {}).get("username") or "somebody"),
        thumbnail=_thumbnail(body),
        is_mature=bool(body.get("is_mature")),
        published_at=instant(body.get("published_time")),
        favourites=_number(stats.get("favourites")),
        comments=_number(stats.get("comments")),
        is_for_subscribers=bool(body.get("tier_access") or body.get("primary_tier")),
        is_premium=bool(body.get("premium_folder_data")),
    )


def _shown(mature: bool) -> Params:
    return {"mature_content": "true" if mature else "false", "expand": EXPAND}


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    return (one for one in value or [] if isinstance(one, dict))


def _works(value: Any) -> Iterator[Browsed]:
    return (browsed(one) for one in _objects(value) if _can_be_shown(one))


def _can_be_shown(body: dict[str, Any]) -> bool:
    # Deleted work comes with nothing but its id. The address becomes a link on a page of ours.
    address = str(body.get("url") or "")
    return bool(body.get("deviationid")) and address.startswith(_WEB) and not body.get("is_deleted")


def _topics(value: Any) -> Iterator[Topic]:
    for one in _objects(value):
        if one.get("canonical_name"):
            name = str(one["canonical_name"])
            examples = one.get("example_deviations") or one.get("deviations")
            yield Topic(name, str(one.get("name") or name), list(_works(examples)))


def _thumbnail(body: dict[str, Any]) -> Picture | None:
    pictures = [one for one in (_picture(thumb) for thumb in _objects(body.get("thumbs"))) if one is not None]
    wide = [one for one in pictures if one.width >= WANTED_WIDTH]
    if wide:
        return min(wide, key=lambda one: one.width)
    return _picture(body.get("preview") or {}) or max(pictures, key=lambda one: one.width, default=None)


def _picture(body: dict[str, Any]) -> Picture | None:
    width, height = _number(body.get("width")), _number(body.get("height"))
    source = str(body.get("src") or "")
    if not width or not height or not source.startswith(_WEB):
        return None
    return Picture(source, width, height)


def _next(body: dict[str, Any], offset: int) -> int | None:
    following = _number(body.get("next_offset"))
    # An offset that does not advance would lead in a circle.
    return following if body.get("has_more") and following is not None and following > offset else None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
