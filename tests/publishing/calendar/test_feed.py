"""The .ics file, read back: what is in it, when, and that the same posts give the same bytes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from core.publishing.calendar.feed import read_feed, write_feed
from core.publishing.models import HoldReason
from tests.factories import DAY, HOUR, NOON, make_account, make_deviation
from tests.publishing.calendar.support import forecast_of, make_automation

URL = "https://atelier.example"


def written(session, actor, forecast=None, *, now=NOON) -> bytes:
    entries = read_feed(session, actor, forecast, now=now)
    return write_feed(entries, feed_id="cal_one", username="alice", public_url=URL)


def events(body: bytes) -> dict[str, icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(body)
    assert not calendar.errors
    return {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}


def test_published_scheduled_held_and_foreseen_posts_are_in_it_and_nothing_else(session, alice, actor, account):
    make_deviation(session, alice, account, status="published", title="Out", published_at=NOON - DAY)
    make_deviation(session, alice, account, status="scheduled", title="Next")
    make_deviation(session, alice, account, status="scheduled", title="Late", hold_reason=HoldReason.LATE)
    for status in ("draft", "review", "failed"):
        make_deviation(session, alice, account, status=status, title=f"No {status}")
    make_deviation(session, alice, account, status="scheduled", title="Binned", deleted_at=NOON)
    draft = make_deviation(session, alice, account, title="Perhaps")
    forecast = forecast_of(make_automation(session, alice), (draft, NOON + DAY))
    found = events(written(session, actor, forecast))
    assert {name: str(event["STATUS"]) for name, event in found.items()} == {
        "Out": "CONFIRMED",
        "Next": "CONFIRMED",
        "Held: Late": "TENTATIVE",
        "Foreseen: Perhaps": "TENTATIVE",
    }
    assert all(str(event["TRANSP"]) == "TRANSPARENT" for event in found.values())


def test_what_went_out_long_ago_and_what_is_in_far_years_is_left_out(session, alice, actor, account):
    for age in (29, 31):
        make_deviation(session, alice, account, status="published", title=str(age), published_at=NOON - age * DAY)
    assert list(events(written(session, actor))) == ["29"]


def test_times_are_in_utc_and_cover_the_window(session, alice, actor, account):
    vienna = ZoneInfo("Europe/Vienna")
    start = datetime(2026, 10, 25, 2, 30, tzinfo=vienna, fold=1)  # the second half past two of that night
    promise = start.astimezone(UTC) + timedelta(minutes=40)
    values = {"scheduled_at": start.astimezone(UTC), "actual_publish_at": promise, "due_at": promise}
    make_deviation(session, alice, account, status="scheduled", title="Night", **values)
    body = written(session, actor)
    assert b"DTSTART:20261025T013000Z" in body
    event = events(body)["Night"]
    assert event.start == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert event.end == promise


def test_an_event_keeps_its_name_for_its_whole_life(session, alice, actor, account):
    draft = make_deviation(session, alice, account, title="Dunes")
    forecast = forecast_of(make_automation(session, alice), (draft, NOON + DAY))
    (foreseen,) = events(written(session, actor, forecast)).values()
    draft.status, draft.scheduled_at, draft.actual_publish_at, draft.due_at = "scheduled", *([NOON + DAY] * 3)
    session.flush()
    (scheduled,) = events(written(session, actor)).values()
    draft.status, draft.published_at, draft.deviation_url = "published", NOON + DAY, "https://example.test/1"
    session.flush()
    (published,) = events(written(session, actor, now=NOON + 2 * DAY)).values()
    assert foreseen["UID"] == scheduled["UID"] == published["UID"]
    assert str(scheduled["URL"]) == f"{URL}/content?open={draft.id}"
    assert str(published["URL"]) == "https://example.test/1"


def test_the_same_posts_give_the_same_bytes(session, alice, actor, account):
    draft = make_deviation(session, alice, account)
    make_deviation(session, alice, account, status="scheduled")
    automation = make_automation(session, alice)
    forecast = forecast_of(automation, (draft, NOON + DAY))
    first = written(session, actor, forecast)
    assert written(session, actor, forecast, now=NOON + HOUR / 2) == first
    assert written(session, actor, forecast_of(automation, (draft, NOON + DAY + HOUR))) != first


@pytest.mark.parametrize(
    "title",
    [
        "Commas, semicolons; and \\ slashes",
        "BEGIN:VEVENT\nSUMMARY:smuggled\r\nEND:VEVENT",
        "Two\u2028lines",
        "“Ünïcödé” 雪 🎨 " * 9,
        "bell \x07 and escape \x1b",
        "",
    ],
)
def test_titles_come_back_as_they_are_and_smuggle_nothing(session, alice, actor, account, title):
    make_deviation(session, alice, account, status="scheduled", title=title)
    body = written(session, actor)
    (event,) = events(body).values()
    said = " ".join(str(event["SUMMARY"]).split())
    assert said == (" ".join("".join(one if one.isprintable() else " " for one in title).split()) or "Untitled")
    assert body.count(b"\r\nBEGIN:VEVENT\r\n") == 1
    assert max(len(line) for line in body.split(b"\r\n")) <= 75


def test_accounts_and_automations_are_named_in_words(session, alice, actor):
    account = make_account(session, alice, username="alice-paints")
    automation = make_automation(session, alice, "Evenings")
    make_deviation(session, alice, account, status="scheduled", title="Dunes", automation_id=automation.id)
    description = str(events(written(session, actor))["Dunes"]["DESCRIPTION"])
    assert "alice-paints" in description
    assert "Evenings" in description


def test_an_empty_calendar_is_a_calendar(session, charlie):
    body = written(session, charlie)
    assert events(body) == {}
    assert body.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")
    assert b"REFRESH-INTERVAL" in body


def test_somebody_elses_posts_are_not_in_it(session, alice, actor, account, charlie):
    make_deviation(session, alice, account, status="scheduled", title="Mine alone")
    assert b"Mine alone" in written(session, actor)
    assert events(written(session, charlie)) == {}
