"""How long Content takes to open with 10,000 deviations, against a blank page of the same dashboard.

Both pages are served by one process and opened in one browser, in turns, by clicking the navigation. Measured in
the page: from the click until heading and table stand there, the script has ended and nothing is being redrawn.
The first visits are thrown away, so that imports, caches and connections are warm.
"""

import io
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks.support import Bench, Row, each_engine
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
from tests.support.browser import find_chromium
from tests.support.processes import environment_of, free_port, running

NAME = "navigation"
DEVIATIONS = 10_000
PICTURES = 50
WARM_UP, ROUNDS = 3, 20
TARGET_RATIO = 1.5
STATUSES = (DeviationStatus.DRAFT, DeviationStatus.PUBLISHED, DeviationStatus.SCHEDULED)
DRAFTS = -(-DEVIATIONS // len(STATUSES))

# Address, heading, and a part that must be there.
Target = tuple[str, str, str]
CONTENT: Target = ("content", "Content", '[data-testid="stDataFrame"] canvas')
BLANK: Target = ("blank", "Blank", "h1")
VIEWPORT = {"width": 1400, "height": 900}

# Clicks a link of the navigation and tells how long it took, in milliseconds, until the page is complete.
_VISIT = """async ([address, heading, part]) => {
  const link = document.querySelector(`[data-testid="stSidebarNav"] a[href$="/${address}"]`);
  const app = document.querySelector('[data-testid="stApp"]');
  const isThere = () => app.dataset.testScriptState === "notRunning"
    && [...document.querySelectorAll("h1")].some(node => node.innerText.trim() === heading)
    && document.querySelector(part) !== null
    && !document.querySelector('[data-stale="true"]');
  const started = performance.now();
  link.click();
  return await new Promise((resolve, reject) => {
    const patience = setTimeout(() => reject(new Error(`${heading} did not open`)), 30000);
    const look = () => {
      if (!isThere()) { requestAnimationFrame(look); return; }
      clearTimeout(patience);
      resolve(performance.now() - started);
    };
    requestAnimationFrame(look);
  });
}"""


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
        content, blank = _visits(bench.folder, environment_of(settings), port, cookie)
    ratio = content / blank
    return Row(
        f"open Content with {DEVIATIONS:,} deviations", bench.engine, f"{content:.0f} ms", f"blank page {blank:.0f} ms",
        ratio, f"≤ {TARGET_RATIO}", ratio <= TARGET_RATIO,
    )  # fmt: skip


def _visits(folder: Path, environment: dict[str, str], port: int, cookie: str) -> tuple[float, float]:
    """The median time to open Content and to open the blank page, in milliseconds."""
    root = f"http://127.0.0.1:{port}"
    output = folder / "web.log"
    with running("benchmarks.shells.serve", output=output, settings=environment) as web:
        web.wait_until_answers(f"{root}/healthz")
        with _page(root, cookie) as page:
            page.goto(f"{root}/blank")
            page.get_by_role("heading", name="Blank").wait_for()
            page.wait_for_timeout(1500)
            pairs = [(_visit(page, CONTENT), _visit(page, BLANK)) for _ in range(WARM_UP + ROUNDS)]
            _visit(page, CONTENT)
            page.get_by_text(f"{DRAFTS:,} drafts").wait_for()  # what was measured is the filled list
    content, blank = zip(*pairs[WARM_UP:], strict=True)
    return statistics.median(content), statistics.median(blank)


def _visit(page: Page, target: Target) -> float:
    took: float = page.evaluate(_VISIT, list(target))
    page.wait_for_timeout(150)  # let pictures and what Streamlit tidies up afterwards come to rest
    return took


@contextmanager
def _page(root: str, cookie: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        context = browser.new_context(viewport=VIEWPORT, locale="en-GB")
        context.add_cookies([{"name": sessions.COOKIE, "value": cookie, "url": root}])
        yield context.new_page()
        browser.close()


def _furnish(runtime: Runtime) -> str:
    """Fill the studio; the cookie of its owner."""
    now = utc_now()
    with runtime.database.session() as session:
        owner = make_user(session, "anna")
        cookie, _ = sessions.open_session(session, owner.id, user_agent=None, idle_days=30, now=now)
        account = make_account(session, owner, is_default=True, expires_at=now + timedelta(days=1))
        blobs = [make_blob(session, owner) for _ in range(PICTURES)]
        _add_deviations(session, owner, account.id, blobs)
    picture = _picture()
    for blob in blobs:
        for size in THUMBNAIL_SIZES:
            runtime.store.put(thumbnail_key(blob.storage_key, size), picture, content_type="image/webp")
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


def _picture() -> bytes:
    """A thumbnail like any other."""
    file = io.BytesIO()
    Image.radial_gradient("L").resize((400, 300)).save(file, "WEBP")
    return file.getvalue()
