"""A sidecar in a thread of the test, publishing to a site in memory by the real clock."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.adapters.storage.factory import open_store
from core.clock import Clock, utc_now
from core.db.engine import Database, DatabaseUnavailableError
from core.identity.models import User
from core.jobs.ports import Ports, worker_name
from core.jobs.sidecar import Sidecar
from core.publishing.models import Deviation, DeviationStatus
from core.publishing.providers import Publication, Published
from core.settings import Settings
from tests.factories import DAY, make_account, make_blob, make_deviation, make_user
from tests.support.fake_site import FakeSite

PROVIDER = "deviantart-sandbox"
PATIENCE_SECONDS = 120
QUICK: dict[str, Any] = {
    "call_gap_seconds": 0, "unknown_wait_seconds": 0.2, "lease_seconds": 2, "tick_seconds": 0.1, "workers": 8,
    "dispatch": "pool",
}  # fmt: skip


class SlowSite(FakeSite):
    """Takes its time over publishing, without holding up the other calls."""

    seconds: float = 0.05

    def publish(self, token: str, publication: Publication) -> Published:
        time.sleep(self.seconds)
        return super().publish(token, publication)


@dataclass
class House:
    """An installation with its sidecars."""

    database: Database
    ports: Ports
    site: SlowSite
    user: User

    def add_posts(self, number: int) -> list[str]:
        """Posts that are due, each of an account of its own."""
        now, ids = utc_now(), []
        with self.database.session() as session:
            for _ in range(number):
                account = make_account(session, self.user, expires_at=now + 400 * DAY, last_refresh_token_refresh=now,
                                       refresh_token_expires_at=now + 90 * DAY)  # fmt: skip
                blob = make_blob(session, self.user)
                self.ports.store.put(blob.storage_key, b"the picture", content_type="image/png")
                times = {"scheduled_at": now, "actual_publish_at": now, "due_at": now}
                post = make_deviation(session, self.user, account, blobs=[blob], status="scheduled", **times)
                ids.append(post.id)
        return ids

    @contextlib.contextmanager
    def sidecar(self, clock: Clock | None = None) -> Iterator[Sidecar]:
        """One that runs for the length of the block, and must still run at its end."""
        sidecar = Sidecar(replace(self.ports, worker=worker_name(), clock=clock or self.ports.clock))
        thread = threading.Thread(target=sidecar.run, name="sidecar")
        thread.start()
        try:
            yield sidecar
            assert thread.is_alive()
        finally:
            sidecar.stop()
            thread.join(timeout=60)
            assert not thread.is_alive()

    def statuses(self, ids: list[str]) -> Mapping[str, DeviationStatus]:
        with self.database.read() as session:
            rows = session.execute(select(Deviation.id, Deviation.status).where(Deviation.id.in_(ids)))
            return {row.id: row.status for row in rows}

    def all_published(self, ids: list[str]) -> bool:
        return set(self.statuses(ids).values()) == {DeviationStatus.PUBLISHED}

    def assert_each_shown_once(self, ids: list[str]) -> None:
        with self.database.read() as session:
            known = set(session.scalars(select(Deviation.deviation_id).where(Deviation.id.in_(ids))))
        assert len(known) == len(ids)
        assert known == {shown.deviation_id for shown in self.site.gallery}


def make_house(database: Database, folder: Path, **settings: Any) -> House:
    """A house on ``database``; its site is known to all accounts."""
    url = database.url.render_as_string(hide_password=False)
    chosen = Settings(data_dir=folder / "data", database_url=url, **(QUICK | settings))
    store = open_store(chosen.resolved_storage_url)
    site = SlowSite(utc_now)
    with database.session() as session:
        user = make_user(session)
    ports = Ports(chosen, database, store, {PROVIDER: site}, utc_now, "nobody")
    return House(database, ports, site, user)


def until(done: Callable[[], Any]) -> None:
    """Wait for ``done``; a database that is away at the moment counts as no."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with contextlib.suppress(DatabaseUnavailableError):
            if done():
                return
        assert time.monotonic() < deadline, "It never happened."
        time.sleep(0.02)
