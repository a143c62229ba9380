"""The whole loop as a new user meets it: one command, set-up, a sandbox account, pictures, and they are out."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from core.db.engine import Database
from core.publishing.models import Deviation, DeviationStatus, PublishAttempt
from core.system.models import Heartbeat
from tests.media.samples import make_jpeg
from tests.support.browser import Complaints
from tests.support.processes import RunningProcess, free_port, running

pytestmark = pytest.mark.browser

PICTURES = 6


@dataclass(frozen=True)
class House:
    """All of ``atelier up``, on ports and a database of its own."""

    root: str
    sandbox: str
    database: Database
    process: RunningProcess

    def count(self, status: DeviationStatus) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).where(Deviation.status == status)) or 0

    def sidecar_pid(self) -> int | None:
        """The process that leads at this moment."""
        with self.database.read() as session:
            return session.scalar(select(Heartbeat.pid).where(Heartbeat.is_leader).order_by(Heartbeat.seen_at.desc()))

    def wait(self, what: str, done, *, seconds: float = 120) -> None:  # type: ignore[no-untyped-def]  # a predicate
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, f"{what} never happened:\n{self.process.output()[-4000:]}"
            time.sleep(0.05)


@pytest.fixture
def house(database: Database, database_url: str, tmp_path: Path) -> Iterator[House]:
    port, sandbox_port = free_port(), free_port()
    environment = {
        "ATELIER_DATA_DIR": str(tmp_path / "data"),
        "ATELIER_DATABASE_URL": database_url,
        "ATELIER_PORT": str(port),
        "ATELIER_SANDBOX_PORT": str(sandbox_port),
        "ATELIER_SCHEDULER_PORT": str(free_port()),
        "ATELIER_TICK_SECONDS": "0.2",
        "ATELIER_CALL_GAP_SECONDS": "0.2",
        "ATELIER_UNKNOWN_WAIT_SECONDS": "0.5",
        "ATELIER_LEASE_SECONDS": "2",
    }
    with running("core.cli", "up", output=tmp_path / "up.log", settings=environment) as process:
        root = f"http://localhost:{port}"
        process.wait_until_answers(f"{root}/healthz", timeout_seconds=180)
        yield House(root, f"http://127.0.0.1:{sandbox_port}", database, process)
        process.terminate(timeout_seconds=60)


def test_a_new_user_publishes_their_pictures_although_the_sidecar_is_killed(
    house: House, browser_page: Page, complaints: Complaints, tmp_path: Path
) -> None:
    _set_up(house, browser_page)
    _connect_the_sandbox(browser_page)
    _upload(house, browser_page, tmp_path)
    _edit_all(browser_page)
    _publish_all(browser_page)
    _kill_the_sidecar_in_the_middle(house)
    house.wait("publishing everything", lambda: house.count(DeviationStatus.PUBLISHED) == PICTURES)
    _find_working_links(house, browser_page)
    _read_the_log(house, browser_page)
    # Whoever lands on a screen's own address, as the way back from DeviantArt does, makes Streamlit look for its
    # server below that address first.
    assert [message for message in complaints.messages if "/accounts/_stcore/" not in message] == []


def _set_up(house: House, page: Page) -> None:
    page.goto(house.root)
    page.get_by_label("Username").fill("mira")
    for field in page.locator("input[type=password]").all():
        field.fill("four random words here")
    page.get_by_role("button", name="Start empty").click()
    expect(page.get_by_text("Three steps to your first post")).to_be_visible()


def _connect_the_sandbox(page: Page) -> None:
    page.get_by_text("Connect the sandbox").first.click()
    page.get_by_role("button", name="Authorise").click()
    expect(page.get_by_text("sandbox-artist is connected.")).to_be_visible()


def _upload(house: House, page: Page, folder: Path) -> None:
    files = [folder / f"harbour_{number}.jpg" for number in range(PICTURES)]
    for seed, file in enumerate(files):
        file.write_bytes(make_jpeg(seed=seed))
    page.get_by_test_id("stSidebarNav").get_by_text("Content", exact=True).click()
    page.get_by_role("button", name="Upload files").click()
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name=f"Import {PICTURES} files").click()
    expect(page.get_by_text(f"{PICTURES} imported.")).to_be_visible()
    assert house.count(DeviationStatus.DRAFT) == PICTURES


def _edit_all(page: Page) -> None:
    page.get_by_role("button", name="Edit the new drafts").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Title", exact=True).click()
    pattern = dialog.get_by_role("textbox", name="Title pattern", exact=True)
    pattern.fill("Harbour {n:02}")
    pattern.press("Enter")
    expect(dialog.get_by_text("Harbour 01")).to_be_visible()
    dialog.get_by_role("button", name=f"Apply to {PICTURES} posts").click()
    expect(page.get_by_text(f"{PICTURES} posts were changed.")).to_be_visible()


def _publish_all(page: Page) -> None:
    page.get_by_role("button", name="Select this page").click()
    page.locator(".st-key-bulk-more button").click()
    page.get_by_text("Publish now", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Publish now").click()
    expect(page.get_by_text(f"{PICTURES} posts were put first in line")).to_be_visible()


def _kill_the_sidecar_in_the_middle(house: House) -> None:
    house.wait("the first post", lambda: house.count(DeviationStatus.PUBLISHED) >= 1)
    pid = house.sidecar_pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert house.count(DeviationStatus.PUBLISHED) < PICTURES


def _find_working_links(house: House, page: Page) -> None:
    with house.database.read() as session:
        posts = session.execute(select(Deviation.title, Deviation.deviation_url)).all()
    assert sorted(post.title for post in posts) == [f"Harbour {number:02}" for number in range(1, PICTURES + 1)]
    for post in posts:
        answer = httpx.get(post.deviation_url, trust_env=False)
        assert answer.status_code == 200
        assert post.title in answer.text
    works = httpx.get(f"{house.sandbox}/_sandbox/state", params={"only": "deviations"}, trust_env=False).json()
    assert sorted(work["title"] for work in works["deviations"]) == sorted(post.title for post in posts)
    page.get_by_text("Published", exact=False).first.click()
    expect(page.get_by_test_id("stDataFrame").locator("td", has_text="Harbour 01")).to_be_attached()


def _read_the_log(house: House, page: Page) -> None:
    with house.database.read() as session:
        attempts = session.scalar(select(func.count()).select_from(PublishAttempt)) or 0
    assert attempts >= 2 * PICTURES
    page.get_by_test_id("stSidebarNav").get_by_text("Execution logs", exact=True).click()
    expect(page.get_by_text(f"{attempts} attempts")).to_be_visible()
    expect(page.get_by_role("link", name="Harbour 01").first).to_be_visible()
