"""Culling in a real browser: keys as fast as they come, a reload and an outage in between, one by one, comparing."""

import io
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from core.media.blobs import thumbnail_key
from core.studio.products.models import Product
from tests.browser.studio import Studio, settled
from tests.factories import NOON, make_blob
from tests.media.samples import picture
from tests.studio.factories import make_product
from tests.support.databases import only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite]
COUNT = 8


def hang(studio: Studio) -> list[str]:
    """Pictures a to h; a comes first."""
    small = io.BytesIO()
    picture(150, 112).save(small, "WEBP")
    found = []
    with studio.runtime.database.session() as session:
        for place in range(COUNT):
            blob = make_blob(session, studio.owner)
            name, made = "abcdefgh"[place], NOON - place * timedelta(hours=1)
            found.append(make_product(session, studio.owner, blob, name=name, created_at=made).id)
            for size in (150, 400, 800):
                key = thumbnail_key(blob.storage_key, size)
                studio.runtime.store.put(key, small.getvalue(), content_type="image/webp")
            studio.runtime.store.put(blob.storage_key, small.getvalue(), content_type="image/png")
    return found


def open_gallery(studio: Studio, page: Page) -> Locator:
    studio.enter(page, "Gallery")
    board = page.locator(".st-key-gallery-board")
    expect(board.locator(".tile")).to_have_count(COUNT)
    settled(page)
    board.locator(".open").first.focus()
    return board


def marks(studio: Studio) -> dict[str, tuple[bool, bool, int | None]]:
    with studio.runtime.database.read() as session:
        rows = session.execute(select(Product.name, Product.liked, Product.rejected, Product.rating))
        return {row.name: (row.liked, row.rejected, row.rating) for row in rows}


def expect_marks(studio: Studio, page: Page, wanted: dict[str, tuple[bool, bool, int | None]]) -> None:
    """What was typed is in the database, sooner or later."""
    none = (False, False, None)
    for _ in range(100):
        if marks(studio) == dict.fromkeys("abcdefgh", none) | wanted:
            return
        page.wait_for_timeout(100)
    assert marks(studio) == dict.fromkeys("abcdefgh", none) | wanted


WANTED = {"a": (True, False, 4), "b": (False, True, None), "c": (False, False, 3), "e": (False, False, 5)}


def type_fast(page: Page) -> None:
    """Like and four stars, reject, five stars and three instead, like and take back, five stars."""
    for key in ["l", "4", "n", "x", "ArrowRight", "5", "3", " ", "l", "z", "n", "5"]:
        page.keyboard.press(key)


def test_nothing_is_lost_by_typing_fast_and_reloading(studio: Studio, browser_page: Page) -> None:
    hang(studio)
    board = open_gallery(studio, browser_page)
    type_fast(browser_page)
    expect(board.get_by_role("button", name="a, liked, 4 stars")).to_be_visible()
    browser_page.reload()  # with the last marks on their way
    expect_marks(studio, browser_page, WANTED)
    expect(board.get_by_role("button", name="a, liked, 4 stars")).to_be_visible()


def test_marks_wait_for_a_server_that_is_away(studio: Studio, browser_page: Page) -> None:
    hang(studio)
    board = open_gallery(studio, browser_page)
    browser_page.route("**/gallery/marks", lambda route: route.abort())
    type_fast(browser_page)
    expect(board.get_by_text("kept here and sent again")).to_be_visible()
    browser_page.unroute("**/gallery/marks")
    expect_marks(studio, browser_page, WANTED)
    expect(board.get_by_text("All marks are saved.")).to_be_visible()


def test_one_by_one_then_side_by_side(studio: Studio, browser_page: Page) -> None:
    hang(studio)
    board = open_gallery(studio, browser_page)
    press = browser_page.keyboard.press
    press("Enter")
    viewer = board.get_by_role("dialog")
    expect(viewer.get_by_text("1 of 8")).to_be_visible()
    press("5")  # goes on by itself
    expect(viewer.get_by_text("2 of 8")).to_be_visible()
    viewer.get_by_role("button", name="Like (L)").click()
    expect(viewer.get_by_text("3 of 8")).to_be_visible()
    press("z")
    expect(viewer.get_by_text("2 of 8")).to_be_visible()
    expect(viewer.get_by_role("button", name="Like (L)")).to_have_attribute("aria-pressed", "false")
    press("Escape")
    expect(viewer).to_be_hidden()
    expect_marks(studio, browser_page, {"a": (False, False, 5)})
    press("c")
    press("ArrowRight")
    press("c")
    press("Shift+C")
    expect(browser_page.get_by_role("heading", name="What differs")).to_be_visible()
    expect(browser_page.get_by_text("1 · b")).to_be_visible()
