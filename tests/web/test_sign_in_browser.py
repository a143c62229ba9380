"""Getting in and out with a real browser in front of the real server."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.clock import utc_now
from core.db.engine import Database
from core.identity import sessions, users
from core.settings import Settings
from tests.identity.support import COMMAND_LINE, PASSWORD, add
from tests.support.browser import Complaints
from tests.support.databases import only_sqlite
from tests.support.processes import environment_of, free_port
from tests.support.warm import running_warm

pytestmark = [pytest.mark.browser, only_sqlite]


@pytest.fixture
def address(settings: Settings, database: Database, tmp_path: Path) -> Iterator[str]:
    """Where the screens of a fresh installation are."""
    served = settings.model_copy(update={"port": free_port(), "trusted_proxies": ""})
    environment = environment_of(served) | {"ATELIER_PORT": str(served.port)}
    with running_warm("core.cli", "web", output=tmp_path / "web.log", settings=environment) as web:
        url = f"http://localhost:{served.port}"
        web.wait_until_answers(f"{url}/healthz", timeout_seconds=120)
        yield url


def set_up(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Start empty").click()
    expect(navigation(page)).to_be_visible()


def sign_in(page: Page, address: str, name: str = "anna", password: str = PASSWORD) -> None:
    page.goto(address)
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def navigation(page: Page) -> Locator:
    return page.get_by_test_id("stSidebarNav")


def sign_out(page: Page) -> None:
    page.get_by_test_id("stSidebar").get_by_role("button", name="anna").click()
    page.get_by_text("Sign out", exact=True).click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_from_an_empty_house_to_signed_in_and_out_again(
    browser_page: Page, complaints: Complaints, address: str, tmp_path: Path
) -> None:
    set_up(browser_page, address)
    browser_page.reload()
    expect(navigation(browser_page)).to_be_visible()
    (cookie,) = [c for c in browser_page.context.cookies() if c["name"] == sessions.COOKIE]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert sessions.COOKIE not in browser_page.evaluate("document.cookie")
    sign_out(browser_page)
    assert sessions.COOKIE not in {c["name"] for c in browser_page.context.cookies()}
    browser_page.reload()
    expect(browser_page.get_by_role("button", name="Sign in")).to_be_visible()
    sign_in(browser_page, address)
    expect(navigation(browser_page)).to_be_visible()
    assert complaints.messages == []
    # Who came from where is nobody's business.
    log = (tmp_path / "web.log").read_text(encoding="utf-8")
    assert "connection open" in log
    assert "WebSocket" not in log


def test_nothing_is_fetched_from_elsewhere(browser_page: Page, address: str) -> None:
    asked: list[str] = []
    browser_page.on("request", lambda request: asked.append(request.url))
    set_up(browser_page, address)
    assert asked
    assert [url for url in asked if not url.startswith((address, "data:", "blob:", f"ws{address[4:]}"))] == []


def test_an_address_cannot_make_the_screens_come_from_elsewhere(browser_page: Page, address: str) -> None:
    """Streamlit shows an app stored at a server of its makers, scripts and all, when the address says so."""
    asked: list[str] = []
    browser_page.route(re.compile("^https:"), lambda route: (asked.append(route.request.url), route.abort()))
    with browser_page.expect_console_message(lambda message: "Content Security Policy" in message.text):
        browser_page.goto(f"{address}/?staticAppId=somebodys")
    assert asked == []


def test_a_deep_address_survives_signing_in(browser_page: Page, database: Database, address: str) -> None:
    with database.session() as session:
        add(session, "anna", is_admin=True)
    sign_in(browser_page, f"{address}/people")
    expect(browser_page.get_by_role("heading", name="People")).to_be_visible()
    assert browser_page.url == f"{address}/people"


def test_a_wrong_password_shows_a_sentence_and_no_cookie(browser_page: Page, database: Database, address: str) -> None:
    with database.session() as session:
        add(session, "anna", is_admin=True)
    sign_in(browser_page, address, password="not the password")
    expect(browser_page.get_by_text("Name and password do not match")).to_be_visible()
    assert sessions.COOKIE not in {c["name"] for c in browser_page.context.cookies()}


def test_whoever_is_disabled_is_outside_with_the_next_click(
    browser_page: Page, database: Database, address: str
) -> None:
    with database.session() as session:
        anna = add(session, "anna", is_admin=True)
        add(session, "root", is_admin=True)
    sign_in(browser_page, f"{address}/profile")
    expect(browser_page.get_by_role("heading", name="My profile")).to_be_visible()
    with database.session() as session:
        users.disable(session, COMMAND_LINE, anna.id, now=utc_now())
    navigation(browser_page).get_by_text("People").click()
    expect(browser_page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(browser_page.get_by_role("heading", name="People")).not_to_be_visible()


def test_signing_out_everywhere_else_reaches_the_other_browser(
    browser: Browser, browser_page: Page, database: Database, address: str
) -> None:
    with database.session() as session:
        add(session, "anna", is_admin=True)
    other = browser.new_context().new_page()
    for page in (browser_page, other):
        sign_in(page, f"{address}/profile")
        expect(page.get_by_role("heading", name="My profile")).to_be_visible()
    browser_page.reload()
    browser_page.get_by_role("button", name="Sign out everywhere else").click()
    expect(browser_page.get_by_role("button", name="Sign out everywhere else")).not_to_be_visible()
    other.reload()
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    expect(navigation(browser_page)).to_be_visible()
    other.context.close()
