"""Making pictures in a real browser: one click, one order, and they appear while the screen is looked at."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from core.clock import utc_now
from core.studio.catalogue.seeding import furnish
from core.studio.orders.models import Order
from tests.browser.studio import Studio, settled
from tests.support.browser import Complaints
from tests.support.databases import only_sqlite
from tests.support.processes import environment_of, free_port
from tests.support.warm import running_warm

pytestmark = [pytest.mark.browser, only_sqlite]


@pytest.fixture
def sidecar(studio: Studio, tmp_path: Path) -> Iterator[None]:
    """What carries orders out."""
    furnish(studio.runtime.database, studio.runtime.image_providers, now=utc_now())
    environment = environment_of(studio.runtime.settings) | {"ATELIER_SCHEDULER_PORT": str(free_port())}
    with running_warm("core.cli", "scheduler", output=tmp_path / "scheduler.log", settings=environment) as process:
        process.wait_until_says("This sidecar leads.")
        yield


def test_an_order_is_placed_once_and_its_pictures_appear(
    studio: Studio, sidecar: None, browser_page: Page, complaints: Complaints
) -> None:
    page = browser_page
    studio.enter(page, "Generate")
    prompt = page.get_by_role("textbox", name="Prompt", exact=True)
    prompt.fill("a [red,blue] harbour at [dawn,dusk]")
    prompt.press("Control+Enter")
    _is_in_sight_on_a_phone(page, "Order 4 pictures")
    page.get_by_role("button", name="Order 4 pictures").dblclick()
    expect(page.get_by_text("4 pictures ordered.")).to_be_visible()
    settled(page)
    # Two clicks draw the screen twice; the second drawing begins a moment after the first ends.
    made = page.get_by_text("of 4 made").or_(page.get_by_text("Latest pictures"))  # all of them, on a quick machine
    expect(made.first).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Ordered. See how it comes along").click()
    expect(page.get_by_role("link", name="All orders")).to_be_visible()
    card = page.locator("[class*='st-key-item-']").filter(has_text="a blue harbour at dusk")
    settled(page)
    card.get_by_role("button", name="Details").click()
    details = page.get_by_test_id("stPopoverBody")
    expect(details.get_by_text("a blue harbour at dusk")).to_be_visible()
    # Drawn anew all the while: what is open stays open.
    expect(page.get_by_text("4 of 4 made")).to_be_visible(timeout=60_000)
    expect(details.get_by_text("a blue harbour at dusk")).to_be_visible()
    page.keyboard.press("Escape")
    pictures = page.locator("[class*='st-key-item-'] img")
    expect(pictures).to_have_count(4)
    settled(page)
    assert pictures.evaluate_all("all => all.every(one => !one.complete || one.naturalWidth > 0)")
    with studio.runtime.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 1
    _stays_when_opened_from_the_list(page)
    assert complaints.messages == []


def _is_in_sight_on_a_phone(page: Page, button: str) -> None:
    """From the first field on, however many fields stand between."""
    wide = page.viewport_size
    assert wide is not None
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_test_id("stMain").evaluate("one => one.scrollTo(0, 0)")
    expect(page.get_by_role("heading", name="Generate")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name=button)).to_be_in_viewport(ratio=1)
    page.set_viewport_size(wide)


def _stays_when_opened_from_the_list(page: Page) -> None:
    """The address says which order, so that no click there leads back to the list."""
    page.get_by_role("link", name="All orders").click()
    page.get_by_role("link", name="a [red,blue] harbour").click()
    expect(page.get_by_role("link", name="All orders")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?order=ord_"))
    settled(page)
    page.get_by_text("Failed", exact=True).click()
    expect(page.get_by_text("No items here.")).to_be_visible()
    expect(page.get_by_role("link", name="All orders")).to_be_visible()
