"""Home in its states: an empty studio, a filled one, one in trouble."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.clock import utc_now
from core.identity.models import AccountState
from core.publishing.automations import editing, switching
from core.publishing.models import DeviationStatus, HoldReason
from core.sales.models import SaleQueue, SaleQueueStatus
from core.system import heartbeats
from core.system.actors import Actor
from tests.automations.making import blueprint
from tests.factories import HOUR, make_account, make_blob, make_deviation, make_file, make_preset, make_user
from tests.screens.support import said, scripts

DUE = timedelta(days=2)


def beat(runtime, *, at: datetime | None = None) -> None:
    with runtime.database.session() as session:
        at = at or utc_now()
        heartbeats.beat(session, "wrk-1", heartbeats.SCHEDULER, started_at=at, is_leader=True, now=at)


def labels(screen) -> set[str]:
    return {button.label for button in screen.button}


def plan(session, user, account, title: str, *, after: timedelta = DUE, **fields):
    at = (utc_now() + after).replace(second=0, microsecond=0)
    times = {"scheduled_at": at, "actual_publish_at": at + timedelta(minutes=5), "due_at": at + timedelta(minutes=5)}
    return make_deviation(session, user, account, status=DeviationStatus.SCHEDULED, title=title, **times | fields)


def test_an_empty_studio_shows_three_steps_and_the_first_action(anna, open_page):
    screen = open_page()
    assert ", Anna" in screen.title[0].value
    text = said(screen)
    assert "Nothing is scheduled. Upload pictures to begin." in text
    assert "Three steps to your first post" in text and "Two clicks with the sandbox" in text
    assert "Needs you" not in text and "Published, 7 days" not in scripts(screen)
    assert "Connect the sandbox" in labels(screen)


def test_steps_are_ticked_as_they_are_done(runtime, anna, open_page):
    with runtime.database.session() as session:
        make_account(session, anna)
    text = said(open_page())
    assert "1. ~~Connect an account~~" in text
    assert "2. **Drop in pictures, or make some**" in text


def test_the_steps_are_gone_once_something_was_planned(runtime, anna, open_page):
    with runtime.database.session() as session:
        plan(session, anna, make_account(session, anna), "Winter fox")
    assert "Three steps" not in said(open_page())


def test_one_sentence_says_what_is_next_and_that_nothing_is_needed(runtime, anna, open_page):
    with runtime.database.session() as session:
        plan(session, anna, make_account(session, anna), "Winter fox")
    beat(runtime)
    text = said(open_page())
    assert "**“Winter fox”** goes out " in text
    assert "; nothing needs you." in text
    assert "Unattended work is running" in text


def test_next_out_names_account_time_window_and_sandbox(runtime, anna, open_page):
    with runtime.database.session() as session:
        account = make_account(session, anna, username="anna-paints")
        post = plan(session, anna, account, "Winter fox")
        start = post.scheduled_at
    local = start.astimezone(ZoneInfo("Europe/Vienna"))
    text = said(open_page())
    assert f"{local:%H:%M}–{local + timedelta(minutes=5):%H:%M}" in text
    assert "anna-paints :orange-badge[sandbox]" in text
    assert "Times are in Europe/Vienna." in text


def test_figures_count_what_went_out_is_planned_and_is_left(runtime, anna, open_page):
    with runtime.database.session() as session:
        account = make_account(session, anna)
        plan(session, anna, account, "Ahead")
        for _ in range(3):
            make_deviation(session, anna, account, status="published", published_at=utc_now() - HOUR)
        for _ in range(2):
            make_deviation(session, anna, created_at=utc_now())
    shown = scripts(open_page())
    for spoken in (
        "Published, 7 days: 3, 3 more",
        "Scheduled ahead: 1, 1 in the next 7 days",
        "Drafts left: 2, enough",
    ):
        assert spoken in shown


def test_without_the_sidecar_home_says_how_to_start_it(runtime, anna, open_page):
    with runtime.database.session() as session:
        plan(session, anna, make_account(session, anna), "Winter fox")
    beat(runtime, at=utc_now() - timedelta(minutes=10))
    text = said(open_page())
    assert "Unattended work has stopped · last heard of 10 min ago" in text
    assert "`atelier scheduler`" in text and "nothing is lost" in text
    assert "but nothing goes out right now" in text


def test_everything_that_waits_for_the_person_is_listed(runtime, admin, open_page):
    now = utc_now()
    with runtime.database.session() as session:
        good, lost = make_account(session, admin), make_account(session, admin, state=AccountState.RECONNECT)
        make_deviation(session, admin, good, status="failed", title="Dunes", error_message="The tags are too long.")
        plan(session, admin, good, "Late one", hold_reason=HoldReason.LATE)
        plan(session, admin, good, "Agreeable", hold_reason=HoldReason.AGREEMENT)
        plan(session, admin, lost, "Waiting")
        make_deviation(session, admin, status="review")
    beat(runtime, at=now)
    text = said(open_page())
    assert "“Dunes” failed" in text and "The tags are too long" in text
    assert "“Late one” is late and waits for you" in text
    assert "DeviantArt asks for your agreement" in text and "“Agreeable” waits" in text
    assert "must be connected again" in text and "1 post keeps its time and waits." in text
    assert "1 picture to review" in text
    assert "5 things need you" in text


def test_held_posts_and_those_of_a_lost_account_are_not_next(runtime, anna, open_page):
    with runtime.database.session() as session:
        good, lost = make_account(session, anna), make_account(session, anna, state=AccountState.RECONNECT)
        plan(session, anna, good, "Held", after=timedelta(hours=1), hold_reason=HoldReason.LATE)
        plan(session, anna, lost, "Lost", after=timedelta(hours=2))
        plan(session, anna, good, "Free", after=timedelta(days=1))
    beat(runtime)
    assert "**“Free”** goes out" in said(open_page())


def test_another_persons_posts_are_not_seen(runtime, anna, open_page):
    with runtime.database.session() as session:
        charlie = make_user(session, "charlie")
        plan(session, charlie, make_account(session, charlie), "Secret")
        make_deviation(session, charlie, status="failed", title="Private")
    text = said(open_page())
    assert "Secret" not in text and "Private" not in text
    assert "Three steps" in text


def test_titles_cannot_smuggle_in_markup(runtime, anna, open_page):
    with runtime.database.session() as session:
        plan(session, anna, make_account(session, anna), "**bold** [link](http://x.test) <b>")
    beat(runtime)
    assert r"\*\*bold\*\* \[link\]\(http\://x.test\) \<b\>" in said(open_page())


def test_the_third_step_offers_a_time_by_hand_or_an_automation(runtime, anna, open_page):
    with runtime.database.session() as session:
        make_account(session, anna)
        make_deviation(session, anna)
    assert {"Choose a draft", "Start an automation"} <= labels(open_page())


def test_an_automation_that_is_on_is_a_plan_and_stands_under_next_out(runtime, anna, open_page):
    with runtime.database.session() as session:
        make_account(session, anna, is_default=True)
        make_file(session, make_deviation(session, anna), make_blob(session, anna))
        actor = Actor.person(anna.id)
        automation = editing.create(session, actor, blueprint(), now=utc_now())
        switching.enable(session, actor, automation.id, now=utc_now())
    beat(runtime)
    text = said(open_page())
    assert "Three steps" not in text
    assert "Nothing is scheduled; **“Evenings”** runs next" in text
    assert "automations choose drafts when their time comes" in text


def test_a_failed_sale_needs_the_person(runtime, anna, open_page):
    with runtime.database.session() as session:
        sold = make_deviation(session, anna, make_account(session, anna), status=DeviationStatus.PUBLISHED,
                              published_at=utc_now())  # fmt: skip
        preset = make_preset(session, anna)
        session.add(
            SaleQueue(user_id=anna.id, deviation_id=sold.id, price_preset_id=preset.id, price=5000, currency="USD",
                      status=SaleQueueStatus.FAILED, title=sold.title, url="https://example.org/1")
        )  # fmt: skip
    text = said(open_page())
    assert "1 piece could not be priced" in text
