"""Alice's account at the sandbox, with folders, and what she can do to them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.adapters.deviantart.sites import SANDBOX, DeviantArt
from core.db.engine import Database
from core.identity.models import Account, User
from core.publishing import gallery_changes
from core.publishing.asking import Line
from core.publishing.galleries import cached_galleries
from core.publishing.models import Deviation
from core.system.actors import Actor
from core.system.models import AuditEvent, Intent
from tests.deviantart.conftest import control, sandbox_url, site
from tests.factories import DAY, NOON, make_account, make_deviation, make_user
from tests.sandbox.support import Artist, ControlClient, png

__all__ = ["control", "sandbox_url", "site"]


@dataclass
class House:
    """Alice, her account, the line to the sandbox, and looks at both ends."""

    database: Database
    account: Account
    line: Line
    control: ControlClient
    artist: Artist
    now: datetime = NOON
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return Actor.person(self.account.user_id)

    @property
    def about(self) -> tuple[Line, Actor, str]:
        """What every service begins with."""
        return self.line, self.actor, self.account.id

    def clock(self) -> datetime:
        return self.now

    def read(self) -> None:
        """Read the folders, and remember their ids by name."""
        found = gallery_changes.refresh(*self.about, clock=self.clock)
        self.ids = {folder.name: folder.folder_id for folder in found}

    def there(self) -> list[str]:
        """The names of the folders at the site, in its order."""
        listed = self.artist.get("/gallery/folders", limit=50).json()["results"]
        return [folder["name"] for folder in listed]

    def here(self) -> list[str]:
        """The names of the folders as kept here."""
        with self.database.read() as session:
            return [one.name for one in cached_galleries(session, self.actor, self.account.id).folders]

    def inside(self, name: str) -> list[str]:
        """The titles in a folder at the site."""
        return sorted(self.artist.gallery_titles(f"/gallery/{self.ids[name]}"))

    def published(self, *titles: str, folder: str | None = None) -> list[str]:
        """Posts that are out, at both ends; their ids here."""
        made = []
        for title in titles:
            extra = {"galleryids[]": [self.ids[folder]], "feature": "false"} if folder else {}
            remote = self.artist.published(png(seed=len(title) + sum(map(ord, title))), title=title, **extra)
            made.append((title, remote["deviationid"]))
        with self.database.session() as session:
            account = session.get_one(Account, self.account.id)
            user = owner_of(session, account)
            rows = [
                make_deviation(session, user, account, status="published", title=title, deviation_id=remote,
                               gallery_ids=[self.ids[folder]] if folder else [])
                for title, remote in made
            ]  # fmt: skip
            return [row.id for row in rows]

    def folders_of(self, post_id: str) -> list[str]:
        """The names of the folders a post names here."""
        names = {folder_id: name for name, folder_id in self.ids.items()}
        with self.database.read() as session:
            return [names.get(one, one) for one in session.get_one(Deviation, post_id).gallery_ids]

    def intents(self) -> list[str]:
        """The states of all intents, oldest first."""
        with self.database.read() as session:
            return [one.state.value for one in session.query(Intent).order_by(Intent.opened_at, Intent.id)]

    def events(self) -> list[str]:
        """The audit events of galleries, oldest first."""
        with self.database.read() as session:
            found = session.query(AuditEvent).filter(AuditEvent.subject_type == "gallery")
            return [one.action for one in found.order_by(AuditEvent.at, AuditEvent.id)]

    def calls(self, endpoint: str) -> int:
        """How often the site was asked for something."""
        return sum(one["endpoint"].startswith(endpoint) for one in self.control.state("requests"))

    def fault(self, kind: str, endpoint: str, **rule: Any) -> None:
        self.control.post("/faults", kind=kind, endpoint=endpoint, **({"count": 1} | rule))


def owner_of(session: Session, account: Account) -> User:
    """The account's person, as a row of this session."""
    return session.get_one(User, account.user_id)


@pytest.fixture
def house(database: Database, site: DeviantArt, control: ControlClient) -> Iterator[House]:
    control.post("/users", username="alice", folders=["Foxes", "Owls", "Snow"])
    token = str(control.post("/grant", username="alice")["access_token"])
    with database.session() as session:
        account = make_account(session, make_user(session), access_token=token, expires_at=NOON + DAY)
    artist = Artist(control.base_url, {"access_token": token})
    found = House(database, account, Line(database, {SANDBOX: site}, 0.0, patience_seconds=0.2), control, artist)
    found.read()
    yield found
    artist.close()
