"""An account with a gallery from before, and a walker to take it over."""

import io
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

from core.db.engine import Database
from core.identity.models import Account, User
from core.media.probe import ProbeLimits
from core.media.storage import ObjectStore
from core.publishing.asking import Line
from core.publishing.models import Deviation
from core.publishing.statistics.models import GalleryImport
from core.publishing.takeover import runs
from core.publishing.takeover.providers import GalleryWork, WorkDescription
from core.publishing.takeover.walking import Walker
from core.system.actors import Actor
from tests.factories import DAY, NOON, make_account, make_user
from tests.publishing.gallery_site import GallerySite


def jpeg(seed: int) -> bytes:
    """A small picture; each seed another."""
    out = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (24, 32, 3), dtype=np.uint8)).save(out, "JPEG")
    return out.getvalue()


@dataclass
class Rig:
    """Alice, her gallery of works ``w0`` (newest) on, and the clock."""

    database: Database
    store: ObjectStore
    site: GallerySite
    user: User
    account: Account
    now: datetime = NOON

    @property
    def actor(self) -> Actor:
        return Actor.person(self.user.id)

    @property
    def walker(self) -> Walker:
        line = Line(self.database, {self.account.provider: self.site}, floor_seconds=0.0)
        return Walker(line, self.store, lambda: self.now, ProbeLimits())

    def advance(self, **time: float) -> None:
        self.now += timedelta(**time)

    def fill(self, count: int) -> None:
        self.site.works = [
            GalleryWork(
                f"w{n}", f"https://site.test/art/w{n}", f"Work {n} &amp; more", NOON - n * DAY, picture_url=f"pic{n}"
            )
            for n in range(count)
        ]
        self.site.pictures = {f"pic{n}": jpeg(n) for n in range(count)}
        self.site.described = {
            f"w{n}": WorkDescription(f"w{n}", f"<p>About {n}</p>", ["sea", "Sea", "light"]) for n in range(count)
        }

    def start(self, **options: bool) -> str:
        with self.database.session() as session:
            return runs.start(session, self.actor, self.account.id, now=self.now, **options)

    def act(self, service, import_id: str) -> None:
        with self.database.session() as session:
            service(session, self.actor, import_id, now=self.now)

    def run_of(self, import_id: str) -> GalleryImport:
        with self.database.read() as session:
            return session.get_one(GalleryImport, import_id)

    def posts(self) -> dict[str, Deviation]:
        with self.database.read() as session:
            query = select(Deviation).where(Deviation.deleted_at.is_(None))
            return {post.deviation_id or post.id: post for post in session.scalars(query)}


@pytest.fixture
def rig(database: Database, store: ObjectStore) -> Rig:
    with database.session() as session:
        user = make_user(session, "alice")
        account = make_account(session, user, expires_at=NOON + 999 * DAY)
    return Rig(database, store, GallerySite(lambda: NOON), user, account)
