"""Alice's account and her notes at a site in memory."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from core.adapters.deviantart.sites import SANDBOX
from core.db.engine import Database
from core.identity.models import Account
from core.publishing.asking import Line
from core.publishing.notes import drafts, folders, reading
from core.publishing.notes.models import Note, NoteFolder
from core.publishing.notes.reading import NoteFilter
from core.system.actors import Actor
from tests.factories import DAY, NOON, make_account, make_user
from tests.notes.support import NotesSite


@dataclass
class House:
    """Reads and writes as Alice; ``charlie`` must see nothing."""

    database: Database
    account: Account
    charlie: Actor
    site: NotesSite = field(default_factory=NotesSite)

    @property
    def actor(self) -> Actor:
        return Actor.person(self.account.user_id)

    @property
    def line(self) -> Line:
        return Line(self.database, {SANDBOX: self.site}, 0.0, 1.0)  # type: ignore[dict-item]  # notes are all it is asked for

    def folder(self, title: str = "Inbox") -> NoteFolder:
        """A folder as stored; the folders are read first when nothing is known."""
        with self.database.read() as session:
            known = folders.list_folders(session, self.actor, self.account.id)
        if not any(one.title == title for one in known):
            known = folders.refresh_folders(self.line, self.actor, self.account.id, now=NOON)
        return next(one for one in known if one.title == title)

    def refresh(self, title: str = "Inbox", *, offset: int = 0) -> int | None:
        return reading.refresh_notes(self.line, self.actor, self.folder(title).id, offset=offset, now=NOON)

    def notes(self, title: str | None = "Inbox", **wanted: object) -> list[Note]:
        """What is stored of a folder, newest first."""
        folder_id = self.folder(title).id if title else None
        with self.database.read() as session:
            found = reading.list_notes(
                session,
                self.actor,
                self.account.id,
                NoteFilter(folder_id, **wanted),  # type: ignore[arg-type]
            )
        return list(found.notes)

    def draft(self, *to: str, subject: str = "Hello", body: str = "A note.") -> str:
        with self.database.session() as session:
            return drafts.save_draft(session, self.actor, self.account.id, to, subject, body, now=NOON).id

    def kept(self, draft_id: str) -> Note | None:
        with self.database.read() as session:
            return session.get(Note, draft_id)


@pytest.fixture
def house(database: Database) -> House:
    with database.session() as session:
        account = make_account(
            session, make_user(session), expires_at=NOON + 9 * DAY, scope="basic user note", username="alice-art"
        )
        charlie = Actor.person(make_user(session, "charlie").id)
    return House(database, account, charlie)


MINUTE = timedelta(minutes=1)
