"""The engine with the real adapter, HTTP, and the sandbox at the other end, all by a clock that is moved by hand."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.adapters.deviantart.sites import SANDBOX, build_sites
from core.adapters.storage.factory import open_store
from core.db.engine import Database
from core.identity import tokens
from core.identity.connect import link
from core.identity.models import Account
from core.identity.providers import RemoteIdentity, TokenPair
from core.jobs.ports import Ports
from core.publishing.models import Deviation, DeviationStatus
from core.sandbox.server import running
from core.settings import Settings
from core.system.actors import Actor
from core.system.models import IntentState
from tests.factories import DAY, NOON, make_account, make_blob, make_deviation, make_user
from tests.media.samples import make_png
from tests.publishing.execution.conftest import Rig
from tests.sandbox.support import ControlClient

ARTIST = "breaker"
TIMEOUT_SECONDS = 0.5


@dataclass
class SandboxRig(Rig):
    """A rig whose site is the sandbox; ``control`` tells it to misbehave and what it has seen."""

    control: ControlClient = field(kw_only=True)
    pictures: int = 0

    def post(self, *, files: int = 1, account: Account | None = None, due_at: datetime = NOON, **fields: Any) -> str:
        with self.database.session() as session:
            blobs = []
            for _ in range(files):
                self.pictures += 1
                content = make_png(8, 8, texts={"Comment": f"number {self.pictures}"})
                blob = make_blob(session, self.user, content=content)
                self.ports.store.put(blob.storage_key, content, content_type="image/png")
                blobs.append(blob)
            times = {"scheduled_at": due_at, "actual_publish_at": due_at, "due_at": due_at}
            values = {"status": "scheduled"} | times | fields
            return make_deviation(session, self.user, account or self.account, blobs=blobs, **values).id

    def fault(self, kind: str, endpoint: str = "/stash/publish", *, count: int = 1, **rule: Any) -> None:
        self.control.fault(kind, endpoint, count=count, **rule)

    def keep_tokens(self) -> int:
        """One tick of the token keeper."""
        return tokens.refresh_due_accounts(self.database, self.ports.sites, now=self.now)

    def reconnect(self) -> None:
        """Its person connects the account again."""
        given = self.control.post("/grant", username=ARTIST)
        identity = RemoteIdentity(self.account.provider_account_id, ARTIST, None)
        pair = TokenPair(
            given["access_token"], given["refresh_token"], self.now + timedelta(seconds=given["expires_in"]),
            self.now + 90 * DAY, "Bearer", given["scope"],
        )  # fmt: skip
        with self.database.session() as session:
            link(session, Actor.person(self.user.id), SANDBOX, identity, pair, now=self.now)

    def read_account(self) -> Account:
        with self.database.read() as session:
            return session.get_one(Account, self.account.id)

    def calls(self, endpoint: str) -> list[dict[str, Any]]:
        """What reached one endpoint of the sandbox."""
        return [row for row in self.control.state("requests") if row["endpoint"] == endpoint]

    def shown(self) -> Counter[str]:
        """How often each file (by its SHA-256) is on show."""
        return Counter(work["sha256"] for work in self.control.state("deviations"))

    def assert_published_once(self, *posts: str, with_address: bool = True) -> None:
        """Every file of ``posts`` is on show exactly once, and nothing is in doubt any more."""
        rows = [self.read(post) for post in posts]
        assert {row.status for row in rows} == {DeviationStatus.PUBLISHED}
        assert sorted(self.shown().values()) == [1] * sum(len(row.files) for row in rows)
        assert not [one for one in self.intents() if one.state in (IntentState.OPEN, IntentState.UNKNOWN)]
        if with_address:
            self._assert_addresses(rows)

    def _assert_addresses(self, rows: list[Deviation]) -> None:
        shown = {work["deviationid"]: work["sha256"] for work in self.control.state("deviations")}
        for file in (file for row in rows for file in row.files):
            assert shown[file.remote_deviation_id] in file.storage_key


@contextlib.contextmanager
def sandbox_rig(database: Database, folder: Path, **settings: Any) -> Iterator[SandboxRig]:
    """A rig on ``database`` with one connected account, whose clock stands at ``NOON``."""
    clock = _Clock()
    with running(clock=clock) as url:
        chosen = Settings(
            data_dir=folder / "data", sandbox_url=url, database_url=database.url.render_as_string(hide_password=False),
            provider_timeout_seconds=TIMEOUT_SECONDS, unknown_wait_seconds=20, **({"call_gap_seconds": 0} | settings),
        )  # fmt: skip
        store = open_store(chosen.resolved_storage_url)
        sites = build_sites(chosen)
        control = ControlClient(url)
        given = control.post("/grant", username=ARTIST)
        with database.session() as session:
            user = make_user(session)
            account = make_account(
                session, user, username=ARTIST, provider_account_id=given["userid"],
                access_token=given["access_token"], refresh_token=given["refresh_token"],
                last_refresh_token_refresh=NOON,
            )  # fmt: skip
        ports = Ports(chosen, database, store, sites, clock, "worker-1")
        clock.rig = SandboxRig(database, ports, sites[SANDBOX], account, user, control=control)  # type: ignore[arg-type]
        try:
            yield clock.rig
        finally:
            control.close()
            sites[SANDBOX].close()


class _Clock:
    """The hand-moved clock of the rig, for both ends of the line."""

    rig: SandboxRig | None = None

    def __call__(self) -> datetime:
        return self.rig.now if self.rig else NOON
