"""Moving posts in the calendar in a real browser: by mouse, by keyboard, drafts onto days, and what is refused."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from core.clock import utc_now
from core.identity.models import User
from core.publishing.models import DeviationStatus
from tests.browser.studio import Studio, settled
from tests.support.browser import Complaints
from tests.support.databases import only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite]
VIENNA = ZoneInfo("Europe/Vienna")


@pytest.fixture
def vienna(studio: Studio) -> Studio:
    """The studio, its owner in a zone that changes its clock."""
    with studio.runtime.database.session() as session:
        session.get_one(User, studio.owner.id).timezone = VIENNA.key
    return studio


def wall(days: int, hour: int, minute: int = 0) -> datetime:
    """A wall time so many days from now."""
    day = utc_now().astimezone(VIENNA).date() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), tzinfo=VIENNA)


def plan(studio: Studio, title: str, at: datetime, **fields) -> str:
    values = {"scheduled_at": at, "actual_publish_at": at, "due_at": at}
    return studio.add(title=title, status="scheduled", **values | fields)


def open_calendar(studio: Studio, page: Page, *, view: str, day: datetime, **query: str) -> Locator:
    page.set_viewport_size({"width": 1400, "height": 1700})  # nothing has to be scrolled under a pressed mouse
    studio.enter(page, "Calendar")
    rest = "".join(f"&{name}={value}" for name, value in query.items())
    page.goto(f"{studio.root}/calendar?view={view}&date={day.date().isoformat()}{rest}")
    board = page.locator(".st-key-calendar-board")
    expect(board.locator(".frame > *").first).to_be_attached()
    settled(page)
    return board


def tile(board: Locator, deviation_id: str) -> Locator:
    return board.locator(f'.tile[data-id="{deviation_id}"]')


def cell(board: Locator, at: datetime, *, hour: bool = False) -> Locator:
    day = f'[data-day="{at.date().isoformat()}"]'
    return board.locator(f'{day}[data-hour="{at.hour}"]' if hour else f"section{day}")


def time_of(studio: Studio, deviation_id: str) -> str:
    at = studio.get(deviation_id).scheduled_at
    assert at is not None
    return f"{at.astimezone(VIENNA):%Y-%m-%d %H:%M}"


def has_focus(page: Page) -> str | None:
    """The post that has the focus, inside the board."""
    found: str | None = page.evaluate(
        "() => { let one = document.activeElement; while (one.shadowRoot) one = one.shadowRoot.activeElement;"
        " return one && one.dataset.id }"
    )
    return found


def midweek(hour: int, minute: int = 0) -> datetime:
    """A Wednesday at least a week ahead: its neighbours are in the same week, and none has passed."""
    at = wall(7, hour, minute)
    return datetime.combine(at.date() + timedelta(days=(2 - at.weekday()) % 7), at.timetz())


def day_before_the_clock_is_put_forward(hour: int, minute: int) -> datetime:
    """The next such Saturday that is not too near."""
    noon = wall(3, 12)
    while (after := noon + timedelta(days=1)).month != 3 or after.utcoffset() == noon.utcoffset():
        noon = after
    return noon.replace(hour=hour, minute=minute)


def test_a_post_dragged_to_another_day_keeps_its_time_of_day_and_can_be_taken_back(
    vienna: Studio, browser_page: Page, complaints: Complaints
) -> None:
    at = midweek(14, 30)
    post = plan(vienna, "Dunes", at)
    board = open_calendar(vienna, browser_page, view="month", day=at)
    complaints.messages.clear()  # a page loaded at an address of its own asks for its health in the wrong place first
    target = at + timedelta(days=1)
    tile(board, post).drag_to(cell(board, target))
    expect(cell(board, target).locator(".tile", has_text="Dunes")).to_be_visible()
    expect(board.get_by_role("status")).to_contain_text("“Dunes” was moved to")
    assert time_of(vienna, post) == f"{target:%Y-%m-%d} 14:30"
    board.get_by_role("button", name="Undo").click()
    expect(cell(board, at).locator(".tile", has_text="Dunes")).to_be_visible()
    assert time_of(vienna, post) == f"{at:%Y-%m-%d} 14:30"
    assert complaints.messages == []


def test_in_a_week_a_post_is_dragged_to_another_hour(vienna: Studio, browser_page: Page) -> None:
    at = midweek(9, 40)
    post = plan(vienna, "Dunes", at)
    board = open_calendar(vienna, browser_page, view="week", day=at)
    target = at + timedelta(days=1, hours=3)
    tile(board, post).drag_to(cell(board, target, hour=True))
    expect(cell(board, target, hour=True).locator(".tile", has_text="Dunes")).to_be_visible()
    assert time_of(vienna, post) == f"{target:%Y-%m-%d} 12:40"


def test_the_keyboard_alone_moves_a_post_and_keeps_the_focus_on_it(vienna: Studio, browser_page: Page) -> None:
    at = midweek(14, 30)
    post = plan(vienna, "Dunes", at)
    board = open_calendar(vienna, browser_page, view="week", day=at)
    tile(board, post).focus()
    browser_page.keyboard.press("Space")
    browser_page.keyboard.press("ArrowRight")
    browser_page.keyboard.press("ArrowUp")
    expect(board.get_by_role("status")).to_contain_text("Moving “Dunes” to Thursday")
    expect(board.get_by_role("status")).to_contain_text("13 h")
    browser_page.keyboard.press("Enter")
    expect(board.get_by_role("status")).to_contain_text("“Dunes” was moved to")
    assert time_of(vienna, post) == f"{at + timedelta(days=1):%Y-%m-%d} 13:30"
    assert has_focus(browser_page) == post
    browser_page.keyboard.press("u")
    expect(board.get_by_role("status")).to_contain_text("was put back")
    assert time_of(vienna, post) == f"{at:%Y-%m-%d} 14:30"


def test_escape_leaves_a_post_where_it_was(vienna: Studio, browser_page: Page) -> None:
    at = midweek(14, 30)
    post = plan(vienna, "Dunes", at)
    board = open_calendar(vienna, browser_page, view="month", day=at)
    tile(board, post).focus()
    browser_page.keyboard.press("Shift+ArrowRight")
    expect(board.locator(".target")).to_have_count(1)
    browser_page.keyboard.press("Escape")
    expect(board.get_by_role("status")).to_contain_text("stays where it was")
    expect(board.locator(".target")).to_have_count(0)
    assert time_of(vienna, post) == f"{at:%Y-%m-%d} 14:30"


def test_a_time_that_does_not_exist_is_refused_with_the_next_valid_one(vienna: Studio, browser_page: Page) -> None:
    at = day_before_the_clock_is_put_forward(2, 30)
    post = plan(vienna, "Dunes", at)
    board = open_calendar(vienna, browser_page, view="month", day=at)
    tile(board, post).focus()
    browser_page.keyboard.press("Space")
    browser_page.keyboard.press("ArrowRight")
    browser_page.keyboard.press("Enter")
    expect(browser_page.get_by_test_id("stAlert")).to_contain_text("The next valid time is 03:00")
    expect(board.get_by_role("status")).to_contain_text("Not moved.")
    expect(cell(board, at).locator(".tile", has_text="Dunes")).to_be_visible()
    assert time_of(vienna, post) == f"{at:%Y-%m-%d} 02:30"


def test_what_is_published_is_not_lifted_and_says_why(vienna: Studio, browser_page: Page) -> None:
    at = wall(0, 12)
    post = vienna.add(title="Out", status="published", published_at=utc_now())
    board = open_calendar(vienna, browser_page, view="month", day=at)
    expect(tile(board, post)).to_have_attribute("draggable", "false")
    tile(board, post).focus()
    browser_page.keyboard.press("Space")
    expect(board.get_by_role("status")).to_contain_text("“Out” cannot be moved. It has gone out already")
    expect(board.locator(".target")).to_have_count(0)


def test_a_draft_put_onto_a_day_is_asked_for_its_time_and_scheduled(vienna: Studio, browser_page: Page) -> None:
    at = midweek(15)
    draft = vienna.add(title="Harbour")
    board = open_calendar(vienna, browser_page, view="week", day=at, drafts="1")
    board.locator(".chip", has_text="Harbour").drag_to(cell(board, at, hour=True))
    dialog = browser_page.get_by_role("dialog")
    expect(dialog.get_by_text("Goes out")).to_contain_text("15:00–15:05")
    dialog.get_by_role("button", name="Schedule", exact=True).click()
    expect(cell(board, at, hour=True).locator(".tile", has_text="Harbour")).to_be_visible()
    assert vienna.get(draft).status is DeviationStatus.SCHEDULED
    assert time_of(vienna, draft) == f"{at:%Y-%m-%d} 15:00"


def test_a_draft_can_be_left_without_a_time(vienna: Studio, browser_page: Page) -> None:
    at = midweek(15)
    draft = vienna.add(title="Harbour")
    board = open_calendar(vienna, browser_page, view="month", day=at, drafts="1")
    board.locator(".chip", has_text="Harbour").drag_to(cell(board, at))
    browser_page.get_by_role("dialog").get_by_role("button", name="Leave it").click()
    expect(browser_page.get_by_role("dialog")).to_have_count(0)
    assert vienna.get(draft).status is DeviationStatus.DRAFT


def test_a_draft_with_a_time_in_mind_is_asked_for_its_time_as_well(vienna: Studio, browser_page: Page) -> None:
    at = midweek(15)
    draft = vienna.add(title="Harbour", scheduled_at=at)
    board = open_calendar(vienna, browser_page, view="month", day=at)
    tile(board, draft).drag_to(cell(board, at + timedelta(days=1)))
    expect(browser_page.get_by_role("dialog").get_by_text("Goes out")).to_be_visible()
    browser_page.get_by_role("dialog").get_by_role("button", name="Schedule", exact=True).click()
    expect(cell(board, at + timedelta(days=1)).locator(".scheduled", has_text="Harbour")).to_be_visible()


def test_a_click_opens_the_post_and_keys_turn_the_pages(vienna: Studio, browser_page: Page) -> None:
    at = midweek(14, 30)
    post = plan(vienna, "Dunes", at)
    board = open_calendar(vienna, browser_page, view="month", day=at)
    browser_page.keyboard.press("w")
    expect(browser_page.get_by_role("button", name="Week")).to_have_attribute("kind", "primary")
    expect(board.locator(".week")).to_be_visible()
    tile(board, post).focus()
    browser_page.keyboard.press("PageDown")
    expect(tile(board, post)).to_have_count(0)
    browser_page.keyboard.press("PageUp")
    tile(board, post).click()
    expect(browser_page.get_by_role("heading", name="Content", exact=True)).to_be_visible()
    expect(browser_page.get_by_role("dialog").get_by_text("Dunes").first).to_be_visible()
    assert f"open={post}" in browser_page.url


def test_a_full_day_opens_as_a_list_of_its_own(vienna: Studio, browser_page: Page) -> None:
    at = midweek(8)
    for number in range(6):
        plan(vienna, f"Study {number}", at + timedelta(hours=number))
    board = open_calendar(vienna, browser_page, view="month", day=at)
    expect(cell(board, at).locator(".tile")).to_have_count(3)
    cell(board, at).get_by_role("button", name="3 more").click()
    expect(board.locator(".list .tile")).to_have_count(6)
    assert f"view=day&date={at.date().isoformat()}" in browser_page.url


def test_hostile_titles_are_text_on_the_board(vienna: Studio, browser_page: Page, complaints: Complaints) -> None:
    at = midweek(14)
    title = "<img src=x onerror=document.body.remove()> [a](//evil.example) **b**"
    post = plan(vienna, title, at)
    board = open_calendar(vienna, browser_page, view="list", day=at)
    expect(tile(board, post).locator(".title")).to_have_text(title)
    assert board.locator("img[src=x]").count() == 0


def test_on_a_narrow_screen_days_stand_below_each_other(vienna: Studio, browser_page: Page) -> None:
    at = midweek(14, 30)
    post = plan(vienna, "Dunes", at)
    browser_page.set_viewport_size({"width": 390, "height": 844})
    browser_page.context.add_cookies([{"name": "atelier_session", "value": vienna.cookie, "url": vienna.root}])
    browser_page.goto(f"{vienna.root}/calendar?date={at.date().isoformat()}")
    board = browser_page.locator(".st-key-calendar-board")
    box = tile(board, post).bounding_box()
    assert box is not None
    assert box["width"] > 300
    expect(cell(board, at).get_by_text(f"{at:%A} {at.day} {at:%B %Y}")).to_be_visible()
    assert browser_page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_secret_link_is_made_replaced_and_switched_off(vienna: Studio, browser_page: Page) -> None:
    vienna.enter(browser_page, "Calendar")
    browser_page.get_by_role("button", name="Subscribe").click()
    dialog = browser_page.get_by_role("dialog")
    dialog.get_by_role("button", name="Make the link").click()
    link = dialog.locator("code", has_text=".ics")
    expect(link).to_be_visible()
    first = link.inner_text()
    assert browser_page.request.get(first.replace("localhost", "127.0.0.1")).ok
    dialog.get_by_role("button", name="Replace the link").click()
    dialog.get_by_role("button", name="Replace it").click()
    expect(link).not_to_have_text(first)
    assert browser_page.request.get(first.replace("localhost", "127.0.0.1")).status == 404
    dialog.get_by_role("button", name="Switch off").click()
    dialog.get_by_role("button", name="Switch it off").click()
    expect(dialog.get_by_role("button", name="Make the link")).to_be_visible()
