"""Marking, moving and deleting notes: at the site first, then here.

Doing any of it twice changes nothing more, so a lost answer needs no look-up: what is shown then is
what was known before, until the folder is read again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.identity.models import Account
from core.publishing.asking import Line, ask
from core.publishing.notes import counts
from core.publishing.notes.access import get_folder, get_notes, served_account
from core.publishing.notes.errors import NoteRefused
from core.publishing.notes.folders import list_folders
from core.publishing.notes.models import Note, NoteFolder, NoteFolderType
from core.publishing.notes.providers import Mark
from core.system.actors import Actor
from core.system.audit import event_row, record_all

MOST_AT_ONCE = 50
# Notes come to these by what is done with them, not by being moved.
NO_TARGETS = frozenset({NoteFolderType.UNREAD, NoteFolderType.STARRED, NoteFolderType.SENT, NoteFolderType.DRAFTS})

_MARKED: dict[Mark, dict[str, Any]] = {
    Mark.READ: {"is_unread": False},
    Mark.UNREAD: {"is_unread": True},
    Mark.STARRED: {"is_starred": True},
    Mark.NOT_STARRED: {"is_starred": False},
}


def mark(line: Line, actor: Actor, note_ids: Sequence[str], how: Mark, *, now: datetime) -> int:
    """Mark up to 50 notes of one account; how many. Marking as spam moves them to that folder.

    Makes a call, so no transaction may be open. Raises ``NoteNotFound``, ``NoteRefused``,
    ``NotesNotServed`` and what ``asking.ask`` raises.
    """
    account, remote = _chosen(line, actor, note_ids)
    ask(line, account, lambda site, token: site.mark_notes(token, remote, how), now=now)
    with line.database.session() as session:
        notes = get_notes(session, actor, note_ids)
        before = counts.of_notes(notes)
        changed = _MARKED.get(how) or {"folder_id": _folder_of(session, actor, account.id, NoteFolderType.SPAM)}
        for note in notes:
            for name, value in changed.items():
                setattr(note, name, value)
        counts.follow(session, account.id, before, counts.of_notes(notes))
        _tell(session, actor, notes, "note.marked", {"mark": how.value}, now)
    return len(notes)


def move(line: Line, actor: Actor, note_ids: Sequence[str], folder_id: str, *, now: datetime) -> int:
    """Move up to 50 notes to a folder of the same account; how many. Raises as ``mark``, and ``FolderNotFound``."""
    account, remote = _chosen(line, actor, note_ids)
    with line.database.read() as session:
        target = get_folder(session, actor, folder_id)
    if target.account_id != account.id or not takes_notes(target):
        raise NoteRefused(f"Notes cannot be moved to “{target.title}”. Choose another folder.")
    ask(line, account, lambda site, token: site.move_notes(token, remote, target.remote_folder_id), now=now)
    with line.database.session() as session:
        notes = get_notes(session, actor, note_ids)
        before = counts.of_notes(notes)
        for note in notes:
            note.folder_id = folder_id
        counts.follow(session, account.id, before, counts.of_notes(notes))
        _tell(session, actor, notes, "note.moved", {"folder": target.title}, now)
    return len(notes)


def delete(line: Line, actor: Actor, note_ids: Sequence[str], *, now: datetime) -> int:
    """Delete up to 50 notes at the site and here, for good; how many. Raises as ``mark``."""
    account, remote = _chosen(line, actor, note_ids)
    ask(line, account, lambda site, token: site.delete_notes(token, remote), now=now)
    with line.database.session() as session:
        notes = get_notes(session, actor, note_ids)
        counts.follow(session, account.id, counts.of_notes(notes), counts.of_notes([]))
        _tell(session, actor, notes, "note.deleted", None, now)
        for note in notes:
            session.delete(note)
        session.flush()
    return len(notes)


def takes_notes(folder: NoteFolder) -> bool:
    """Whether notes can be moved there."""
    return folder.type not in NO_TARGETS


def _chosen(line: Line, actor: Actor, note_ids: Sequence[str]) -> tuple[Account, list[str]]:
    if len(note_ids) > MOST_AT_ONCE:
        raise NoteRefused(f"Choose at most {MOST_AT_ONCE} notes at a time.")
    with line.database.read() as session:
        notes = get_notes(session, actor, note_ids)
        account = served_account(session, actor, notes[0].account_id)
    return account, [note.remote_note_id for note in notes if note.remote_note_id is not None]


def _folder_of(session: Session, actor: Actor, account_id: str, kind: NoteFolderType) -> str | None:
    return next((one.id for one in list_folders(session, actor, account_id) if one.type is kind), None)


def _tell(
    session: Session, actor: Actor, notes: Sequence[Note], action: str, after: dict[str, Any] | None, now: datetime
) -> None:
    session.flush()
    # What a note says is nobody else's business, the trail's included.
    record_all(session, [event_row(actor, action, note.id, after=after, now=now) for note in notes])
