"""Home and the execution log in a real browser: pictures, links that keep the session, a dialog, a phone."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core.clock import utc_now
from core.identity import sessions
from core.identity.models import User
from core.media.blobs import thumbnail_key
from core.publishing.models import Deviation, DeviationStatus
from core.runtime import Runtime, build_runtime
from core.settings import Settings
from core.system import heartbeats
from core.system.notifications import count_unread, notify
from tests.factories import DAY, HOUR, make_account, make_attempt, make_blob, make_deviation, make_user
from tests.support.browser import Complaints
from tests.support.databases import only_sqlite
from tests.support.processes import environment_of, free_port
from tests.support.warm import running_warm

pytestmark = [pytest.mark.browser, only_sqlite]
PHONE = {"width": 390, "height": 844}
# Home looks every few seconds; on a busy machine that takes a while.
PATIENCE_MS = 30_000


@dataclass(frozen=True)
class Studio:
    """A running dashboard, its owner, one post that is next and one that failed."""

    runtime: Runtime
    root: str
    owner: User
    cookie: str
    upcoming: str
    failed: str

    def enter(self, page: Page) -> None:
        """Open Home as the owner, the sidecar having been heard of just now."""
        now = utc_now()
        with self.runtime.database.session() as session:
            heartbeats.beat(session, "wrk-1", heartbeats.SCHEDULER, started_at=now, is_leader=True, now=now)
        page.context.add_cookies([{"name": sessions.COOKIE, "value": self.cookie, "url": self.root}])
        page.goto(self.root)
        expect(page.get_by_role("heading", name="Anna")).to_be_visible()

    def status_of(self, deviation_id: str) -> DeviationStatus:
        with self.runtime.database.read() as session:
            post = session.get(Deviation, deviation_id)
            assert post is not None
            return post.status


@pytest.fixture
def studio(settings: Settings, tmp_path: Path) -> Iterator[Studio]:
    port = free_port()
    settings = settings.model_copy(update={"port": port, "sandbox_url": "http://127.0.0.1:9"})
    runtime = build_runtime(settings)
    owner, cookie, upcoming, failed = _furnish(runtime)
    root = f"http://127.0.0.1:{port}"
    environment = environment_of(settings) | {"ATELIER_PORT": str(port), "ATELIER_SANDBOX_URL": "http://127.0.0.1:9"}
    with running_warm("core.cli", "web", output=tmp_path / "web.log", settings=environment) as web:
        web.wait_until_answers(f"{root}/healthz")
        yield Studio(runtime, root, owner, cookie, upcoming, failed)
    runtime.close()


def _furnish(runtime: Runtime) -> tuple[User, str, str, str]:
    now = utc_now()
    with runtime.database.session() as session:
        owner = make_user(session, "anna")
        cookie, _ = sessions.open_session(session, owner.id, user_agent=None, idle_days=30, now=now)
        account = make_account(session, owner, is_default=True)
        blob = make_blob(session, owner)
        at = now + DAY
        upcoming = make_deviation(
            session, owner, account, status="scheduled", title="Winter fox", blobs=[blob],
            scheduled_at=at, actual_publish_at=at, due_at=at,
        )  # fmt: skip
        failed = make_deviation(session, owner, account, status="failed", title="Dunes", error_message="Too long.")
        make_attempt(session, failed, started_at=now - HOUR, outcome="failed", message="Too long.", http_status=400)
        notify(session, owner.id, "test", "“Dunes” could not be published", link=f"content?open={failed.id}", now=now)
    picture = io.BytesIO()
    Image.new("RGB", (150, 100), "tomato").save(picture, "WEBP")
    runtime.store.put(thumbnail_key(blob.storage_key, 150), picture.getvalue(), content_type="image/webp")
    return owner, cookie, upcoming.id, failed.id


def overflow(page: Page) -> int:
    """How far the screen can be pushed sideways, in pixels."""
    found: int = page.get_by_test_id("stMain").evaluate("node => node.scrollWidth - node.clientWidth")
    return found


def test_home_shows_the_next_picture_and_leads_to_it_without_loading_anew(
    studio: Studio, browser_page: Page, complaints: Complaints
) -> None:
    studio.enter(browser_page)
    expect(browser_page.get_by_text("“Winter fox” goes out tomorrow")).to_be_visible()
    thumbnail = browser_page.locator(".atelier-thumb img").first
    expect(thumbnail).to_have_js_property("naturalWidth", 150)
    browser_page.evaluate("window.stillHere = true")
    browser_page.locator(".st-key-home-next").get_by_role("link", name="Winter fox").click()
    browser_page.wait_for_url(f"**/content?open={studio.upcoming}")
    assert browser_page.evaluate("window.stillHere") is True
    assert complaints.messages == []


def test_upload_leads_to_an_open_panel(studio: Studio, browser_page: Page) -> None:
    studio.enter(browser_page)
    browser_page.get_by_role("button", name="Upload pictures").click()
    expect(browser_page.get_by_role("heading", name="Content")).to_be_visible()
    expect(browser_page.locator(".st-key-upload-panel")).to_be_visible()


def test_home_redraws_itself_when_a_post_has_gone_out(studio: Studio, browser_page: Page) -> None:
    studio.enter(browser_page)
    expect(browser_page.get_by_text("“Winter fox” goes out tomorrow")).to_be_visible()
    with studio.runtime.database.session() as session:
        post = session.get(Deviation, studio.upcoming)
        assert post is not None
        post.status, post.published_at, post.due_at = DeviationStatus.PUBLISHED, utc_now(), None
    expect(browser_page.get_by_text("“Winter fox” goes out tomorrow")).to_be_hidden(timeout=PATIENCE_MS)
    expect(browser_page.get_by_label("Published, 7 days: 1")).to_be_visible()


def test_a_failed_post_is_retried_from_its_history(studio: Studio, browser_page: Page) -> None:
    studio.enter(browser_page)
    browser_page.get_by_role("link", name="Execution logs").click()
    browser_page.get_by_role("button", name="Details").click()
    dialog = browser_page.get_by_role("dialog")
    expect(dialog.get_by_text("Too long.")).to_be_visible()
    dialog.get_by_role("button", name="Retry now").click()
    expect(dialog).to_be_hidden()
    assert studio.status_of(studio.failed) is DeviationStatus.SCHEDULED


def test_filters_of_the_log_survive_a_reload(studio: Studio, browser_page: Page) -> None:
    studio.enter(browser_page)
    browser_page.get_by_role("link", name="Execution logs").click()
    browser_page.get_by_label("Title or message").fill("no such thing")
    browser_page.keyboard.press("Enter")
    expect(browser_page.get_by_text("Nothing matches")).to_be_visible()
    browser_page.reload()
    expect(browser_page.get_by_text("Nothing matches")).to_be_visible()
    browser_page.get_by_role("button", name="Clear filters").click()
    expect(browser_page.get_by_text("1 attempt")).to_be_visible()


def test_the_log_leaves_the_house_as_csv_and_says_its_filter(studio: Studio, browser_page: Page) -> None:
    studio.enter(browser_page)
    browser_page.get_by_role("link", name="Execution logs").click()
    with browser_page.expect_download() as started:
        browser_page.get_by_role("button", name="CSV").click()
    lines = started.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("filter,") and "started_from" in lines[0]
    assert "Dunes" in lines[2]


def test_a_notification_is_read_and_gone(studio: Studio, browser_page: Page) -> None:
    studio.enter(browser_page)
    browser_page.get_by_role("button", name="Notifications (1)").click()
    expect(browser_page.get_by_text("“Dunes” could not be published")).to_be_visible()
    browser_page.get_by_role("button", name="Mark as read").click()
    expect(browser_page.get_by_text("Nothing new.")).to_be_visible()
    with studio.runtime.database.read() as session:
        assert count_unread(session, studio.owner.id) == 0


@pytest.mark.parametrize("screen", ["/", "/logs"])
def test_nothing_sticks_out_on_a_phone(studio: Studio, browser_page: Page, screen: str) -> None:
    browser_page.set_viewport_size(PHONE)
    studio.enter(browser_page)
    browser_page.goto(studio.root + screen)
    expect(browser_page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(browser_page.get_by_text("Times are in UTC.")).to_be_visible()
    assert overflow(browser_page) == 0
