"""A site's private notes in memory: what it holds, and which calls went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.publishing.notes.models import NoteFolderType
from core.publishing.notes.providers import Delivery, Mark, NotePage, RemoteFolder, RemoteNote
from core.publishing.providers import ErrorCategory, ProviderError
from tests.factories import NOON
from tests.identity_accounts.support import FakeSite

TYPES = {one.value.capitalize(): one for one in NoteFolderType}
VIEWS = ("Unread", "Starred")


def remote(number: int, **fields: object) -> RemoteNote:
    """Note ``number``, sent that many hours before noon."""
    plain = RemoteNote(
        str(number), "tom", ["alice"], f"Subject {number}", f"Text {number}", f"Text {number}",
        NOON - timedelta(hours=number), True, False,
    )  # fmt: skip
    return replace(plain, **fields)  # type: ignore[arg-type]  # the fields are named by the test


@dataclass
class NotesSite(FakeSite):
    """``folders`` holds each folder's notes by title; ``unreachable`` names recipients whom nothing reaches."""

    folders: dict[str, list[RemoteNote]] = field(default_factory=lambda: {title: [] for title in TYPES})
    calls: list[str] = field(default_factory=list)
    errors: dict[str, ProviderError] = field(default_factory=dict)  # by call, raised once before it has its effect
    lost: bool = False  # the next send happens, and its answer is lost
    unreachable: set[str] = field(default_factory=set)
    page_size: int = 50
    clock: datetime = NOON

    def _note_call(self, name: str) -> None:
        self.calls.append(name)
        error = self.errors.pop(name, None)
        if error is not None:
            raise error

    def list_note_folders(self, token: str) -> list[RemoteFolder]:
        self._note_call("folders")
        return [
            RemoteFolder(f"id-{title}", title, TYPES.get(title), len(notes)) for title, notes in self.folders.items()
        ]

    def list_notes(self, token: str, folder_id: str, *, offset: int, limit: int) -> NotePage:
        self._note_call("notes")
        title = folder_id.removeprefix("id-")
        found = self._view(title) if title in VIEWS else self.folders[title]
        page = found[offset : offset + min(limit, self.page_size)]
        end = offset + len(page)
        return NotePage(page, end if end < len(found) else None)

    def read_note(self, token: str, note_id: str) -> RemoteNote:
        self._note_call("read")
        return replace(self._find(note_id), body=f"The whole of {note_id}")

    def send_note(
        self, token: str, to: Sequence[str], subject: str, body: str, *, reply_to: str | None = None
    ) -> list[Delivery]:
        self._note_call(f"send {reply_to}" if reply_to else "send")
        reached = [name for name in to if name not in self.unreachable]
        if reached:
            number = 900 + len(self.folders["Sent"])
            self.folders["Sent"].insert(
                0, RemoteNote(str(number), "alice", reached, subject, body[:10], body, self.clock)
            )
        if self.lost:
            self.lost = False
            raise lost_answer()
        return [Delivery(name, name in reached) for name in to]

    def mark_notes(self, token: str, note_ids: Sequence[str], mark: Mark) -> None:
        self._note_call(f"mark {mark.value}")

    def move_notes(self, token: str, note_ids: Sequence[str], folder_id: str) -> None:
        self._note_call("move")
        for note_id in note_ids:
            note = self._find(note_id)
            for notes in self.folders.values():
                if note in notes:
                    notes.remove(note)
            self.folders[folder_id.removeprefix("id-")].insert(0, note)

    def delete_notes(self, token: str, note_ids: Sequence[str]) -> None:
        self._note_call("delete")

    def create_note_folder(self, token: str, title: str) -> None:
        self._note_call("create")
        self.folders[title] = []

    def rename_note_folder(self, token: str, folder_id: str, title: str) -> None:
        self._note_call(f"rename {folder_id} {title}")

    def remove_note_folder(self, token: str, folder_id: str) -> None:
        self._note_call(f"remove {folder_id}")

    def _view(self, title: str) -> list[RemoteNote]:
        everything = [note for name, notes in self.folders.items() if name != "Spam" for note in notes]
        return [note for note in everything if (note.is_unread if title == "Unread" else note.is_starred)]

    def _find(self, note_id: str) -> RemoteNote:
        return next(note for notes in self.folders.values() for note in notes if note.note_id == note_id)


def lost_answer() -> ProviderError:
    return ProviderError("The answer was lost.", ErrorCategory.TRANSIENT, effect_possible=True)


def not_found() -> ProviderError:
    return ProviderError("Api endpoint not found.", ErrorCategory.VALIDATION, http_status=404)


def forbidden() -> ProviderError:
    return ProviderError("Insufficient scope.", ErrorCategory.AUTH, http_status=403)


def away() -> ProviderError:
    return ProviderError("Away.", ErrorCategory.OUTAGE, http_status=503)
