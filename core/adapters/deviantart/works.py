"""An account's published works: its gallery page by page, what they say, how they do.

Parameters and limits: https://www.deviantart.com/developers (minor version 20240701): 24 works a page,
50 ids for metadata, 10 when extended data is asked for.
"""

from collections.abc import Sequence
from typing import Any

from core.adapters.deviantart.galleries import instant
from core.adapters.deviantart.http import DeviantArtLine
from core.publishing.providers import ErrorCategory, ProviderError
from core.publishing.statistics.providers import COUNTED_AT_ONCE, WorkCounts
from core.publishing.takeover.providers import (
    DESCRIBED_AT_ONCE,
    WORKS_A_PAGE,
    GalleryPage,
    GalleryWork,
    WorkDescription,
)

METADATA = "/deviation/metadata"


def counts(line: DeviantArtLine, token: str, deviation_ids: Sequence[str]) -> list[WorkCounts]:
    _check(deviation_ids, COUNTED_AT_ONCE)
    params: dict[str, str | list[str]] = {
        "deviationids[]": list(deviation_ids),
        "ext_stats": "true",
        "mature_content": "true",
    }
    return [_counts(one) for one in _objects(line.get(token, METADATA, params).get("metadata"))]


def is_gone(line: DeviantArtLine, token: str, deviation_id: str) -> bool:
    try:
        body = line.get(
            token, f"/deviation/{deviation_id}", {"mature_content": "true"}, endpoint="/deviation/{deviationid}"
        )
    except ProviderError as error:
        # The site answers 400 or 404 for a work it does not have.
        if error.category in {ErrorCategory.GONE, ErrorCategory.VALIDATION} and error.http_status in {400, 404}:
            return True
        raise
    return bool(body.get("is_deleted"))


def gallery_page(line: DeviantArtLine, token: str, *, offset: int) -> GalleryPage:
    params = {"mature_content": "true", "limit": str(WORKS_A_PAGE), "offset": str(offset)}
    body = line.get(token, "/gallery/all", params)
    works = [_work(one) for one in _objects(body.get("results")) if one.get("url") and not one.get("is_deleted")]
    following = body.get("next_offset")
    # One that does not advance would be followed for ever.
    goes_on = bool(body.get("has_more")) and isinstance(following, int) and following > offset
    return GalleryPage(works, following if goes_on else None)


def descriptions(line: DeviantArtLine, token: str, deviation_ids: Sequence[str]) -> list[WorkDescription]:
    _check(deviation_ids, DESCRIBED_AT_ONCE)
    params: dict[str, str | list[str]] = {"deviationids[]": list(deviation_ids), "mature_content": "true"}
    return [_description(one) for one in _objects(line.get(token, METADATA, params).get("metadata"))]


def _counts(body: dict[str, Any]) -> WorkCounts:
    stats = body.get("stats")
    stats = stats if isinstance(stats, dict) else {}
    return WorkCounts(
        deviation_id=str(body["deviationid"]),
        views=_number(stats.get("views")),
        favourites=_number(stats.get("favourites")),
        comments=_number(stats.get("comments")),
        downloads=_number(stats.get("downloads")),
    )


def _work(body: dict[str, Any]) -> GalleryWork:
    return GalleryWork(
        deviation_id=str(body["deviationid"]),
        url=str(body["url"]),
        title=str(body.get("title") or ""),
        published_at=instant(body.get("published_time")),
        is_mature=bool(body.get("is_mature")),
        allows_comments=body.get("allows_comments") is not False,
        is_downloadable=bool(body.get("is_downloadable")),
        picture_url=_picture_url(body),
    )


def _picture_url(body: dict[str, Any]) -> str | None:
    """The picture in a size to look at; the largest thumbnail where there is no other."""
    thumbs = body.get("thumbs")
    for picture in (body.get("preview"), body.get("content"), *reversed(thumbs if isinstance(thumbs, list) else [])):
        if isinstance(picture, dict) and isinstance(picture.get("src"), str):
            return str(picture["src"])
    return None


def _description(body: dict[str, Any]) -> WorkDescription:
    tags = [str(one["tag_name"]) for one in _objects(body.get("tags"), key="tag_name")]
    text = body.get("description")
    return WorkDescription(
        str(body["deviationid"]), text if isinstance(text, str) else None, tags, body.get("mature_level")
    )


def _objects(value: Any, *, key: str = "deviationid") -> list[dict[str, Any]]:
    return [one for one in value or [] if isinstance(one, dict) and one.get(key)]


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _check(deviation_ids: Sequence[str], limit: int) -> None:
    if len(deviation_ids) > limit:
        raise ValueError(f"At most {limit} works at a time.")
