"""Folders of notes: as last read from the site, and those that a person makes there."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.db.upsert import insert_or_update
from core.identity.models import Account
from core.publishing.asking import Line, ask
from core.publishing.notes.access import get_folder, served_account
from core.publishing.notes.errors import NoteRefused
from core.publishing.notes.models import Note, NoteFolder
from core.publishing.notes.probing import ask_served
from core.publishing.notes.providers import RemoteFolder
from core.system.actors import Actor
from core.system.audit import record

LONGEST_TITLE = 50


def list_folders(session: Session, actor: Actor, account_id: str) -> list[NoteFolder]:
    """The account's folders as last read, in the site's order; empty for somebody else's account."""
    query = select(NoteFolder).where(NoteFolder.account_id == account_id, NoteFolder.user_id == actor.user_id)
    return list(session.scalars(query.order_by(NoteFolder.position, NoteFolder.id)))


def refresh_folders(line: Line, actor: Actor, account_id: str, *, now: datetime) -> list[NoteFolder]:
    """Read the folders from the site. Makes a call, so no transaction may be open.

    Raises ``AccountNotFound``, ``NotesNotServed`` and what ``asking.ask`` raises.
    """
    with line.database.read() as session:
        account = served_account(session, actor, account_id)
    found = ask_served(line, actor, account, lambda site, token: site.list_note_folders(token), now=now)
    with line.database.session() as session:
        _store(session, account, found, now)
        return list_folders(session, actor, account_id)


def create_folder(line: Line, actor: Actor, account_id: str, title: str, *, now: datetime) -> list[NoteFolder]:
    """Make a folder at the site; all folders as they are then. Makes calls, so no transaction may be open."""
    wanted = _title(title)
    with line.database.read() as session:
        account = served_account(session, actor, account_id)
        if any(one.title.casefold() == wanted.casefold() for one in list_folders(session, actor, account_id)):
            raise NoteRefused(f"There is a folder “{wanted}” already. Choose another title.")
    ask(line, account, lambda site, token: site.create_note_folder(token, wanted), now=now)
    with line.database.session() as session:
        record(session, actor, "note_folder.created", account_id, after={"title": wanted}, now=now)
    return refresh_folders(line, actor, account_id, now=now)


def rename_folder(line: Line, actor: Actor, folder_id: str, title: str, *, now: datetime) -> None:
    """Give a folder of the person's own another title, at the site and here."""
    wanted = _title(title)
    account, folder = _own(line, actor, folder_id)
    ask(line, account, lambda site, token: site.rename_note_folder(token, folder.remote_folder_id, wanted), now=now)
    with line.database.session() as session:
        get_folder(session, actor, folder_id).title = wanted
        record(
            session, actor, "note_folder.renamed", folder_id, before={"title": folder.title}, after={"title": wanted},
            now=now,
        )  # fmt: skip


def remove_folder(line: Line, actor: Actor, folder_id: str, *, now: datetime) -> None:
    """Take a folder of the person's own away; the site puts its notes back into the inbox."""
    account, folder = _own(line, actor, folder_id)
    ask(line, account, lambda site, token: site.remove_note_folder(token, folder.remote_folder_id), now=now)
    with line.database.session() as session:
        # What lay in it is read again from the inbox.
        session.execute(delete(Note).where(Note.folder_id == folder_id, Note.remote_note_id.is_not(None)))
        session.execute(delete(NoteFolder).where(NoteFolder.id == folder_id))
        record(session, actor, "note_folder.removed", folder_id, before={"title": folder.title}, now=now)


def _own(line: Line, actor: Actor, folder_id: str) -> tuple[Account, NoteFolder]:
    with line.database.read() as session:
        folder = get_folder(session, actor, folder_id)
        if folder.type is not None:
            raise NoteRefused(f"“{folder.title}” belongs to the site and stays as it is.")
        return served_account(session, actor, folder.account_id), folder


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise NoteRefused(f"A folder needs a title of at most {LONGEST_TITLE} characters.")
    return title


def _store(session: Session, account: Account, folders: Sequence[RemoteFolder], now: datetime) -> None:
    kept = [folder.folder_id for folder in folders]
    session.execute(
        delete(NoteFolder).where(NoteFolder.account_id == account.id, NoteFolder.remote_folder_id.not_in(kept))
    )
    # In the order of the key, so that two refreshing at once do not wait for each other in a circle.
    for position, folder in sorted(enumerate(folders), key=lambda one: one[1].folder_id):
        insert_or_update(
            session,
            NoteFolder,
            ["account_id", "remote_folder_id"],
            {
                "user_id": account.user_id,
                "account_id": account.id,
                "type": folder.type,
                "remote_folder_id": folder.folder_id,
                "title": folder.title[:120],
                "note_count": folder.note_count,
                "position": position,
                "cached_at": now,
            },
        )
