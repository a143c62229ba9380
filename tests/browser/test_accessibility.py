"""Every screen as axe-core sees it: who cannot see or cannot use a mouse gets through the house as others do."""

from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from core.clock import utc_now
from core.identity import sessions
from core.identity.models import Account
from core.sandbox.server import running
from core.settings import Settings
from core.ui.navigation import SCREENS
from tests.browser import axe
from tests.browser.axe import Finding, Known
from tests.browser.furnishing import House, furnish
from tests.browser.studio import Studio, settled
from tests.factories import HOUR
from tests.sandbox.support import ControlClient
from tests.support.databases import only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite]

# Streamlit's own, by rule and element. One that is not met on any screen fails the test: it can go from this list.
NAVIGATION = '[data-testid="stSidebarNav"]'
KNOWN = (
    Known("list", f"{NAVIGATION} ul", "The navigation is one list whose groups are divs, each with its links in it."),
    Known("listitem", f"{NAVIGATION} li", "The same: its links are items of a div and not of a list."),
)
FRONT = "/"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Calls to the sandbox do not wait for each other."""
    return settings.model_copy(update={"call_gap_seconds": 0})


@pytest.fixture
def site_url() -> Iterator[str]:
    with running() as url:
        yield url


def test_no_screen_keeps_anybody_out(studio: Studio, site_url: str, browser_page: Page) -> None:
    connect(studio, site_url)
    house = furnish(studio.runtime, studio.owner, studio.account)
    browser_page.add_init_script(axe.SCRIPT)
    browser_page.context.add_cookies([{"name": sessions.COOKIE, "value": studio.cookie, "url": studio.root}])
    met, ours = set[int](), list[str]()
    for theme, place in product(("light", "dark"), places(house)):
        browser_page.emulate_media(color_scheme=theme)
        go(browser_page, studio, place)
        found = look(browser_page, theme, is_front=place == FRONT)
        met |= {one.known for one in found}
        ours += [f"{place} in the {theme} theme\n  {one}" for one in found if one.known < 0]
    assert not ours, "\n".join(["axe finds what keeps people out:", *ours])
    gone = [one for place, one in enumerate(KNOWN) if place not in met]
    assert not gone, f"No screen has these any more, so they can be taken from the known ones: {gone}"


def look(page: Page, theme: str, *, is_front: bool) -> list[Finding]:
    """What is wrong here. The navigation is the same beside every screen, and the dark theme changes colours alone."""
    rules = axe.ALL if theme == "light" else axe.COLOURS
    return axe.look_over(page, KNOWN, rules=rules, without=() if is_front else (NAVIGATION,))


def connect(studio: Studio, site_url: str) -> None:
    """Make the sandbox know the account, so that screens which ask it have something to show."""
    client = ControlClient(site_url)
    client.post("/users", username=studio.account.username, folders=["Foxes", "Owls"])
    tokens = client.post("/grant", username=studio.account.username)
    client.close()
    with studio.runtime.database.session() as session:
        account = session.get_one(Account, studio.account.id)
        account.access_token, account.scope = tokens["access_token"], tokens["scope"]
        account.expires_at = utc_now() + HOUR


def places(house: House) -> list[str]:
    """Every screen: the front, those of the navigation by title, then by address what opens from them."""
    screens = [screen for group in SCREENS.values() for screen in group]
    listed = [screen.title for screen in screens if not screen.hidden and not screen.is_front]
    opened = [f"/product?id={house.product}", f"/content?open={house.post}", f"/orders?order={house.order}"]
    hidden = [f"/{screen.address}" for screen in screens if screen.hidden and screen.address != "product"]
    return [FRONT, *listed, *hidden, *opened]


def go(page: Page, studio: Studio, place: str) -> None:
    """Go to a place; by its title without loading the page anew, as people do."""
    heading = page.get_by_test_id("stMain").get_by_role("heading", level=1)
    if place.startswith("/"):
        page.goto(studio.root + place)
        expect(heading).to_be_visible()
    else:
        page.get_by_test_id("stSidebarNav").get_by_text(place, exact=True).click()
        expect(heading).to_have_text(place)
    settled(page)
