"""How fast due posts go through the engine, against the bare claim-and-complete rate of the same database.

Bare: claim one due row by conditional update, mark it complete, each in its own transaction, one
thread, through the same SQLAlchemy engine. Measured: 2,000 posts with one file each through the
sidecar's pool (claim, two intents, two calls, results, attempts, audit), the adapter answering at
once.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update

from benchmarks.support import Bench, Row, each_engine
from core.clock import utc_now
from core.db.engine import Database
from core.db.ids import new_id
from core.jobs.pool import WorkerPool
from core.jobs.ports import Ports, worker_name
from core.publishing.execution import claims
from core.publishing.models import Deviation, DeviationFile, DeviationStatus
from core.publishing.providers import Publication, Published, Submission
from core.settings import Settings
from tests.factories import make_account, make_blob, make_user

NAME = "publishing"
POSTS = 2_000
ACCOUNTS = 200
PROVIDER = "deviantart-sandbox"
TARGET_RATIO = 0.25
SPREAD_ACCOUNTS = 500
SPREAD_LATENCY_SECONDS = 0.2
SPREAD_TARGET_SECONDS = 5.0

_D = Deviation.__table__


class InstantSite:
    """Answers at once, or after ``latency`` seconds; notes when each submit began."""

    def __init__(self, latency: float = 0) -> None:
        self._latency = latency
        self._lock = threading.Lock()
        self._number = 0
        self.started: list[float] = []

    def submit(self, token: str, submission: Submission) -> str:
        self.started.append(time.time())
        time.sleep(self._latency) if self._latency else None
        with self._lock:
            self._number += 1
            return str(self._number)

    def publish(self, token: str, publication: Publication) -> Published:
        time.sleep(self._latency) if self._latency else None
        return Published(new_id("rem"), "https://site.test/art", None, utc_now())

    def newest(self, token: str, *, limit: int = 48) -> Iterator[Published]:
        return iter(())


class OneFileStore:
    """Every key is the same small file: storage is not what is measured."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(b"a picture")
        self._path = path

    def local_path(self, key: str) -> Path:
        return self._path


def _fill(database: Database, *, posts: int, accounts: int, due_in: float = 0) -> float:
    """Posts due together, spread over accounts; the instant they are due, as a timestamp."""
    with database.session() as session:
        user = make_user(session, f"bench{time.monotonic_ns()}")
        far = utc_now() + timedelta(days=2)
        linked = [make_account(session, user, expires_at=far).id for _ in range(accounts)]
        blob = make_blob(session, user)
        due_at = utc_now() + timedelta(seconds=due_in)
        rows: list[dict[str, Any]] = [
            {
                "id": new_id("dev"), "user_id": user.id, "account_id": linked[number % accounts],
                "status": DeviationStatus.SCHEDULED, "title": f"Picture {number}", "scheduled_at": due_at,
                "actual_publish_at": due_at, "due_at": due_at,
            }
            for number in range(posts)
        ]  # fmt: skip
        session.execute(insert(Deviation), rows)
        session.execute(
            insert(DeviationFile),
            [
                {
                    "deviation_id": row["id"], "blob_id": blob.id, "original_filename": "picture.png",
                    "storage_key": blob.storage_key, "storage_url": "", "mime_type": "image/png", "file_size": 9,
                    "created_at": due_at,
                }
                for row in rows
            ],
        )  # fmt: skip
    return due_at.timestamp()


def bare_rate(database: Database, posts: int) -> float:
    """Rows per second: claim one, complete one."""
    started, done = time.perf_counter(), 0
    while True:
        now = utc_now()
        oldest = (
            select(_D.c.id)
            .where(_D.c.status == DeviationStatus.SCHEDULED, _D.c.due_at <= now)
            .order_by(_D.c.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        with database.connection() as connection:
            claimed = connection.execute(
                update(_D)
                .where(_D.c.id == oldest, _D.c.status == DeviationStatus.SCHEDULED)
                .values(status=DeviationStatus.UPLOADING, execution_version=_D.c.execution_version + 1)
                .returning(_D.c.id)
            ).scalar()
        if claimed is None:
            break
        with database.connection() as connection:
            connection.execute(
                update(_D)
                .where(_D.c.id == claimed, _D.c.status == DeviationStatus.UPLOADING)
                .values(status=DeviationStatus.PUBLISHED, published_at=utc_now(), due_at=None)
            )
        done += 1
    assert done == posts
    return done / (time.perf_counter() - started)


def _ports(database: Database, bench: Bench, site: InstantSite) -> Ports:
    settings = Settings(data_dir=bench.folder, call_gap_seconds=0)
    store: Any = OneFileStore(bench.folder / "picture.png")
    sites: Any = {PROVIDER: site}
    return Ports(settings, database, store, sites, utc_now, worker_name())


def engine_rate(database: Database, bench: Bench, posts: int, site: InstantSite) -> float:
    """Posts per second through the sidecar's pool."""
    ports = _ports(database, bench, site)
    pool = _pool(ports)
    started = time.perf_counter()
    pool.start()
    _wait_until_published(database, pool, posts)
    took = time.perf_counter() - started
    assert pool.stop(timeout=10)
    return posts / took


def _pool(ports: Ports) -> WorkerPool:
    runner = ports.runner(lambda: False)

    def claim(limit: int) -> list[Any]:
        return claims.claim_due(ports.database, ports.worker, now=ports.clock(), limit=limit)

    return WorkerPool(size=ports.settings.workers, claim=claim, run=runner.run)


def _wait_until_published(database: Database, pool: WorkerPool, posts: int) -> None:
    left = select(func.count()).where(_D.c.status.in_(["scheduled", "uploading", "publishing"]))
    while True:
        pool.wake()
        time.sleep(0.2)
        with database.read() as session:
            if session.scalar(left) == 0:
                return


def _throughput(bench: Bench) -> Row:
    with bench.database() as database:
        _fill(database, posts=POSTS, accounts=ACCOUNTS)
        bare = bare_rate(database, POSTS)
    with bench.database() as database:
        _fill(database, posts=POSTS, accounts=ACCOUNTS)
        measured = engine_rate(database, bench, POSTS, InstantSite())
        with database.read() as session:
            published = session.scalar(select(func.count()).where(_D.c.status == DeviationStatus.PUBLISHED))
        assert published == POSTS
    return Row(
        "publish 2,000 due posts", bench.engine, f"{measured:.0f} posts/s", f"bare claim and complete {bare:.0f}/s",
        measured / bare, f"≥ {TARGET_RATIO}", measured / bare >= TARGET_RATIO,
    )  # fmt: skip


def _last_start(bench: Bench) -> Row:
    site = InstantSite(SPREAD_LATENCY_SECONDS)
    with bench.database() as database:
        due = _fill(database, posts=SPREAD_ACCOUNTS, accounts=SPREAD_ACCOUNTS, due_in=2)
        ports = _ports(database, bench, site)
        pool = _pool(ports)
        pool.start()
        _wait_until_published(database, pool, SPREAD_ACCOUNTS)
        assert pool.stop(timeout=10)
    late = max(site.started) - due
    return Row(
        "500 accounts due in one second: last start", bench.engine, f"{late:.2f} s after due", "5 s",
        late / SPREAD_TARGET_SECONDS, "≤ 1", late <= SPREAD_TARGET_SECONDS,
    )  # fmt: skip


def run() -> Sequence[Row]:
    """Both figures on both engines."""
    return [measure(bench) for bench in each_engine() for measure in (_throughput, _last_start)]
