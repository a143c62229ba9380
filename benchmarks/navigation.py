"""How long Content takes to open with 10,000 deviations, against a blank page: see ``visits`` for how."""

import io
from collections.abc import Iterator
from datetime import timedelta

from PIL import Image
from playwright.sync_api import Page
from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks.support import Bench, Row, each_engine
from benchmarks.visits import Target, measure_visits
from core.clock import utc_now
from core.db.ids import new_id
from core.identity import sessions
from core.identity.models import User
from core.media.blobs import thumbnail_key
from core.media.models import Blob
from core.media.thumbnails import THUMBNAIL_SIZES
from core.publishing.models import Deviation, DeviationFile, DeviationStatus
from core.runtime import Runtime, build_runtime
from tests.factories import make_account, make_blob, make_user
from tests.support.processes import environment_of, free_port

NAME = "navigation"
DEVIATIONS = 10_000
PICTURES = 50
TARGET_RATIO = 1.5
STATUSES = (DeviationStatus.DRAFT, DeviationStatus.PUBLISHED, DeviationStatus.SCHEDULED)
DRAFTS = -(-DEVIATIONS // len(STATUSES))

CONTENT = Target("content", "Content", '[data-testid="stDataFrame"] canvas')


def run() -> Iterator[Row]:
    """On both engines."""
    for bench in each_engine():
        yield _measure(bench)


def _measure(bench: Bench) -> Row:
    with bench.database_url() as url:
        port = free_port()
        settings = bench.settings(url, port=port)
        runtime = build_runtime(settings)
        cookie = _furnish(runtime)
        runtime.close()
        content, blank = measure_visits(
            CONTENT, _check, folder=bench.folder, environment=environment_of(settings), port=port, cookie=cookie
        )
    ratio = content / blank
    return Row(
        f"open Content with {DEVIATIONS:,} deviations", bench.engine, f"{content:.0f} ms", f"blank page {blank:.0f} ms",
        ratio, f"≤ {TARGET_RATIO}", ratio <= TARGET_RATIO,
    )  # fmt: skip


def _check(page: Page) -> None:
    page.get_by_text(f"{DRAFTS:,} drafts").wait_for()


def _furnish(runtime: Runtime) -> str:
    """Fill the studio; the cookie of its owner."""
    now = utc_now()
    with runtime.database.session() as session:
        owner = make_user(session, "anna")
        cookie, _ = sessions.open_session(session, owner.id, user_agent=None, idle_days=30, now=now)
        account = make_account(session, owner, is_default=True, expires_at=now + timedelta(days=1))
        blobs = [make_blob(session, owner) for _ in range(PICTURES)]
        _add_deviations(session, owner, account.id, blobs)
    thumbnail = picture()
    for blob in blobs:
        for size in THUMBNAIL_SIZES:
            runtime.store.put(thumbnail_key(blob.storage_key, size), thumbnail, content_type="image/webp")
    return cookie


def _add_deviations(session: Session, owner: User, account_id: str, blobs: list[Blob]) -> None:
    """A third each of drafts, published and scheduled ones, all with a picture."""
    now = utc_now()
    rows, files = [], []
    for number in range(DEVIATIONS):
        status, made = STATUSES[number % len(STATUSES)], now - timedelta(minutes=number)
        ahead = now + timedelta(days=1, minutes=number) if status is DeviationStatus.SCHEDULED else None
        deviation_id, blob = new_id("dev"), blobs[number % PICTURES]
        rows.append(
            {
                "id": deviation_id, "user_id": owner.id, "account_id": account_id, "status": status,
                "title": f"Picture {number}", "tags": ["landscape", f"series{number % 40}"], "created_at": made,
                "updated_at": made, "scheduled_at": ahead, "actual_publish_at": ahead, "due_at": ahead,
                "published_at": made if status is DeviationStatus.PUBLISHED else None,
                "deviation_id": f"remote-{number}" if status is DeviationStatus.PUBLISHED else None,
            }
        )  # fmt: skip
        files.append(
            {
                "deviation_id": deviation_id, "blob_id": blob.id, "original_filename": f"picture-{number}.png",
                "storage_key": blob.storage_key, "storage_url": "", "mime_type": "image/png", "file_size": 1000,
                "width": 640, "height": 480, "created_at": made,
            }
        )  # fmt: skip
    session.execute(insert(Deviation), rows)
    session.execute(insert(DeviationFile), files)


def picture() -> bytes:
    """A thumbnail like any other."""
    file = io.BytesIO()
    Image.radial_gradient("L").resize((400, 300)).save(file, "WEBP")
    return file.getvalue()
