"""The Calendar screen: its address, what it gives the board to draw, filters, what is done on it, its file."""

import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.clock import utc_now
from core.publishing.automations.models import AutomationScheduleRule, RuleType
from core.publishing.calendar import feeds
from core.publishing.calendar.entries import Kind
from core.publishing.calendar.periods import Span, period_of
from core.publishing.models import Deviation, HoldReason
from core.system.actors import Actor
from core.ui import gate
from core.ui.calendar import board
from core.ui.calendar.export import make_csv
from core.ui.calendar.query import read_query
from tests.factories import make_account, make_deviation, make_user
from tests.publishing.calendar.support import make_automation, make_blackout
from tests.screens.support import press, run, said

CALENDAR = "pages/publish/calendar.py"
VIENNA = ZoneInfo("Europe/Vienna")


@pytest.fixture
def account(runtime, anna):
    with runtime.database.session() as session:
        return make_account(session, anna, username="anna-paints", is_default=True)


def noon(days: int) -> datetime:
    """Noon in Vienna, so many days from now."""
    here = utc_now().astimezone(VIENNA) + timedelta(days=days)
    return here.replace(hour=12, minute=0, second=0, microsecond=0)


def at(when, **fields):
    return {"status": "scheduled", "scheduled_at": when, "actual_publish_at": when, "due_at": when} | fields


def add(runtime, *args, **fields) -> str:
    with runtime.database.session() as session:
        return make_deviation(session, *args, **fields).id


def drawn(screen) -> dict:
    """What the board was told to draw."""
    (element,) = [one for one in screen.get("bidi_component") if one.proto.component_name == "atelier_calendar"]
    found = json.loads(element.proto.json)
    assert isinstance(found, dict)
    return found


def tiles(screen) -> list[dict]:
    found = [tile for day in drawn(screen)["days"] for tile in day["tiles"]]
    hours = [hour for day in drawn(screen)["days"] for hour in day.get("hours", {}).values()]
    return found + [tile for hour in hours for tile in hour["tiles"]]


def do(screen, **event):
    """What the board says when a person did something on it."""
    screen.session_state["calendar.event"] = event
    return run(screen)


def row_of(runtime, deviation_id: str) -> Deviation:
    with runtime.database.read() as session:
        return session.get_one(Deviation, deviation_id)


@pytest.mark.parametrize(
    ("address", "span", "day"),
    [
        ({}, Span.MONTH, "2026-11-21"),
        ({"view": "week", "date": "2026-12-24"}, Span.WEEK, "2026-12-24"),
        ({"view": "year", "date": "soon", "page": "x", "kinds": "nothing"}, Span.MONTH, "2026-11-21"),
        ({"date": "9999-12-31"}, Span.MONTH, "2026-11-21"),
        ({"date": "0001-01-01"}, Span.MONTH, "2026-11-21"),
        ({"view": "list", "page": "٣"}, Span.LIST, "2026-11-21"),
    ],
)
def test_an_address_is_read_and_what_makes_no_sense_is_passed_over(address, span, day):
    query = read_query(address, date(2026, 11, 21))
    assert (query.span, query.day.isoformat(), query.page) == (span, day, 1)
    assert not query.kinds


def test_filters_and_page_are_in_the_address():
    query = read_query({"kinds": "held,failed", "account": "acc_1", "page": "3", "drafts": "1"}, date(2026, 1, 1))
    assert query.kinds == {Kind.HELD, Kind.FAILED}
    assert (query.wanted.account_id, query.page, query.shows_drafts) == ("acc_1", 3, True)


@pytest.mark.parametrize(
    ("span", "day", "title"),
    [
        (Span.MONTH, date(2026, 11, 21), "November 2026"),
        (Span.WEEK, date(2026, 11, 21), "16–22 November 2026"),
        (Span.WEEK, date(2026, 12, 1), "30 Nov – 6 Dec 2026"),
        (Span.WEEK, date(2027, 1, 1), "28 Dec 2026 – 3 Jan 2027"),
        (Span.DAY, date(2026, 11, 21), "Saturday 21 November 2026"),
    ],
)
def test_a_period_is_named(span, day, title):
    assert board.title_of(period_of(span, day)) == title


def test_a_new_house_is_led_to_content(anna, open_page):
    screen = open_page(CALENDAR)
    assert "Nothing is planned" in said(screen)
    assert len(drawn(screen)["days"]) % 7 == 0
    assert any(button.label == "Go to Content" for button in screen.button)


def test_drafts_without_a_time_are_offered_and_shown(runtime, anna, account, open_page):
    add(runtime, anna, account, title="Harbour")
    screen = press(open_page(CALENDAR), "Show the drafts")
    assert [tile["title"] for tile in drawn(screen)["drafts"]["tiles"]] == ["Harbour"]
    assert "drafts" not in drawn(press(screen, "Hide drafts"))


@pytest.mark.parametrize("view", ["month", "week", "list", "day"])
def test_each_view_shows_the_post_at_its_time(runtime, anna, account, open_page, view):
    when = noon(3)
    post = add(runtime, anna, account, title="Dunes", **at(when, actual_publish_at=when + timedelta(minutes=4)))
    (tile,) = tiles(open_page(CALENDAR, view=view, date=when.date().isoformat()))
    assert (tile["id"], tile["when"], tile["kind"], tile["who"]) == (post, "12:00–12:04", "scheduled", "anna-paints")
    assert "fixed" not in tile


def test_today_is_marked_and_a_full_day_counts_what_is_not_shown(runtime, anna, account, open_page):
    for number in range(5):
        add(runtime, anna, account, status="published", published_at=utc_now(), title=str(number))
    days = drawn(open_page(CALENDAR))["days"]
    (today,) = [day for day in days if day.get("today")]
    assert today["date"] == utc_now().astimezone(VIENNA).date().isoformat()
    assert (len(today["tiles"]), today["more"], today["total"]) == (3, 2, 5)
    assert all(tile["fixed"] for tile in today["tiles"])


def test_no_more_is_sent_than_is_shown(runtime, anna, account, open_page):
    with runtime.database.session() as session:
        for number in range(120):
            make_deviation(session, anna, account, **at(noon(2) + timedelta(minutes=number)), files=0)
    when = noon(2).date().isoformat()
    assert len(tiles(open_page(CALENDAR, date=when))) == 3
    assert len(tiles(open_page(CALENDAR, date=when, view="week"))) == 6
    assert len(tiles(open_page(CALENDAR, date=when, view="day"))) == 50
    assert len(tiles(open_page(CALENDAR, date=when, view="day", page="3"))) == 20


def test_what_automations_will_do_is_foreseen_and_cannot_be_moved(runtime, anna, account, open_page):
    with runtime.database.session() as session:
        automation = make_automation(session, anna, "Evenings", enabled=True, account_id=account.id)
        rule = {"automation_id": automation.id, "type": RuleType.FIXED_TIME, "time_of_day": "19:30"}
        session.add(AutomationScheduleRule(**rule, next_at=utc_now(), created_at=utc_now(), updated_at=utc_now()))
        make_deviation(session, anna, account, title="Dunes")
        make_blackout(session, anna, "Night", starts_at=noon(9), ends_at=noon(10))
    tomorrow = noon(1).date().isoformat()
    found = [*tiles(open_page(CALENDAR)), *tiles(open_page(CALENDAR, date=tomorrow))]
    assert {(tile["kind"], tile["title"]) for tile in found} == {("foreseen", "Dunes")}
    assert "Evenings" in found[0]["fixed"]
    assert tiles(open_page(CALENDAR, date=tomorrow, kinds="scheduled")) == []


def test_how_far_automations_are_foreseen_is_said_where_it_ends(runtime, anna, open_page):
    far = (utc_now() + timedelta(days=200)).date().isoformat()
    assert "is foreseen until" not in said(open_page(CALENDAR, date=far))
    with runtime.database.session() as session:
        make_automation(session, anna)
    assert "is foreseen until" in said(open_page(CALENDAR, date=far))
    assert "is foreseen until" not in said(open_page(CALENDAR))


def test_times_without_automations_are_drawn_as_parts_of_their_days(runtime, anna, open_page):
    with runtime.database.session() as session:
        make_blackout(session, anna, "Holidays", starts_at=noon(2), ends_at=noon(4))
    (day,) = drawn(open_page(CALENDAR, view="day", date=noon(2).date().isoformat()))["days"]
    (closed,) = day["closed"]
    assert (closed["to"], closed["name"]) == (1.0, "Holidays")
    assert 0.45 < closed["from"] < 0.55


def test_filters_narrow_and_are_cleared(runtime, anna, account, open_page):
    add(runtime, anna, account, title="Dunes", **at(noon(1)))
    late = {"hold_reason": HoldReason.LATE, "title": "Late"}
    add(runtime, anna, account, **at(noon(1)) | late)
    when = noon(1).date().isoformat()
    screen = open_page(CALENDAR, date=when, kinds="held")
    assert [tile["title"] for tile in tiles(screen)] == ["Late"]
    assert len(tiles(press(screen, "Clear filters"))) == 2
    assert "No post of this time fits" in said(open_page(CALENDAR, date=when, kinds="failed"))


def test_another_persons_posts_are_nowhere(runtime, anna, open_page):
    with runtime.database.session() as session:
        charlie = make_user(session, "charlie")
        other = make_account(session, charlie)
        post = make_deviation(session, charlie, other, title="Not hers", **at(noon(1)))
        make_deviation(session, charlie, other, title="Nor this")
    screen = open_page(CALENDAR, date=noon(1).date().isoformat(), drafts="1")
    assert "Not hers" not in json.dumps(drawn(screen))
    assert "Nor this" not in json.dumps(drawn(screen))
    screen = do(screen, do="move", id=post.id, day=noon(2).date().isoformat(), hour=None)
    assert "There is no such deviation" in said(screen)
    assert not do(screen, do="plan", id=post.id, day=noon(2).date().isoformat()).get("dialog")


def test_a_move_on_the_board_reschedules_and_is_told(runtime, anna, account, open_page):
    post = add(runtime, anna, account, title="Dunes", **at(noon(3)))
    screen = open_page(CALENDAR, view="week", date=noon(3).date().isoformat())
    seen = tiles(screen)[0]["at"]
    screen = do(screen, do="move", id=post, day=noon(4).date().isoformat(), hour=15, seen=seen)
    assert "“Dunes” was moved to" in said(screen)
    assert drawn(screen)["said"]["undo"] is True
    moved = row_of(runtime, post).scheduled_at.astimezone(VIENNA)
    assert (moved.date(), moved.hour) == (noon(4).date(), 15)
    screen = do(screen, do="undo")
    assert "was put back" in said(screen)
    assert row_of(runtime, post).scheduled_at == noon(3)


def test_a_move_that_is_refused_says_why_and_changes_nothing(runtime, anna, account, open_page):
    post = add(runtime, anna, account, title="Dunes", **at(noon(3)))
    screen = do(open_page(CALENDAR), do="move", id=post, day=noon(-3).date().isoformat(), hour=None)
    assert "This time has passed" in said(screen)
    assert row_of(runtime, post).scheduled_at == noon(3)
    assert "This time has passed" not in said(run(screen))


@pytest.mark.parametrize(
    "event",
    [
        {"do": "move"},
        {"do": "move", "id": 7, "day": "2026-12-01"},
        {"do": "move", "id": "dev_x", "day": "2026-13-01"},
        {"do": "move", "id": "dev_x", "day": ["2026"], "hour": "late"},
        {"do": "move", "id": "dev_x", "day": "2026-12-01", "hour": 99, "seen": "never"},
        {"do": "day", "day": None},
        {"do": "open", "id": None},
        {"do": "undo"},
        {"do": "turn", "step": "far"},
        {"do": "delete everything"},
        {},
    ],
)
def test_whatever_a_browser_says_the_screen_stands(anna, open_page, event):
    screen = do(open_page(CALENDAR), **event)
    assert not screen.exception
    assert "reference" not in said(screen)


def test_turning_the_page_and_opening_a_day_are_in_the_address(anna, open_page):
    screen = do(open_page(CALENDAR, date="2026-11-21"), do="turn", step=1)
    assert drawn(screen)["title"] == "December 2026"
    screen = do(screen, do="day", day="2026-12-24")
    assert drawn(screen)["title"] == "Thursday 24 December 2026"
    assert drawn(press(screen, "Month"))["title"] == "December 2026"
    assert screen.query_params["date"] == "2026-12-24"


def test_the_file_has_everything_of_the_period_and_is_safe_to_open(runtime, anna, account):
    for number in range(8):
        add(runtime, anna, account, title=f"=cmd({number})", **at(datetime(2027, 6, 10, 12, number, tzinfo=VIENNA)))
    add(runtime, anna, account, title="July", **at(datetime(2027, 7, 10, 12, tzinfo=VIENNA)))
    user = gate.find_user(runtime, gate.session_cookie())
    assert user is not None
    query = read_query({"view": "list", "date": "2027-06-01", "kinds": "scheduled"}, date(2027, 1, 1))
    lines = make_csv(user, query, []).decode("utf-8-sig").splitlines()
    assert lines[0] == "Calendar: June 2027; Scheduled"
    assert len(lines) == 2 + 8
    assert lines[2].startswith("2027-06-10,12:00:00,12:00:00,Europe/Vienna,Scheduled,'=cmd(0),anna-paints")


def test_the_dialog_of_the_link_shows_it_only_once_it_is_made(runtime, anna, open_page):
    screen = press(open_page(CALENDAR), "Subscribe")
    assert "secret link" in said(screen)
    with runtime.database.session() as session:
        link = feeds.make_link(session, Actor.person(anna.id), now=utc_now())
    assert link.secret in said(run(screen))
