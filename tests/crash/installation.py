"""A small installation with real processes: a database, a store, the sandbox, and posts to publish."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select

from core.adapters.storage.factory import open_store
from core.clock import utc_now
from core.db.crypto import Keyring, install_keyring
from core.db.engine import Database
from core.identity.models import Account, User
from core.media.models import Blob
from core.publishing.models import Deviation, DeviationFile, DeviationStatus
from core.sales.models import SaleQueue
from core.system.models import Intent, IntentState
from tests.factories import make_account, make_blob, make_deviation, make_preset, make_user
from tests.media.samples import make_png
from tests.support.processes import RunningProcess
from tests.support.warm import running_warm

SECRET = "a key for crash tests"
PROVIDER = "deviantart-sandbox"


@dataclass
class Installation:
    """One installation under test."""

    database: Database
    sandbox_url: str
    environment: Mapping[str, str]
    folder: Path
    sandbox_client: httpx.Client

    def grant(self, username: str) -> dict[str, Any]:
        answer = self.sandbox_client.post("/_sandbox/grant", json={"username": username})
        answer.raise_for_status()
        tokens: dict[str, Any] = answer.json()
        return tokens

    def add_posts(self, sizes: list[int], *, accounts: int = 1, title: str = "Post") -> list[str]:
        """Posts due now with so many files each, over ``accounts`` accounts in turn; their ids."""
        store = open_store((self.folder / "data" / "files").as_uri(), s3_endpoint_url=None, s3_public_endpoint_url=None)
        ids = []
        with self.database.session() as session:
            user = make_user(session, f"artist{time.monotonic_ns() % 10**9}")
            linked = [self._account(session, user, f"{user.username}-{n}") for n in range(accounts)]
            for number, size in enumerate(sizes):
                blobs = []
                for place in range(size):
                    content = make_png(8, 8, texts={"Comment": f"{user.username} {number} {place}"})
                    sha256 = hashlib.sha256(content).hexdigest()
                    key = f"{user.id}/blobs/{sha256}.png"
                    store.put(key, content, content_type="image/png")
                    blobs.append(make_blob(session, user, content=content, storage_key=key))
                now = utc_now()
                times = {"scheduled_at": now, "actual_publish_at": now, "due_at": now}
                post = make_deviation(
                    session, user, linked[number % accounts], blobs=blobs, status="scheduled",
                    title=f"{title} {number}", **times,
                )  # fmt: skip
                ids.append(post.id)
        return ids

    def sell(self, posts: list[str]) -> None:
        """Give the posts a price, drawn once they are out."""
        with self.database.session() as session:
            for post in session.scalars(select(Deviation).where(Deviation.id.in_(posts))):
                owner = session.get_one(User, post.user_id)
                post.sale_preset_id = make_preset(session, owner, price=0, min_price=500, max_price=900).id

    def sold(self) -> list[str]:
        """The posts in the sale queue."""
        with self.database.read() as session:
            return list(session.scalars(select(SaleQueue.deviation_id)))

    def _account(self, session: Any, user: Any, username: str) -> Account:
        tokens = self.grant(username)
        return make_account(
            session, user, PROVIDER, username=username, provider_account_id=username,
            access_token=tokens["access_token"], refresh_token=tokens["refresh_token"],
            expires_at=utc_now() + timedelta(seconds=tokens["expires_in"]),
            refresh_token_expires_at=utc_now() + timedelta(days=90), last_refresh_token_refresh=utc_now(),
        )  # fmt: skip

    @contextmanager
    def scheduler(self, *, dies_at: int | None = None) -> Iterator[RunningProcess]:
        """The sidecar as a process; with ``dies_at`` it kills itself at that place."""
        log = self.folder / "scheduler.log"
        if dies_at is None:
            with running_warm("core.scheduler", output=log, settings=self.environment) as process:
                yield process
        else:
            dying = running_warm("tests.crash.dying_scheduler", str(dies_at), output=log, settings=self.environment)
            with dying as process:
                yield process

    def statuses(self, ids: list[str]) -> list[DeviationStatus]:
        with self.database.read() as session:
            return list(session.scalars(select(Deviation.status).where(Deviation.id.in_(ids))))

    def all_published(self, ids: list[str]) -> bool:
        return set(self.statuses(ids)) == {DeviationStatus.PUBLISHED}

    def wait(self, done: Callable[[], bool], *processes: RunningProcess, timeout_seconds: float = 90) -> None:
        """Return once ``done``; fails with their output when one of the processes ended, or it takes too long."""
        deadline = time.monotonic() + timeout_seconds
        while not done():
            for process in processes:
                if not process.is_running:
                    raise AssertionError(f"{' '.join(process.command[2:])} ended:\n{process.output()}")
            if time.monotonic() > deadline:
                outputs = "\n".join(process.output()[-6000:] for process in processes)
                raise AssertionError(f"It never happened:\n{outputs}")
            time.sleep(0.1)

    def files(self, ids: list[str]) -> list[Any]:
        """Per file of ``ids``: the hash of its content, its remote id."""
        query = (
            select(Blob.sha256, DeviationFile.remote_deviation_id)
            .join(DeviationFile, DeviationFile.blob_id == Blob.id)
            .where(DeviationFile.deviation_id.in_(ids))
        )
        with self.database.read() as session:
            return list(session.execute(query))

    def leases(self, ids: list[str]) -> int:
        """How many of ``ids`` some worker holds."""
        query = select(func.count()).where(Deviation.id.in_(ids), Deviation.execution_lock_id.is_not(None))
        with self.database.read() as session:
            return session.scalar(query) or 0

    def open_intents(self) -> int:
        """How many effects are in doubt."""
        query = select(func.count()).where(Intent.state.in_([IntentState.OPEN, IntentState.UNKNOWN]))
        with self.database.read() as session:
            return session.scalar(query) or 0

    def shown(self) -> dict[str, list[str]]:
        """What the sandbox shows: remote ids per hash."""
        answer = self.sandbox_client.get("/_sandbox/state", params={"only": "deviations"})
        answer.raise_for_status()
        shown: dict[str, list[str]] = {}
        for work in answer.json()["deviations"]:
            shown.setdefault(work["sha256"], []).append(work["deviationid"])
        return shown


@contextmanager
def installation(database_url: str, folder: Path, sandbox_url: str, **environment: str) -> Iterator[Installation]:
    """An installation on a migrated, empty database, publishing to the sandbox at ``sandbox_url``."""
    install_keyring(Keyring([SECRET]))
    database = Database(database_url)
    settings = {
        "ATELIER_DATA_DIR": str(folder / "data"),
        "ATELIER_DATABASE_URL": database_url,
        "ATELIER_SECRET_KEY": SECRET,
        "ATELIER_SANDBOX_URL": sandbox_url,
        "ATELIER_SCHEDULER_PORT": "0",
        "ATELIER_CALL_GAP_SECONDS": "0",
        "ATELIER_UNKNOWN_WAIT_SECONDS": "0.3",
        "ATELIER_LEASE_SECONDS": "2",
        "ATELIER_TICK_SECONDS": "0.2",
        "ATELIER_DISPATCH": "pool",
    } | environment
    try:
        with httpx.Client(base_url=sandbox_url, trust_env=False, timeout=30) as client:
            yield Installation(database, sandbox_url, settings, folder, client)
    finally:
        database.dispose()
