"""Gallery folders, and the account's newest deviations."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from core.adapters.deviantart.http import DeviantArtLine
from core.publishing.providers import GalleryFolder, Published, WorkPage

FOLDERS_PER_PAGE = 50
DEVIATIONS_PER_PAGE = 24
MAX_PAGES = 200


def list_folders(line: DeviantArtLine, token: str) -> list[GalleryFolder]:
    """All folders, in the account's order."""
    params = {"calculate_size": "true", "limit": str(FOLDERS_PER_PAGE)}
    return [_folder(one) for one in _pages(line, token, "/gallery/folders", params)]


def newest(line: DeviantArtLine, token: str, *, limit: int) -> Iterator[Published]:
    """At most ``limit`` deviations, newest first; a page is read when the caller gets to it."""
    # Without mature_content a mature post would look as if it had never arrived.
    params = {"mature_content": "true", "limit": str(DEVIATIONS_PER_PAGE)}
    seen = 0
    for one in _pages(line, token, "/gallery/all", params):
        if seen >= limit:
            return
        if one.get("deviationid") and one.get("url") and not one.get("is_deleted"):
            seen += 1
            yield published(one)


def folder_contents(line: DeviantArtLine, token: str, folder_id: str, *, offset: int = 0) -> WorkPage:
    """One page of what is in a folder, in its own order."""
    params = {"mature_content": "true", "limit": str(DEVIATIONS_PER_PAGE), "offset": str(offset)}
    page = line.get(token, f"/gallery/{folder_id}", params, endpoint="/gallery/{folderid}")
    works = [one for one in page.get("results") or [] if isinstance(one, dict)]
    # A work that is only half published is in its folders without an address.
    found = [published({"url": "", **one}) for one in works if one.get("deviationid") and not one.get("is_deleted")]
    following = page.get("next_offset")
    goes_on = bool(page.get("has_more")) and isinstance(following, int) and following > offset
    return WorkPage(found, following if goes_on else None)


def published(body: dict[str, Any]) -> Published:
    """A deviation object as the site gives it."""
    return Published(
        deviation_id=str(body["deviationid"]),
        url=str(body["url"]),
        title=body.get("title"),
        published_at=instant(body.get("published_time")),
    )


def _pages(line: DeviantArtLine, token: str, path: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
    offset = 0
    for _ in range(MAX_PAGES):
        page = line.get(token, path, {**params, "offset": str(offset)})
        # A page may be short, or empty, while more follow: only next_offset says where to go on.
        yield from (one for one in page.get("results") or [] if isinstance(one, dict))
        following = page.get("next_offset")
        if not page.get("has_more") or not isinstance(following, int) or following <= offset:
            return
        offset = following


def _folder(body: dict[str, Any]) -> GalleryFolder:
    size = body.get("size")
    return GalleryFolder(
        folder_id=str(body["folderid"]),
        name=str(body.get("name") or "Untitled"),
        parent_id=body.get("parent"),
        size=size if isinstance(size, int) else None,
    )


def instant(value: Any) -> datetime | None:
    """Unix seconds, which the site writes as text."""
    try:
        return datetime.fromtimestamp(int(value), UTC)
    except (TypeError, ValueError):
        return None
