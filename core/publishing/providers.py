"""What the publishing context needs of a gallery site; adapters speak the site's own protocol.

Errors of a call are one class with a category, because what to do next depends on the category
alone: :class:`ProviderError`.
"""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from core.errors import UnavailableError

# So many deviations go into or out of a folder with one call.
GALLERY_BATCH = 24


class ErrorCategory(enum.StrEnum):
    """Why a call failed; decided from status and provider code, never from message text."""

    TRANSIENT = "transient"  # 5xx that is expected now and then
    RATE_LIMITED = "rate_limited"
    OUTAGE = "outage"  # maintenance, or the CDN turned us away
    NETWORK = "network"  # no connection, or none in time, and nothing was sent
    AUTH = "auth"  # the token is not accepted
    VALIDATION = "validation"  # a field is wrong; a person must change it
    POLICY = "policy"  # an agreement is missing, or the content is not allowed
    GONE = "gone"  # the stash item does not exist any more
    ALREADY_PUBLISHED = "already_published"
    STORAGE = "storage"  # our own file could not be read
    UNKNOWN = "unknown"


class ProviderError(UnavailableError):
    """A call to the site failed.

    ``effect_possible`` is true when the request may have been carried out although no good answer
    came back (timeout or 5xx after sending). ``retry_after`` is seconds, as the site asked.
    """

    def __init__(
        self,
        message: str,
        category: ErrorCategory,
        *,
        http_status: int | None = None,
        provider_code: int | None = None,
        retry_after: float | None = None,
        effect_possible: bool = False,
        details: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.category = category
        self.http_status = http_status
        self.provider_code = provider_code
        self.retry_after = retry_after
        self.effect_possible = effect_possible
        self.details = details or {}


@dataclass(frozen=True, slots=True)
class Submission:
    """One file on its way to Sta.sh. ``title`` at most 50 characters, ``tags`` already in the site's form."""

    path: Path
    filename: str
    mime_type: str
    title: str
    description: str | None = None
    tags: Sequence[str] = ()
    is_ai_generated: bool = False
    no_ai: bool = False
    original_url: str | None = None
    item_id: str | None = None  # replace this item instead of making a new one


@dataclass(frozen=True, slots=True)
class Publication:
    """How a Sta.sh item is to appear; every parameter of the publish call."""

    item_id: str
    is_mature: bool
    mature_level: str | None = None
    mature_classification: Sequence[str] = ()
    is_ai_generated: bool = False
    no_ai: bool = False
    tags: Sequence[str] = ()
    gallery_ids: Sequence[str] = ()
    feature: bool = True
    allow_comments: bool = True
    allow_free_download: bool = False
    display_resolution: int = 0
    add_watermark: bool = False
    agree_submission: bool = False
    agree_terms: bool = False
    options: dict[str, Any] = field(default_factory=dict)  # as options.PublishOptions dumps it


@dataclass(frozen=True, slots=True)
class Published:
    """A deviation as the site shows it. ``published_at`` is ``None`` when the site did not say."""

    deviation_id: str
    url: str
    title: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkPage:
    """One page of a gallery; ``next_offset`` is ``None`` at the end."""

    works: Sequence[Published]
    next_offset: int | None = None


@dataclass(frozen=True, slots=True)
class GalleryFolder:
    folder_id: str
    name: str
    parent_id: str | None = None
    size: int | None = None


class GallerySite(Protocol):
    """The calls that publishing makes; ``token`` is the account's access token. All raise :class:`ProviderError`."""

    def check_token(self, token: str) -> None:
        """Placebo: returns when the token is good."""

    def submit(self, token: str, submission: Submission) -> str:
        """Send one file to Sta.sh; the item id, as text (it can exceed 32 bits)."""

    def publish(self, token: str, publication: Publication) -> Published:
        """Publish one Sta.sh item."""

    def newest(self, token: str, *, limit: int = 48) -> Iterator[Published]:
        """The account's deviations, newest first; follows pages while the caller keeps asking."""

    def list_folders(self, token: str) -> list[GalleryFolder]:
        """All gallery folders of the account."""

    def edit(self, token: str, deviation_id: str, changes: dict[str, Any]) -> None:
        """Change a published deviation: title, mature fields, comments, galleries, licence, tags."""

    def deviation(self, token: str, deviation_id: str) -> dict[str, Any]:
        """One deviation as the site describes it."""

    def metadata(self, token: str, deviation_ids: Sequence[str]) -> list[dict[str, Any]]:
        """Descriptions, tags and statistics; at most 50 ids."""


class FolderSite(Protocol):
    """Changes of an account's gallery folders; all raise :class:`ProviderError`. ``deviation_ids`` are the site's
    own, at most ``GALLERY_BATCH``."""

    def create_folder(
        self, token: str, name: str, *, description: str | None = None, parent_id: str | None = None
    ) -> str:
        """Make a folder; its id."""

    def update_folder(
        self, token: str, folder_id: str, *, name: str | None = None, description: str | None = None
    ) -> None:
        """Rename or describe a folder; what is ``None`` stays."""

    def place_folder(self, token: str, folder_id: str, position: int) -> None:
        """Put a folder at this place of the whole list, counted from 0."""

    def move_folder(self, token: str, folder_id: str, to_folder_id: str) -> None:
        """Put a folder under another."""

    def remove_folder(self, token: str, folder_id: str) -> None:
        """Take a folder away; its works stay published."""

    def copy_to_folder(self, token: str, folder_id: str, deviation_ids: Sequence[str]) -> None:
        """Show works in one more folder."""

    def move_between_folders(self, token: str, source_id: str, target_id: str, deviation_ids: Sequence[str]) -> None:
        """Take works out of one folder and into another."""

    def take_from_folder(self, token: str, folder_id: str, deviation_ids: Sequence[str]) -> None:
        """Take works out of a folder; they stay published."""

    def folder_contents(self, token: str, folder_id: str, *, offset: int = 0) -> WorkPage:
        """One page of what is in a folder, in its own order."""
