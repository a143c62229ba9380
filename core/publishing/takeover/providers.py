"""What taking over a gallery needs of a site; the adapter speaks the site's own protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

WORKS_A_PAGE = 24
DESCRIBED_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class GalleryWork:
    """A work as the account's gallery lists it. ``picture_url`` ends some time; ``None`` when there is no picture."""

    deviation_id: str
    url: str
    title: str
    published_at: datetime | None = None
    is_mature: bool = False
    allows_comments: bool = True
    is_downloadable: bool = False
    picture_url: str | None = None


@dataclass(frozen=True, slots=True)
class GalleryPage:
    """One page, newest first. It may hold few works, or none, while ``next_offset`` says that more follow."""

    works: Sequence[GalleryWork]
    next_offset: int | None = None


@dataclass(frozen=True, slots=True)
class WorkDescription:
    """What the gallery does not list. ``mature_level`` is ``strict``, ``moderate`` or ``None``."""

    deviation_id: str
    description: str | None = None
    tags: Sequence[str] = ()
    mature_level: str | None = None


class TakeoverSite(Protocol):
    """Reading an account's own gallery; all calls raise ``ProviderError``."""

    def gallery_page(self, token: str, *, offset: int) -> GalleryPage:
        """At most ``WORKS_A_PAGE`` works from ``offset`` on."""

    def descriptions(self, token: str, deviation_ids: Sequence[str]) -> list[WorkDescription]:
        """At most ``DESCRIBED_AT_ONCE`` works in one call; what is gone is left out."""

    def picture(self, url: str, *, max_bytes: int) -> bytes:
        """The picture behind a ``picture_url``, by a call that needs no token and counts for no pace.

        Raises ``ProviderError`` with ``GONE`` when the link has ended or the picture is withheld, with
        ``VALIDATION`` when it is larger than ``max_bytes`` or lies at a host that is not the site's.
        """
