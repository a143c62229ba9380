"""Finding a person's notes, folders and labels; anybody else's look like missing ones."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.accounts import get_account
from core.identity.models import Account
from core.publishing.notes.errors import FolderNotFound, NoteNotFound, NoteRefused, NotesNotServed
from core.publishing.notes.models import Note, NoteFolder
from core.publishing.notes.probing import standing_of
from core.system.actors import Actor

GONE = "Reload the page."


def get_note(session: Session, actor: Actor, note_id: str, *, lock: bool = False) -> Note:
    """One of the person's notes or drafts; raises ``NoteNotFound`` for anybody else's."""
    query = select(Note).where(Note.id == note_id, Note.user_id == actor.user_id)
    note = session.scalar(query.with_for_update() if lock else query)
    if note is None:
        raise NoteNotFound(f"There is no such note. {GONE}")
    return note


def get_notes(session: Session, actor: Actor, note_ids: Sequence[str]) -> list[Note]:
    """Notes of one account that lie at the site; raises ``NoteNotFound`` when one is missing or a draft."""
    query = select(Note).where(
        Note.id.in_(list(note_ids)), Note.user_id == actor.user_id, Note.remote_note_id.is_not(None)
    )
    notes = list(session.scalars(query))
    if not note_ids or len(notes) < len(set(note_ids)):
        raise NoteNotFound(f"There is no such note. {GONE}")
    if len({note.account_id for note in notes}) > 1:
        raise NoteRefused("These notes belong to several accounts. Choose those of one.")
    return notes


def get_folder(session: Session, actor: Actor, folder_id: str) -> NoteFolder:
    """One of the person's folders; raises ``FolderNotFound`` for anybody else's."""
    folder = session.scalar(select(NoteFolder).where(NoteFolder.id == folder_id, NoteFolder.user_id == actor.user_id))
    if folder is None:
        raise FolderNotFound(f"There is no such folder. {GONE}")
    return folder


def served_account(session: Session, actor: Actor, account_id: str) -> Account:
    """The account, if the site serves its notes as far as is known; raises ``NotesNotServed``."""
    account = get_account(session, actor, account_id)
    standing = standing_of(account)
    if standing.available is False:
        raise NotesNotServed(standing.sentence)
    return account
