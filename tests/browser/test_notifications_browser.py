"""What only a browser can press on the Notifications screen: menus, dialogs, and watching a test arrive."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.clock import utc_now
from core.system import channels, outbox
from core.system.actors import Actor
from core.system.channels import ChannelView
from core.system.deliveries import D
from core.system.models import DeliveryStatus
from core.system.notifications import notify
from tests.browser.studio import Studio, settled
from tests.support.databases import only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite]
URL = "https://hooks.example/in"


def enter(studio: Studio, page: Page) -> str:
    """The screen with one webhook; its id."""
    with studio.runtime.database.session() as session:
        made = channels.add_webhook(session, mine(studio), URL, ["post.failed"], allow_private=False, now=utc_now())
    studio.enter(page, "Notifications")
    expect(page.get_by_text(URL)).to_be_visible()
    settled(page)
    return made.id


def mine(studio: Studio) -> Actor:
    return Actor.person(studio.owner.id)


def listed(studio: Studio) -> list[ChannelView]:
    with studio.runtime.database.read() as session:
        return channels.list_channels(session, mine(studio))


def choose(page: Page, channel_id: str, entry: str) -> None:
    page.locator(f".st-key-channel-menu-{channel_id} button >> visible=true").click()
    page.get_by_role("menuitem", name=entry).or_(page.get_by_role("option", name=entry)).click()


def test_removing_a_channel_asks_first(studio: Studio, browser_page: Page) -> None:
    channel_id = enter(studio, browser_page)
    choose(browser_page, channel_id, "Remove")
    dialog = browser_page.get_by_role("dialog")
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog).to_be_hidden()
    assert len(listed(studio)) == 1
    choose(browser_page, channel_id, "Remove")
    dialog.get_by_role("button", name="Remove").click()
    expect(browser_page.get_by_text("Only the bell tells you so far")).to_be_visible()
    assert listed(studio) == []


def test_another_address_and_another_secret(studio: Studio, browser_page: Page) -> None:
    channel_id = enter(studio, browser_page)
    choose(browser_page, channel_id, "Change the address")
    dialog = browser_page.get_by_role("dialog")
    dialog.get_by_label("Address").fill("not an address")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("other characters")).to_be_visible()
    dialog.get_by_label("Address").fill("https://new.example/in")
    dialog.get_by_role("button", name="Save").click()
    expect(browser_page.get_by_text("https://new.example/in")).to_be_visible()
    assert [one.address for one in listed(studio)] == ["https://new.example/in"]
    choose(browser_page, channel_id, "Make a new secret")
    expect(browser_page.get_by_text(re.compile("whsec_"))).to_be_visible()
    choose(browser_page, channel_id, "Switch off")
    expect(browser_page.get_by_text(re.compile("whsec_"))).to_be_hidden()
    settled(browser_page)
    assert [one.enabled for one in listed(studio)] == [False]


def test_the_card_notices_by_itself_that_a_test_arrived(studio: Studio, browser_page: Page) -> None:
    enter(studio, browser_page)
    browser_page.get_by_role("button", name="Send a test").click()
    expect(browser_page.get_by_text("Test: waits")).to_be_visible()
    with studio.runtime.database.session() as session:
        session.execute(D.update().values(status=DeliveryStatus.SENT, sent_at=utc_now()))
    expect(browser_page.get_by_text("Test: sent")).to_be_visible()


def test_all_that_waits_is_thrown_away_after_a_question(studio: Studio, browser_page: Page) -> None:
    enter(studio, browser_page)
    with studio.runtime.database.session() as session:
        for number in range(3):
            notify(session, studio.owner.id, f"post.failed:dev_{number}", "Dunes", now=utc_now())
    browser_page.goto(f"{studio.root}/notifications?show=Outbox")
    browser_page.get_by_role("button", name="Throw away what waits").click()
    browser_page.get_by_role("button", name="Throw them away").click()
    expect(browser_page.get_by_role("button", name="Put back")).to_have_count(3)
    with studio.runtime.database.read() as session:
        assert outbox.count_mine(session, mine(studio)).waiting == 0


def test_the_outbox_leaves_the_house_as_csv(studio: Studio, browser_page: Page) -> None:
    enter(studio, browser_page)
    with studio.runtime.database.session() as session:
        notify(session, studio.owner.id, "post.failed:dev_1", "Dunes", now=utc_now())
    browser_page.goto(f"{studio.root}/notifications?show=Outbox&state=Waiting")
    with browser_page.expect_download() as started:
        browser_page.get_by_role("button", name="CSV").click()
    lines = started.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert "status: pending" in lines[0] and "Dunes" in lines[2]
