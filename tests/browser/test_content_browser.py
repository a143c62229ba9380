"""The Content and Review screens in a real browser: from dropping files to the published link."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.clock import utc_now
from core.identity import sessions
from core.publishing.models import DeviationStatus
from tests.browser.studio import Studio, cell, settled, the_table
from tests.factories import DAY
from tests.media.samples import make_png
from tests.support.browser import Complaints
from tests.support.databases import only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite]
PHONE = {"width": 390, "height": 844}
ROW, HEADER = 66, 36


def tick(page: Page, *places: int) -> None:
    """Tick rows of the table, counted from 0."""
    box = the_table(page).bounding_box()
    assert box is not None
    for place in places:
        page.mouse.click(box["x"] + 15, box["y"] + HEADER + ROW * place + ROW / 2)
        settled(page)


def open_row(page: Page, place: int) -> Locator:
    """Open the drawer by the title of a row."""
    box = the_table(page).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 165, box["y"] + HEADER + ROW * place + ROW / 2)
    drawer = page.get_by_role("dialog")
    expect(drawer).to_be_visible()
    return drawer


def show(page: Page, view: str) -> None:
    """Go to one of the lists."""
    page.locator(".st-key-content-views").get_by_role("button", name=view).click()
    settled(page)


def test_from_dropped_files_to_the_published_link(
    studio: Studio, browser_page: Page, complaints: Complaints, tmp_path: Path
) -> None:
    files = [tmp_path / name for name in ("dunes.png", "harbour.png", "broken.png")]
    for seed, file in enumerate(files[:2]):
        file.write_bytes(make_png(seed=seed))
    files[2].write_bytes(b"not a picture")
    studio.enter(browser_page)
    browser_page.get_by_role("button", name="Upload files").click()
    browser_page.locator("input[type=file]").set_input_files(files)
    browser_page.get_by_role("button", name="Import 3 files").click()
    expect(browser_page.get_by_text("2 imported, 1 refused.")).to_be_visible()
    expect(browser_page.get_by_text("“broken.png”")).to_be_visible()

    browser_page.get_by_role("button", name="Edit the new drafts").click()
    dialog = browser_page.get_by_role("dialog")
    dialog.get_by_role("button", name="Title", exact=True).click()
    pattern = dialog.get_by_role("textbox", name="Title pattern", exact=True)
    pattern.fill("{filename} study {n:02}")
    pattern.press("Enter")
    expect(dialog.get_by_text("dunes study 01")).to_be_visible()
    dialog.get_by_role("combobox", name="Add these tags").fill("Café noir, sea")
    browser_page.keyboard.press("Enter")
    expect(dialog.get_by_text("Cafe_noir")).to_be_visible()
    settled(browser_page)
    browser_page.mouse.click(700, 30)  # closes the choices
    dialog.get_by_role("button", name="Apply to 2 posts").click()
    expect(browser_page.get_by_text("2 posts were changed.")).to_be_visible()
    assert studio.post("dunes study 01").tags == ["Café noir", "sea"]

    browser_page.get_by_role("button", name="Select this page").click()
    browser_page.get_by_role("button", name="Schedule", exact=True).click()
    dialog.get_by_role("radio", name="In 5 minutes").click()
    expect(dialog.get_by_text("The first goes out")).to_be_visible()
    dialog.get_by_role("button", name="Schedule 2 posts").click()
    expect(browser_page.get_by_text("2 posts were scheduled.")).to_be_visible()
    first, second = studio.post("dunes study 01"), studio.post("harbour study 02")
    assert first.status is second.status is DeviationStatus.SCHEDULED
    assert {abs((first.scheduled_at - second.scheduled_at).total_seconds())} == {3600}

    address = f"{studio.root}/healthz?art=1"
    studio.change(first.id, status=DeviationStatus.PUBLISHED, published_at=utc_now(), due_at=None,
                  deviation_id="remote-1", deviation_url=address)  # fmt: skip
    show(browser_page, "Published")
    settled(browser_page)
    drawer = open_row(browser_page, 0)
    expect(drawer.get_by_role("link", name="View in the sandbox")).to_have_attribute("href", address)
    assert complaints.messages == []


def test_a_bulk_change_is_undone(studio: Studio, browser_page: Page) -> None:
    ids = [studio.add(title=f"Study {number}") for number in range(3)]
    studio.enter(browser_page)
    tick(browser_page, 0, 2)
    expect(browser_page.get_by_text("2 selected")).to_be_visible()
    browser_page.get_by_role("button", name="Edit", exact=True).click()
    dialog = browser_page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Add these tags").fill("sea")
    browser_page.keyboard.press("Enter")
    expect(dialog.get_by_text("DeviantArt receives 1")).to_be_visible()
    settled(browser_page)
    browser_page.mouse.click(700, 30)  # closes the choices
    dialog.get_by_role("button", name="Apply to 2 posts").click()
    expect(browser_page.get_by_text("2 posts were changed.")).to_be_visible()
    assert sorted(len(studio.get(one).tags) for one in ids) == [0, 1, 1]
    browser_page.get_by_role("button", name="Undo").click()
    expect(browser_page.get_by_text("2 posts were put back.")).to_be_visible()
    assert [studio.get(one).tags for one in ids] == [[], [], []]


def test_a_post_is_edited_in_its_drawer_and_the_next_one_follows(studio: Studio, browser_page: Page) -> None:
    now = utc_now()
    first = studio.add(title="Dunes", created_at=now)
    studio.add(title="Harbour", created_at=now - DAY)
    studio.enter(browser_page)
    drawer = open_row(browser_page, 0)
    assert f"open={first}" in browser_page.url
    drawer.get_by_role("textbox", name="Title", exact=True).fill("Dunes at noon")
    drawer.get_by_role("tab", name="Options").click()
    drawer.get_by_text("Mature content").click()
    drawer.get_by_text("Strict", exact=True).click()
    settled(browser_page)
    drawer.get_by_role("button", name="Save and next").click()
    expect(drawer.get_by_role("textbox", name="Title", exact=True)).to_have_value("Harbour")
    saved = studio.get(first)
    assert (saved.title, saved.is_mature, saved.mature_level) == ("Dunes at noon", True, "strict")


def test_the_rarest_options_are_kept_and_added_to(studio: Studio, browser_page: Page) -> None:
    options = {
        "license": {"creative_commons": False, "commercial": "no", "modify": "no"},
        "subject_tags": [{"text": "Puck", "kind": 4}, {"text": "Ada", "kind": 1}],
        "groups": [{"group_id": "g", "folder_id": "f"}],
        "location_tag": "Vienna",
    }
    only = studio.add(title="Dunes", publish_options=options)
    browser_page.set_viewport_size({"width": 1400, "height": 1500})
    studio.enter(browser_page)
    drawer = open_row(browser_page, 0)
    drawer.get_by_role("button", name="Save", exact=True).click()
    expect(browser_page.get_by_text("Nothing was changed.")).to_be_visible()
    assert studio.get(only).publish_options == options

    browser_page.goto(f"{studio.root}/content?open={only}")
    drawer.get_by_role("tab", name="Options").click()
    drawer.get_by_text("More for DeviantArt · 4").click()
    browser_page.wait_for_timeout(1000)  # while the fold opens, a list that drops down is closed again
    drawer.get_by_role("combobox", name="Artists").click()
    browser_page.keyboard.type("Hokusai", delay=20)
    expect(browser_page.get_by_role("option").filter(has_text="Hokusai")).to_be_visible()
    browser_page.keyboard.press("Enter")
    browser_page.keyboard.press("Tab")
    settled(browser_page)
    drawer.get_by_role("button", name="Save", exact=True).click()
    expect(browser_page.get_by_text("“Dunes” was saved.")).to_be_visible()
    added = [*options["subject_tags"], {"text": "Hokusai", "kind": 5}]
    assert studio.get(only).publish_options == options | {"subject_tags": added}


def test_what_was_changed_elsewhere_meanwhile_is_not_overwritten(studio: Studio, browser_page: Page) -> None:
    only = studio.add(title="Dunes")
    studio.enter(browser_page)
    drawer = open_row(browser_page, 0)
    studio.change(only, title="Dunes by somebody else")
    drawer.get_by_role("textbox", name="Title", exact=True).fill("Dunes by me")
    drawer.get_by_role("button", name="Save", exact=True).click()
    expect(drawer.get_by_text("was changed meanwhile")).to_be_visible()
    assert studio.get(only).title == "Dunes by somebody else"


def test_a_link_from_elsewhere_opens_the_drawer_over_the_right_list(studio: Studio, browser_page: Page) -> None:
    failed = studio.add(title="Dunes", status="failed", error_message="The title is not allowed.")
    studio.enter(browser_page)
    browser_page.goto(f"{studio.root}/content?open={failed}")
    drawer = browser_page.get_by_role("dialog")
    expect(drawer.get_by_text("The title is not allowed.")).to_be_visible()
    browser_page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(cell(browser_page, "The title is not allowed.")).to_be_attached()
    expect(browser_page).not_to_have_url(f"**open={failed}**")


def test_the_list_follows_the_sidecar_and_keeps_what_is_chosen(studio: Studio, browser_page: Page) -> None:
    soon = utc_now() + timedelta(seconds=50)
    moving, resting = (
        studio.add(title=title, status="scheduled", scheduled_at=at, actual_publish_at=at, due_at=at)
        for title, at in (("Moving", soon), ("Resting", soon + DAY))
    )
    studio.enter(browser_page)
    show(browser_page, "Scheduled")
    tick(browser_page, 1)
    expect(browser_page.get_by_text("1 selected")).to_be_visible()
    studio.change(moving, status=DeviationStatus.UPLOADING, execution_lock_id="wrk-1", execution_locked_at=utc_now())
    expect(cell(browser_page, "Working now")).to_be_attached()
    expect(browser_page.get_by_text("1 selected")).to_be_visible()
    studio.change(moving, status=DeviationStatus.PUBLISHED, published_at=utc_now(), due_at=None,
                  execution_lock_id=None, execution_locked_at=None, deviation_id="remote-1")  # fmt: skip
    # The row stays where it is, so that what is chosen does not slip to another one.
    expect(cell(browser_page, "Published")).to_be_attached()
    expect(browser_page.get_by_text("1 selected")).to_be_visible()
    browser_page.get_by_role("button", name="Reschedule", exact=True).click()
    dialog = browser_page.get_by_role("dialog")
    dialog.get_by_role("button", name="Reschedule 1 post").click()
    expect(browser_page.get_by_text("“Resting” was given another time.")).to_be_visible()
    assert studio.get(resting).scheduled_at != soon + DAY
    assert studio.get(moving).status is DeviationStatus.PUBLISHED


def test_an_open_drawer_is_left_alone_while_posts_go_out(studio: Studio, browser_page: Page) -> None:
    soon = utc_now() + timedelta(seconds=50)
    moving, resting = (
        studio.add(title=title, status="scheduled", scheduled_at=at, actual_publish_at=at, due_at=at)
        for title, at in (("Moving", soon), ("Resting", soon + DAY))
    )
    studio.enter(browser_page)
    show(browser_page, "Scheduled")
    drawer = open_row(browser_page, 1)
    title = drawer.get_by_role("textbox", name="Title", exact=True)
    title.fill("Resting well")
    studio.change(moving, status=DeviationStatus.UPLOADING, execution_lock_id="wrk-1", execution_locked_at=utc_now())
    browser_page.wait_for_timeout(4000)  # two looks of the watcher
    expect(title).to_have_value("Resting well")
    drawer.get_by_role("button", name="Save", exact=True).click()
    expect(cell(browser_page, "Working now")).to_be_attached()
    assert studio.get(resting).title == "Resting well"


def test_filters_survive_a_reload(studio: Studio, browser_page: Page) -> None:
    studio.add(title="Dunes")
    studio.add(title="Harbour")
    studio.enter(browser_page)
    browser_page.get_by_label("Search").first.fill("dun")
    expect(browser_page.get_by_text("1 draft matches")).to_be_visible()
    assert "q=dun" in browser_page.url
    browser_page.reload()
    expect(browser_page.get_by_text("1 draft matches")).to_be_visible()
    expect(cell(browser_page, "Dunes")).to_be_attached()


def test_review_is_done_with_the_keyboard(studio: Studio, browser_page: Page, complaints: Complaints) -> None:
    now = utc_now()
    ids = [
        studio.add(title=f"Picture {place}", status="review", created_at=now + timedelta(minutes=place))
        for place in range(4)
    ]
    studio.enter(browser_page, "Review")
    heading = browser_page.get_by_role("heading", level=2)
    expect(heading).to_have_text("Picture 0")
    settled(browser_page)  # the keys are listened to once the screen is drawn
    for key, following in (("a", "Picture 1"), ("x", "Picture 2"), ("Enter", "Picture 3")):
        browser_page.keyboard.press(key)
        expect(heading).to_have_text(following)
        settled(browser_page)
    assert [(studio.get(one).status.value, studio.get(one).deleted_at is not None) for one in ids] == [
        ("draft", False), ("review", True), ("draft", False), ("review", False),
    ]  # fmt: skip
    expect(browser_page.locator(".atl-stage img")).to_have_js_property("naturalWidth", 150)
    browser_page.keyboard.press("u")
    expect(browser_page.get_by_text("2 to review")).to_be_visible()
    assert complaints.messages == []


def test_enter_on_a_focused_button_means_that_button(studio: Studio, browser_page: Page) -> None:
    (one, _) = [studio.add(title=f"Picture {place}", status="review") for place in range(2)]
    studio.enter(browser_page, "Review")
    browser_page.get_by_role("button", name="Reject").focus()
    browser_page.keyboard.press("Enter")
    expect(browser_page.get_by_text("was rejected and moved to the trash")).to_be_visible()
    assert studio.get(one).status is DeviationStatus.REVIEW
    assert studio.get(one).deleted_at is not None


@pytest.mark.parametrize(
    "address",
    [
        "/content",
        "/content?layout=grid",
        "/content?layout=edit",
        "/content?view=failed&layout=grid",
        "/review",
        "/review?layout=grid",
    ],
)
def test_nothing_sticks_out_on_a_phone(studio: Studio, browser_page: Page, address: str) -> None:
    for status in ("draft", "review", "failed"):
        studio.add(title="A very long title that goes on and on " * 3, status=status, error_message="Too long. " * 20)
    browser_page.set_viewport_size(PHONE)
    browser_page.context.add_cookies([{"name": sessions.COOKIE, "value": studio.cookie, "url": studio.root}])
    browser_page.goto(studio.root + address)
    expect(browser_page.get_by_text("Times are in UTC.")).to_be_visible()
    settled(browser_page)
    assert browser_page.get_by_test_id("stMain").evaluate("node => node.scrollWidth - node.clientWidth") == 0
