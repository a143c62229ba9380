"""How many notes a folder holds, between two readings of the site: what is done here is counted along."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import ColumnElement, case, update
from sqlalchemy.orm import Session

from core.publishing.notes.models import Note, NoteFolder, NoteFolderType

Place = str | NoteFolderType


def of_notes(notes: Iterable[Note]) -> Counter[Place]:
    """In which folders and views these notes are counted."""
    found: Counter[Place] = Counter()
    for note in notes:
        if note.folder_id is not None:
            found[note.folder_id] += 1
        found[NoteFolderType.UNREAD] += note.is_unread
        found[NoteFolderType.STARRED] += note.is_starred
    return found


def follow(session: Session, account_id: str, before: Counter[Place], after: Counter[Place]) -> None:
    """Let the counts of the account's folders follow a change; what is not known stays unknown."""
    for place in sorted(before.keys() | after.keys()):
        more = after[place] - before[place]
        if not more:
            continue
        which: ColumnElement[bool] = (
            NoteFolder.type == place if isinstance(place, NoteFolderType) else NoteFolder.id == place
        )
        counted = NoteFolder.note_count + more
        session.execute(
            update(NoteFolder)
            .where(NoteFolder.account_id == account_id, NoteFolder.note_count.is_not(None), which)
            .values(note_count=case((counted > 0, counted), else_=0))
        )
