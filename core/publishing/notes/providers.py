"""What private notes need of a site; the adapter speaks the site's own protocol."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.publishing.notes.models import NoteFolderType


class Mark(enum.StrEnum):
    """What can be said about a note at the site."""

    READ = "read"
    UNREAD = "unread"
    STARRED = "starred"
    NOT_STARRED = "notstarred"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class RemoteFolder:
    """A folder of notes. ``type`` is one of the six that everybody has, ``None`` for one the person made."""

    folder_id: str
    title: str
    type: NoteFolderType | None = None
    note_count: int | None = None


@dataclass(frozen=True, slots=True)
class RemoteNote:
    """A note as the site gives it; ``body`` is ``None`` when a listing left it out."""

    note_id: str
    sender: str | None
    recipients: Sequence[str]
    subject: str
    preview: str
    body: str | None
    sent_at: datetime | None
    is_unread: bool = False
    is_starred: bool = False


@dataclass(frozen=True, slots=True)
class NotePage:
    notes: Sequence[RemoteNote]
    next_offset: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Whether a note reached one recipient."""

    recipient: str
    arrived: bool


class NotesSite(Protocol):
    """Calls about private notes, which the site may not serve any more. All raise ``ProviderError``."""

    def list_note_folders(self, token: str) -> list[RemoteFolder]:
        """All folders. ``http_status`` 404 means that the site has no notes for programs."""

    def list_notes(self, token: str, folder_id: str, *, offset: int, limit: int) -> NotePage:
        """A folder's notes, newest first; at most 50 a page."""

    def read_note(self, token: str, note_id: str) -> RemoteNote:
        """One note with its body."""

    def send_note(
        self, token: str, to: Sequence[str], subject: str, body: str, *, reply_to: str | None = None
    ) -> list[Delivery]:
        """Send a note; for each recipient whether it arrived. ``reply_to`` is the id of the note it answers."""

    def mark_notes(self, token: str, note_ids: Sequence[str], mark: Mark) -> None:
        """Mark notes."""

    def move_notes(self, token: str, note_ids: Sequence[str], folder_id: str) -> None:
        """Move notes to a folder."""

    def delete_notes(self, token: str, note_ids: Sequence[str]) -> None:
        """Delete notes for good."""

    def create_note_folder(self, token: str, title: str) -> None:
        """Make a folder; reading the folders tells its id."""

    def rename_note_folder(self, token: str, folder_id: str, title: str) -> None:
        """Give a folder of the person's own another title."""

    def remove_note_folder(self, token: str, folder_id: str) -> None:
        """Take away a folder of the person's own; its notes stay."""
