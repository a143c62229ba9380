"""One sidecar's worth of publishing on a real database, a site in memory, and a clock that is moved by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.adapters.storage.factory import open_store
from core.db.engine import Database
from core.identity.models import Account, User
from core.jobs.ports import Ports
from core.publishing.execution import claims
from core.publishing.execution.work import Work
from core.publishing.models import Deviation, PublishAttempt
from core.settings import Settings
from core.system.models import Intent
from tests.factories import NOON, make_account, make_blob, make_deviation, make_user
from tests.support.fake_site import FakeSite

PROVIDER = "deviantart-sandbox"


@dataclass
class Rig:
    """What a test of the engine holds in its hands."""

    database: Database
    ports: Ports
    site: FakeSite
    account: Account
    user: User
    now: datetime = NOON
    stopping: bool = False
    worker: str = "worker-1"
    _made: list[str] = field(default_factory=list)

    def post(self, *, files: int = 1, account: Account | None = None, due_at: datetime = NOON, **fields: Any) -> str:
        """A post due at ``due_at``; its id."""
        with self.database.session() as session:
            blobs = []
            for _ in range(files):
                blob = make_blob(session, self.user)
                self.ports.store.put(blob.storage_key, b"the picture", content_type="image/png")
                blobs.append(blob)
            times = {"scheduled_at": due_at, "actual_publish_at": due_at, "due_at": due_at}
            values = {"status": "scheduled"} | times | fields
            return make_deviation(session, self.user, account or self.account, blobs=blobs, **values).id

    def other_account(self) -> Account:
        with self.database.session() as session:
            return make_account(session, self.user)

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def claim(self, *, worker: str | None = None, limit: int = 50) -> list[Work]:
        return claims.claim_due(self.database, worker or self.worker, now=self.now, limit=limit)

    def run_due(self) -> int:
        """Claim and run what is due now, once; how many posts."""
        works = self.claim()
        runner = self.ports.runner(lambda: self.stopping)
        for work in works:
            runner.run(work)
        return len(works)

    def run_for(self, seconds: float, *, step: float = 5) -> None:
        """Let time pass, looking for due posts every ``step`` seconds."""
        until = self.now + timedelta(seconds=seconds)
        while self.now < until:
            self.run_due()
            self.advance(step)

    def read(self, deviation_id: str) -> Deviation:
        with self.database.read() as session:
            query = select(Deviation).where(Deviation.id == deviation_id).options(selectinload(Deviation.files))
            return session.scalars(query).one()

    def all(self, model: Any, order: Any) -> list[Any]:
        with self.database.read() as session:
            return list(session.scalars(select(model).order_by(order)))

    def attempts(self) -> list[PublishAttempt]:
        return self.all(PublishAttempt, PublishAttempt.id)

    def intents(self) -> list[Intent]:
        return self.all(Intent, Intent.id)

    def change(self, deviation_id: str, **values: Any) -> None:
        with self.database.session() as session:
            deviation = session.get_one(Deviation, deviation_id)
            for name, value in values.items():
                setattr(deviation, name, value)


@pytest.fixture
def make_rig(database: Database, tmp_path: Path, database_url: str) -> Callable[..., Rig]:
    def build(*, call_gap_seconds: float = 0, **settings_values: Any) -> Rig:
        settings = Settings(
            data_dir=tmp_path / "data",
            database_url=database_url,
            call_gap_seconds=call_gap_seconds,
            unknown_wait_seconds=20,
            **settings_values,
        )
        store = open_store(settings.resolved_storage_url, s3_endpoint_url=None, s3_public_endpoint_url=None)
        with database.session() as session:
            user = make_user(session, "alice")
            account = make_account(session, user, expires_at=NOON + timedelta(days=400))
        rig: Rig
        site = FakeSite(lambda: rig.now)
        ports = Ports(settings, database, store, {PROVIDER: site}, lambda: rig.now, "worker-1")
        rig = Rig(database, ports, site, account, user)
        return rig

    return build


@pytest.fixture
def rig(make_rig: Callable[..., Rig]) -> Rig:
    return make_rig()
