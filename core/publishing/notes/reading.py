"""Notes as last read from the site, and reading them anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from core.db.folding import folded
from core.db.upsert import insert_or_update
from core.publishing.asking import Line, ask
from core.publishing.csv_cells import cell
from core.publishing.notes.access import get_folder, get_note, served_account
from core.publishing.notes.models import Note, NoteFolder, NoteFolderLabel, NoteFolderType
from core.publishing.notes.probing import ask_served
from core.publishing.notes.providers import NotePage, RemoteNote
from core.system.actors import Actor

PAGE_SIZE = 25
REMOTE_PAGE_SIZE = 50
VIEWS = frozenset({NoteFolderType.UNREAD, NoteFolderType.STARRED})
LONGEST_SUBJECT = 300


@dataclass(frozen=True, slots=True)
class NoteFilter:
    """Which notes of an account: of a folder, with a label, holding every word of ``search``. All that are set count.

    ``drafts`` are those that have not been sent, which lie in no folder.
    """

    folder_id: str | None = None
    label_id: str | None = None
    search: str = ""
    drafts: bool = False


EVERYTHING = NoteFilter()


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of notes, newest first; ``total`` counts all pages."""

    notes: tuple[Note, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(-(-self.total // PAGE_SIZE), 1)


def list_notes(
    session: Session, actor: Actor, account_id: str, wanted: NoteFilter = EVERYTHING, *, page: int = 1
) -> Listed:
    """What is stored; without a call. Raises ``FolderNotFound``."""
    query = _matching(session, actor, account_id, wanted)
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number = min(max(page, 1), max(-(-total // PAGE_SIZE), 1))
    newest = func.coalesce(Note.sent_at, Note.cached_at).desc()
    rows = session.scalars(query.order_by(newest, Note.id.desc()).offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE))
    return Listed(tuple(rows), total, number)


def refresh_notes(line: Line, actor: Actor, folder_id: str, *, offset: int = 0, now: datetime) -> int | None:
    """Read fifty notes of a folder from the site; where older ones begin, ``None`` when there are none.

    Makes a call, so no transaction may be open. Notes that are gone from that stretch are forgotten.
    """
    with line.database.read() as session:
        folder = get_folder(session, actor, folder_id)
        account = served_account(session, actor, folder.account_id)
    remote = folder.remote_folder_id
    page = ask_served(
        line, actor, account,
        lambda site, token: site.list_notes(token, remote, offset=offset, limit=REMOTE_PAGE_SIZE), now=now,
    )  # fmt: skip
    with line.database.session() as session:
        for note in sorted(page.notes, key=lambda one: one.note_id):
            _store(session, folder, note, now)
        if offset == 0:
            _forget_missing(session, folder, page)
    return page.next_offset


def open_note(line: Line, actor: Actor, note_id: str, *, now: datetime) -> Note:
    """A note with its body, which is asked for when the listing left it out."""
    with line.database.read() as session:
        note = get_note(session, actor, note_id)
        if note.body is not None or note.remote_note_id is None:
            return note
        account = served_account(session, actor, note.account_id)
    remote = note.remote_note_id
    found = ask(line, account, lambda site, token: site.read_note(token, remote), now=now)
    with line.database.session() as session:
        kept = get_note(session, actor, note_id, lock=True)
        kept.body = _storable(found.body or found.preview)
        return kept


def csv_rows(session: Session, actor: Actor, account_id: str, wanted: NoteFilter = EVERYTHING) -> Iterator[list[str]]:
    """All that match as rows of a CSV file: which notes they are, the header, the notes."""
    folder = get_folder(session, actor, wanted.folder_id).title if wanted.folder_id else "all"
    yield ["filter", cell(f"folder {folder}, label {wanted.label_id or 'any'}, search {wanted.search or 'none'}")]
    yield ["sent_at", "from", "to", "subject", "unread", "starred", "text"]
    for note in session.scalars(_matching(session, actor, account_id, wanted).order_by(Note.sent_at.desc(), Note.id)):
        yield [
            note.sent_at.isoformat() if note.sent_at else "", cell(note.sender), cell(", ".join(note.recipients)),
            cell(note.subject), "yes" if note.is_unread else "no", "yes" if note.is_starred else "no",
            cell(note.body or note.preview),
        ]  # fmt: skip


def count_unread(session: Session, actor: Actor, account_id: str) -> int:
    """How many of the stored notes nobody has read."""
    mine = (Note.user_id == actor.user_id) & (Note.account_id == account_id)
    return session.scalar(select(func.count()).where(mine, Note.is_unread.is_(True))) or 0


def _matching(session: Session, actor: Actor, account_id: str, wanted: NoteFilter) -> Select[Note]:
    query = select(Note).where(Note.user_id == actor.user_id, Note.account_id == account_id)
    if wanted.drafts:
        query = query.where(Note.remote_note_id.is_(None))
    else:
        query = query.where(Note.remote_note_id.is_not(None))
    if wanted.folder_id is not None:
        query = query.where(_in_folder(get_folder(session, actor, wanted.folder_id)))
    if wanted.label_id is not None:
        labelled = exists().where(
            NoteFolderLabel.label_id == wanted.label_id,
            or_(NoteFolderLabel.note_id == Note.id, NoteFolderLabel.folder_id == Note.folder_id),
        )
        query = query.where(labelled)
    for word in wanted.search.lower().split():
        columns = (Note.subject, Note.sender, Note.preview, Note.body)
        query = query.where(or_(*(folded(session, column).contains(word, autoescape=True) for column in columns)))
    return query


def _in_folder(folder: NoteFolder) -> ColumnElement[bool]:
    """The site's two views are marks of our own rows: a note lies in one folder and may show in several."""
    if folder.type is NoteFolderType.UNREAD:
        return Note.is_unread.is_(True)
    if folder.type is NoteFolderType.STARRED:
        return Note.is_starred.is_(True)
    return Note.folder_id == folder.id


def _store(session: Session, folder: NoteFolder, note: RemoteNote, now: datetime) -> None:
    values = {
        "user_id": folder.user_id,
        "account_id": folder.account_id,
        "remote_note_id": note.note_id,
        "sender": (note.sender or "")[:64] or None,
        "recipients": list(note.recipients),
        "subject": _storable(note.subject)[:LONGEST_SUBJECT],
        "preview": _storable(note.preview),
        "sent_at": note.sent_at,
        "is_unread": note.is_unread,
        "is_starred": note.is_starred,
        "cached_at": now,
    }
    if folder.type not in VIEWS:
        values["folder_id"] = folder.id
    if note.body is not None:
        values["body"] = _storable(note.body)
    insert_or_update(session, Note, ["account_id", "remote_note_id"], values)


def _forget_missing(session: Session, folder: NoteFolder, page: NotePage) -> None:
    """What the stretch that was read no longer shows: moved, deleted, or no longer marked."""
    shown = [note.note_id for note in page.notes]
    missing = [_in_folder(folder), Note.account_id == folder.account_id, Note.remote_note_id.not_in(shown)]
    if page.next_offset is not None:
        oldest = min((note.sent_at for note in page.notes if note.sent_at is not None), default=None)
        if oldest is None:
            return
        missing.append(Note.sent_at >= oldest)
    if folder.type in VIEWS:
        mark = {"is_unread": False} if folder.type is NoteFolderType.UNREAD else {"is_starred": False}
        session.execute(update(Note).where(*missing).values(**mark))
        return
    # Somebody gave it a label: it may have been moved, and shows again when its folder is read.
    labelled = exists().where(NoteFolderLabel.note_id == Note.id)
    session.execute(update(Note).where(*missing, labelled).values(folder_id=None))
    session.execute(delete(Note).where(*missing, ~labelled))


def _storable(text: str) -> str:
    return text.replace("\0", "")  # PostgreSQL takes none
