"""Typing into the list of posts: saving, taking back, what was changed meanwhile, what is left unsaved."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from core.clock import utc_now
from core.publishing.models import MatureLevel
from tests.browser.studio import Studio, cell, settled, the_table
from tests.factories import lease
from tests.support.browser import Complaints
from tests.support.databases import only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite]
ROW, HEADER = 66, 36
TITLE, DESCRIPTION, TAGS, MATURE, COMMENTS = 1, 2, 3, 4, 6  # columns; the picture is the first


def add_posts(studio: Studio, *titles: str, **fields) -> list[str]:
    """Drafts in this order in the list."""
    now = utc_now()
    return [
        studio.add(title=title, created_at=now - timedelta(minutes=place), **fields)
        for place, title in enumerate(titles)
    ]


def open_sheet(studio: Studio, page: Page) -> None:
    studio.enter(page)
    settled(page)
    page.get_by_role("radio", name="Edit").click()
    expect(page.get_by_text("to type into")).to_be_visible()
    the_table(page)


def go_to(page: Page, row: int, column: int) -> None:
    """Select a cell: by the mouse the title, from there by keys."""
    box = the_table(page).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 150, box["y"] + HEADER + ROW * row + ROW / 2)
    expect(page.locator(f"#glide-cell-{TITLE}-{row}")).to_be_focused()
    for _ in range(column - TITLE):
        page.keyboard.press("ArrowRight")
    expect(page.locator(f"#glide-cell-{column}-{row}")).to_be_focused()


def type_over(page: Page, row: int, column: int, text: str) -> None:
    """Replace a cell's text, as typing on a selected cell does."""
    go_to(page, row, column)
    # The first key opens the cell; what follows is typed once it is open, however slow the machine.
    page.keyboard.type(text[0])
    page.locator("#portal textarea, #portal input").first.wait_for()
    page.keyboard.type(text[1:], delay=20)
    page.keyboard.press("Tab")


def changed(page: Page, words: str) -> None:
    expect(page.locator(".st-key-sheet-bar").get_by_text(words)).to_be_visible()
    settled(page)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save changes").click()


def test_two_titles_are_typed_saved_and_taken_back(studio: Studio, browser_page: Page, complaints: Complaints) -> None:
    first, second, third = add_posts(studio, "Dunes", "Harbour", "Market")
    open_sheet(studio, browser_page)
    expect(browser_page.get_by_role("button", name="Save changes")).to_be_disabled()
    type_over(browser_page, 0, TITLE, "Dunes at noon")
    changed(browser_page, "1 post changed")
    assert studio.get(first).title == "Dunes"
    type_over(browser_page, 1, TITLE, "Harbour at dusk")
    changed(browser_page, "2 posts changed")
    save(browser_page)
    expect(browser_page.get_by_text("2 posts were changed.")).to_be_visible()
    assert [studio.get(one).title for one in (first, second, third)] == ["Dunes at noon", "Harbour at dusk", "Market"]
    browser_page.get_by_role("button", name="Undo").click()
    expect(browser_page.get_by_text("2 posts were put back.")).to_be_visible()
    expect(cell(browser_page, "Dunes at noon")).to_have_count(0)
    expect(cell(browser_page, "Harbour")).to_be_attached()
    assert [studio.get(one).title for one in (first, second)] == ["Dunes", "Harbour"]
    assert complaints.messages == []


def test_words_tags_choices_and_ticks_are_saved(studio: Studio, browser_page: Page) -> None:
    ids = add_posts(studio, "Dunes", "Harbour", "Market", "River", description="First line", tags=["sand"])
    open_sheet(studio, browser_page)
    go_to(browser_page, 0, DESCRIPTION)
    browser_page.keyboard.press("Enter")
    expect(browser_page.locator("textarea:focus")).to_have_value("First line")
    browser_page.keyboard.press("End")
    browser_page.keyboard.press("Shift+Enter")
    browser_page.keyboard.type("Second line", delay=20)
    browser_page.keyboard.press("Tab")
    changed(browser_page, "1 post changed")
    go_to(browser_page, 1, TAGS)
    browser_page.keyboard.type("sea, light", delay=20)
    browser_page.keyboard.press("Enter")
    browser_page.keyboard.press("Tab")
    changed(browser_page, "2 posts changed")
    go_to(browser_page, 2, COMMENTS)
    browser_page.keyboard.press("Space")
    changed(browser_page, "3 posts changed")
    go_to(browser_page, 3, MATURE)
    browser_page.keyboard.press("Enter")
    browser_page.get_by_text("Strict", exact=True).click()
    changed(browser_page, "4 posts changed")
    save(browser_page)
    expect(browser_page.get_by_text("4 posts were changed.")).to_be_visible()
    worded, tagged, silent, mature = (studio.get(one) for one in ids)
    assert worded.description == "First line\nSecond line"
    assert tagged.tags == ["sand", "sea", "light"]
    assert not silent.allow_comments
    assert (mature.is_mature, mature.mature_level) == (True, MatureLevel.STRICT)
    # Shown as it was stored: the comma made two of them.
    expect(cell(browser_page, "sand,sea,light")).to_be_attached()


def test_what_was_changed_meanwhile_is_told_and_overwritten_only_when_saved_again(
    studio: Studio, browser_page: Page
) -> None:
    first, second = add_posts(studio, "Dunes", "Harbour")
    open_sheet(studio, browser_page)
    type_over(browser_page, 0, TITLE, "Mine")
    changed(browser_page, "1 post changed")
    type_over(browser_page, 1, TITLE, "Mine too")
    changed(browser_page, "2 posts changed")
    studio.change(first, title="By somebody else", description="Theirs")
    save(browser_page)
    expect(browser_page.get_by_text("was changed meanwhile")).to_be_visible()
    changed(browser_page, "1 post changed")
    assert [studio.get(one).title for one in (first, second)] == ["By somebody else", "Mine too"]
    expect(cell(browser_page, "Theirs")).to_be_attached()
    save(browser_page)
    expect(browser_page.get_by_text("“By somebody else” was changed.")).to_be_visible()
    assert (studio.get(first).title, studio.get(first).description) == ("Mine", "Theirs")


def test_what_cannot_be_saved_now_says_why_and_stays_typed(studio: Studio, browser_page: Page) -> None:
    at = utc_now() + timedelta(hours=2)
    (one,) = add_posts(studio, "Dunes", status="scheduled", scheduled_at=at, actual_publish_at=at, due_at=at)
    studio.enter(browser_page)
    browser_page.goto(f"{studio.root}/content?view=scheduled&layout=edit")
    type_over(browser_page, 0, TITLE, "Dunes at noon")
    changed(browser_page, "1 post changed")
    with studio.runtime.database.session() as session:
        lease(session.merge(studio.get(one)), at=utc_now())
    save(browser_page)
    expect(browser_page.get_by_text("is being sent to DeviantArt right now")).to_be_visible()
    expect(cell(browser_page, "Dunes at noon")).to_be_attached()
    assert studio.get(one).title == "Dunes"
    browser_page.get_by_role("button", name="Discard").click()
    expect(browser_page.get_by_text("to type into")).to_be_visible()


def test_unsaved_words_wait_while_their_owner_looks_elsewhere(studio: Studio, browser_page: Page) -> None:
    posts = add_posts(studio, *(f"Study {number:02}" for number in range(52)))
    open_sheet(studio, browser_page)
    type_over(browser_page, 0, TITLE, "First of all")
    changed(browser_page, "1 post changed")
    browser_page.get_by_role("button", name="Page 2").click()
    changed(browser_page, "none on this page")
    expect(cell(browser_page, "Study 51")).to_be_attached()
    type_over(browser_page, 1, TITLE, "Last of all")
    changed(browser_page, "2 posts changed, 1 of them not on this page")
    browser_page.get_by_role("radio", name="Table").click()
    expect(browser_page.get_by_text("2 posts have changes that are not saved.")).to_be_visible()
    browser_page.get_by_test_id("stSidebarNav").get_by_text("Accounts", exact=True).click()
    expect(browser_page.get_by_role("heading", name="Accounts", exact=True)).to_be_visible()
    browser_page.get_by_test_id("stSidebarNav").get_by_text("Content", exact=True).click()
    browser_page.get_by_role("button", name="Back to them").click()
    changed(browser_page, "2 posts changed, 1 of them not on this page")
    expect(cell(browser_page, "Last of all")).to_be_attached()
    save(browser_page)
    expect(browser_page.get_by_text("2 posts were changed.")).to_be_visible()
    assert [studio.get(posts[place]).title for place in (0, 51)] == ["First of all", "Last of all"]
