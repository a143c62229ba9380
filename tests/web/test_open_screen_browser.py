"""A screen that is open while its session ends: what was drawn before must not act any more."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from core.clock import utc_now
from core.db.engine import Database
from core.identity import sessions, users
from core.identity.models import User
from core.publishing.models import Deviation
from core.settings import Settings
from tests.factories import make_deviation
from tests.identity.support import COMMAND_LINE, acting, add
from tests.support.databases import only_sqlite
from tests.support.processes import environment_of, free_port
from tests.support.warm import running_warm

pytestmark = [pytest.mark.browser, only_sqlite]


@dataclass(frozen=True)
class House:
    """A running dashboard with two members and a post of Alice's."""

    database: Database
    url: str
    alice: User
    bob: User
    post_id: str

    def let_in(self, page: Page, user: User) -> None:
        """Give the browser a session of ``user``."""
        with self.database.session() as session:
            token, _ = sessions.open_session(session, user.id, user_agent="test", idle_days=30, now=utc_now())
        page.context.add_cookies([{"name": sessions.COOKIE, "value": token, "url": self.url}])

    def title(self) -> str:
        with self.database.read() as session:
            return session.get_one(Deviation, self.post_id).title


@pytest.fixture
def house(settings: Settings, database: Database, tmp_path: Path) -> Iterator[House]:
    with database.session() as session:
        add(session, "root", is_admin=True)
        alice, bob = add(session, "alice"), add(session, "bob")
        post = make_deviation(session, alice, title="Dunes")
    port = free_port()
    environment = environment_of(settings) | {"ATELIER_PORT": str(port)}
    with running_warm("core.cli", "web", output=tmp_path / "web.log", settings=environment) as web:
        url = f"http://localhost:{port}"
        web.wait_until_answers(f"{url}/healthz", timeout_seconds=120)
        yield House(database, url, alice, bob, post.id)


def open_drawer(page: Page, house: House) -> None:
    """Open Alice's post and type another title, without saving it."""
    house.let_in(page, house.alice)
    page.goto(f"{house.url}/content?open={house.post_id}")
    title = page.get_by_role("dialog").get_by_label("Title", exact=True)
    title.fill("Another title")
    title.press("Tab")


def test_a_dialog_saves_nothing_for_somebody_who_was_disabled(browser_page: Page, house: House) -> None:
    open_drawer(browser_page, house)
    with house.database.session() as session:
        users.disable(session, COMMAND_LINE, house.alice.id, now=utc_now())
    with contextlib.suppress(PlaywrightError):  # parts that refresh by themselves may have noticed first
        browser_page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click(timeout=3000)
    expect(browser_page.get_by_role("button", name="Sign in")).to_be_visible()
    assert house.title() == "Dunes"


def test_a_dialog_saves_for_whoever_is_still_signed_in(browser_page: Page, house: House) -> None:
    open_drawer(browser_page, house)
    browser_page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    expect(browser_page.get_by_text("“Another title” was saved.")).to_be_visible()
    assert house.title() == "Another title"


def test_what_one_person_left_on_screen_is_not_handed_to_the_next_one(browser_page: Page, house: House) -> None:
    open_drawer(browser_page, house)
    browser_page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    left = browser_page.get_by_text("“Another title” was saved.")
    expect(left).to_be_visible()
    with house.database.session() as session:
        sessions.end_all(session, acting(house.alice), house.alice.id, now=utc_now())
    house.let_in(browser_page, house.bob)
    with contextlib.suppress(PlaywrightError):  # as above
        browser_page.get_by_test_id("stSidebarNav").get_by_text("Review", exact=True).click(timeout=3000)
    expect(browser_page.get_by_test_id("stSidebar").get_by_role("button", name="bob")).to_be_visible()
    expect(left).not_to_be_visible()


def test_a_page_of_another_program_on_this_machine_cannot_connect(house: House) -> None:
    stream = f"ws{house.url.removeprefix('http')}/_stcore/stream"
    with connect(stream, origin=house.url, proxy=None):
        pass
    with pytest.raises(InvalidStatus), connect(stream, origin="http://localhost:8188", proxy=None):
        pass
    assert httpx.get(f"{house.url}/healthz", trust_env=False).status_code == 200
