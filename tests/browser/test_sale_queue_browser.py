"""The sale queue in a real browser: pricing by hand with the keyboard, and dialogs."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core.sales.models import PricePreset, SaleQueue, SaleQueueStatus
from tests.browser.studio import Studio, settled
from tests.factories import HOUR, NOON, make_preset
from tests.media.samples import make_png
from tests.sales.support import make_sale
from tests.support.browser import Complaints
from tests.support.databases import only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite]


def fill(studio: Studio) -> None:
    """Three pieces that wait: 49.90, 12.00 and ¥5,000."""
    posts = [studio.add(status="published", title=title) for title in ("Dunes", "Harbour", "Kyoto")]
    with studio.runtime.database.session() as session:
        preset = make_preset(session, studio.owner, name="Standard", is_default=True)
        for place, (post, price) in enumerate(zip(posts, (4990, 1200, 5000), strict=True)):
            made = make_sale(session, studio.owner, preset, deviation=studio.get(post), price=price,
                             created_at=NOON + place * HOUR, url=f"https://site.test/{place}")  # fmt: skip
            made.currency = "JPY" if place == 2 else "USD"


def sale(studio: Studio, title: str) -> SaleQueue:
    with studio.runtime.database.read() as session:
        return session.scalars(select(SaleQueue).where(SaleQueue.title == title)).one()


def choose(page: Page, title: str, entry: str) -> None:
    """Choose from the menu of a row."""
    wanted = page.get_by_test_id("stMenuButtonBody").get_by_text(entry, exact=True)
    for _ in range(5):
        settled(page)
        page.locator("[class*=st-key-sale-row-]", has_text=title).locator("button:visible").first.click()
        page.wait_for_timeout(500)
        if wanted.is_visible():  # not if the list was drawn anew at the very moment of the click
            break
    wanted.click()
    settled(page)


def test_pieces_are_priced_with_the_keyboard_alone(
    studio: Studio, browser_page: Page, complaints: Complaints, tmp_path: Path
) -> None:
    fill(studio)
    page = browser_page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=studio.root)
    studio.enter(page, "Sale queue")
    page.get_by_role("button", name="Price by hand").click()
    expect(page.get_by_role("heading", name="Dunes")).to_be_visible()
    settled(page)
    page.keyboard.press("c")
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "49.90"
    screenshot = tmp_path / "proof.png"
    screenshot.write_bytes(make_png(seed=1))
    # Its name is there before it has arrived; what the screen does with it comes after that.
    with page.expect_response(lambda response: "/upload_file/" in response.url):
        page.locator("input[type=file]").set_input_files(screenshot)
    expect(page.get_by_text("proof.png")).to_be_visible()
    page.wait_for_timeout(500)
    settled(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Harbour")).to_be_visible()
    settled(page)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Kyoto")).to_be_visible()
    settled(page)
    page.keyboard.press("s")
    expect(page.get_by_text("“Kyoto” is skipped.")).to_be_visible()
    done = sale(studio, "Dunes")
    assert (done.status, done.completed_by) == (SaleQueueStatus.COMPLETED, "by hand")
    assert done.screenshot_key is not None and studio.runtime.store.get(done.screenshot_key) == screenshot.read_bytes()
    assert sale(studio, "Harbour").status is SaleQueueStatus.PENDING
    assert sale(studio, "Kyoto").status is SaleQueueStatus.SKIPPED


def test_a_screenshot_is_added_and_shown_and_a_piece_removed(
    studio: Studio, browser_page: Page, complaints: Complaints, tmp_path: Path
) -> None:
    fill(studio)
    page = browser_page
    studio.enter(page, "Sale queue")
    screenshot = tmp_path / "proof.png"
    screenshot.write_bytes(make_png(seed=1))
    choose(page, "Dunes", "Screenshot")
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(screenshot)
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Dunes” has its screenshot.")).to_be_visible()
    choose(page, "Dunes", "Screenshot")
    shown = page.get_by_role("dialog").locator("img[alt=Screenshot]")
    expect(shown).to_be_visible()
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=shown.element_handle())
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    choose(page, "Kyoto", "Remove")
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("“Kyoto” left the queue.")).to_be_visible()
    with studio.runtime.database.read() as session:
        assert len(session.scalars(select(SaleQueue.id)).all()) == 2


def test_a_row_keeps_its_menu_beside_it_on_a_phone(studio: Studio, browser_page: Page) -> None:
    fill(studio)
    page = browser_page
    studio.enter(page, "Sale queue")
    page.set_viewport_size({"width": 390, "height": 844})
    row = page.locator("[class*=st-key-sale-row-]", has_text="Dunes")
    text, menu = row.locator(".atl-sale").bounding_box(), row.locator("button:visible").first.bounding_box()
    assert text is not None and menu is not None
    assert menu["x"] >= text["x"] + text["width"] - 1 and menu["x"] + menu["width"] <= 390


def test_a_range_is_made_and_the_preset_in_use_stays(studio: Studio, browser_page: Page) -> None:
    fill(studio)
    page = browser_page
    studio.enter(page, "Price presets")
    page.get_by_role("button", name="New preset").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Originals")
    dialog.get_by_text("Range", exact=True).click()
    dialog.get_by_label("Lowest").fill("20")
    dialog.get_by_label("Highest").fill("60,50")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Originals” is saved.")).to_be_visible()
    page.locator("[class*=st-key-preset-card-]", has_text="Standard").locator("button:visible").first.click()
    page.get_by_test_id("stMenuButtonBody").get_by_text("Delete", exact=True).click()
    expect(page.get_by_text("“Standard” is still used by 3 pieces in the sale queue.")).to_be_visible()
    with studio.runtime.database.read() as session:
        made = session.scalars(select(PricePreset).where(PricePreset.name == "Originals")).one()
        assert (made.price, made.min_price, made.max_price) == (0, 2000, 6050)
