"""The Automations screen in a real browser: from a starter to one that is on, and the questions asked in dialogs."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from core.clock import utc_now
from core.publishing.automations.lookup import list_automations, list_rules
from core.publishing.automations.models import Automation
from core.system.actors import Actor
from tests.automations.making import make
from tests.browser.studio import Studio, settled
from tests.support.databases import only_sqlite

pytestmark = [pytest.mark.browser, only_sqlite]
PHONE = {"width": 390, "height": 844}


def automations_of(studio: Studio) -> list[Automation]:
    with studio.runtime.database.read() as session:
        return list_automations(session, Actor.person(studio.owner.id))


def evenings(studio: Studio, **values) -> str:
    """An automation that was there before."""
    with studio.runtime.database.session() as session:
        return make(session, Actor.person(studio.owner.id), **values).id


def choose(page: Page, item: str) -> None:
    """Something from the menu of the only card."""
    page.locator("[class*=st-key-menu-aut_] button").first.click()
    page.get_by_text(item, exact=True).click()


def test_from_a_starter_by_way_of_the_preview_to_one_that_is_on(studio: Studio, browser_page: Page) -> None:
    page = browser_page
    studio.add(title="Winter fox", created_at=utc_now() - timedelta(days=1))
    studio.add(title="Summer hare")
    studio.enter(page, "Automations")
    expect(page.get_by_text("No automation yet")).to_be_visible()
    page.locator(".st-key-starter-daily button").click()
    expect(page.get_by_text("A new automation, not saved yet.")).to_be_visible()
    expect(page.locator(".st-key-automation-beside img").first).to_have_js_property("complete", True)

    page.get_by_role("button", name="Rules", exact=True).click()
    expect(page.get_by_text("At 18:00", exact=True)).to_be_visible()
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.get_by_text("2 posts in 7 days")).to_be_visible()
    expect(page.get_by_role("link", name="Winter fox")).to_be_visible()
    expect(page.get_by_text("No draft is left that it may take.")).to_be_visible()

    page.get_by_role("button", name="Save and switch on").click()
    expect(page.get_by_text("was saved and is switched on")).to_be_visible()
    (made,) = automations_of(studio)
    with studio.runtime.database.read() as session:
        assert made.enabled and list_rules(session, made.id)[0].next_at is not None
    page.get_by_role("button", name="All automations").click()
    expect(page.get_by_text("2 left, until")).to_be_visible()


def test_what_is_typed_is_kept_from_part_to_part_until_it_is_saved(studio: Studio, browser_page: Page) -> None:
    page = browser_page
    evenings(studio)
    studio.enter(page, "Automations")
    page.get_by_role("button", name="Evenings", exact=True).click()
    page.get_by_role("button", name="About", exact=True).click()
    page.get_by_label("Name").fill("Late evenings")
    page.get_by_label("Name").press("Tab")
    expect(page.get_by_text("Unsaved changes.")).to_be_visible()
    page.get_by_role("button", name="Source", exact=True).click()
    page.get_by_text("In a shuffled order").click()
    page.get_by_role("button", name="About", exact=True).click()
    expect(page.get_by_label("Name")).to_have_value("Late evenings")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("“Late evenings” was saved.")).to_be_visible()
    (made,) = automations_of(studio)
    assert (made.name, made.draft_selection_method) == ("Late evenings", "random")


def test_a_pause_is_asked_for_and_ended(studio: Studio, browser_page: Page) -> None:
    page = browser_page
    evenings(studio, enabled=True)
    studio.enter(page, "Automations")
    choose(page, "Pause…")
    page.get_by_role("dialog").get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_text("Paused until")).to_be_visible()
    paused = automations_of(studio)[0].paused_until
    assert paused is not None and paused > utc_now()
    choose(page, "End the pause")
    expect(page.get_by_text("“Evenings” goes on.")).to_be_visible()
    assert automations_of(studio)[0].paused_until is None


def test_deleting_asks_first(studio: Studio, browser_page: Page) -> None:
    page = browser_page
    evenings(studio)
    studio.enter(page, "Automations")
    choose(page, "Delete…")
    page.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(automations_of(studio)) == 1
    choose(page, "Delete…")
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("“Evenings” was deleted.")).to_be_visible()
    assert automations_of(studio) == []


def test_a_rule_is_added_from_the_menu_and_shows_at_once(studio: Studio, browser_page: Page) -> None:
    page = browser_page
    evenings(studio)
    studio.enter(page, "Automations")
    page.get_by_role("button", name="Evenings", exact=True).click()
    page.get_by_role("button", name="Add a rule").click()
    page.get_by_text("N a day, spread out (drip)").click()
    expect(page.get_by_text("3 a day, spread out from 09:00 to 21:00")).to_be_visible()
    page.get_by_label("Posts a day").fill("5")
    page.get_by_label("Posts a day").press("Enter")
    expect(page.get_by_text("5 a day, spread out from 09:00 to 21:00")).to_be_visible()


def test_nothing_runs_over_the_edge_of_a_phone(studio: Studio, browser_page: Page) -> None:
    page = browser_page
    studio.add(title="A title that goes on and on, and then goes on a little more, and does not stop there")
    opened = evenings(studio, name="An automation with quite a long name that says what it is for", enabled=True)
    studio.enter(page, "Automations")
    page.set_viewport_size(PHONE)
    for query in ("", "?view=limits", *(f"?open={opened}&part={part}" for part in ("rules", "source", "preview"))):
        page.goto(f"{studio.root}/automations{query}")
        expect(page.get_by_test_id("stMain").get_by_role("button").first).to_be_visible()
        settled(page)
        width = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
        assert width <= PHONE["width"], query
