"""What stands in the calendar: every kind at its time, only the person's own, and no more than is shown."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event

from core.identity.models import AccountState
from core.publishing.automations.models import BlackoutKind
from core.publishing.calendar.closed import closed_times
from core.publishing.calendar.entries import Kind
from core.publishing.calendar.periods import Span, day_bounds, period_of
from core.publishing.calendar.reading import (
    Wanted,
    automations_of,
    count_unplanned,
    list_unplanned,
    read_shelves,
)
from core.publishing.models import HoldReason
from tests.factories import DAY, HOUR, NOON, lease, make_account, make_deviation, make_user
from tests.publishing.calendar.support import forecast_of, make_automation, make_blackout

VIENNA = ZoneInfo("Europe/Vienna")
JUNE = day_bounds(period_of(Span.LIST, NOON.date()).dates, VIENNA)


def read(session, actor, bounds=JUNE, wanted=Wanted(), *, each=50, **rest):  # noqa: B008 - it is frozen
    return read_shelves(session, actor, bounds, wanted, each=each, now=NOON, **rest)


def entries(session, actor, *args, **rest):
    return [entry for shelf in read(session, actor, *args, **rest) for entry in shelf.entries]


def at(when, **fields):
    return {"scheduled_at": when, "actual_publish_at": when, "due_at": when} | fields


@pytest.fixture
def one_of_each(session, alice, account):
    posts = {
        Kind.DRAFT: make_deviation(session, alice, title="draft", scheduled_at=NOON + HOUR),
        Kind.SCHEDULED: make_deviation(session, alice, account, status="scheduled", **at(NOON + 2 * HOUR)),
        Kind.HELD: make_deviation(
            session, alice, account, status="scheduled", hold_reason=HoldReason.LATE, **at(NOON + 3 * HOUR)
        ),
        Kind.UNDER_WAY: make_deviation(session, alice, account, status="uploading", **at(NOON + 4 * HOUR)),
        Kind.PUBLISHED: make_deviation(session, alice, account, status="published", published_at=NOON),
        Kind.FAILED: make_deviation(
            session, alice, account, status="failed", error_message="Refused.", **at(NOON - HOUR)
        ),
    }
    session.commit()
    return posts


def test_each_kind_stands_at_its_own_time(session, actor, one_of_each):
    found = entries(session, actor)
    assert {entry.kind: entry.deviation_id for entry in found} == {kind: row.id for kind, row in one_of_each.items()}
    assert [entry.at for entry in found] == sorted(entry.at for entry in found)
    assert all(entry.cover_blob_id for entry in found)


def test_only_what_waits_can_be_moved_and_the_others_say_why(session, actor, one_of_each):
    movable = {entry.kind for entry in entries(session, actor) if entry.immovable is None}
    assert movable == {Kind.DRAFT, Kind.SCHEDULED, Kind.HELD}
    failed = next(entry for entry in entries(session, actor) if entry.kind is Kind.FAILED)
    assert (failed.note, "retry" in (failed.immovable or "")) == ("Refused.", True)


def test_what_a_worker_holds_is_under_way(session, actor, one_of_each):
    lease(one_of_each[Kind.SCHEDULED], at=NOON)
    session.commit()
    kinds = [entry.kind for entry in entries(session, actor)]
    assert (kinds.count(Kind.UNDER_WAY), kinds.count(Kind.SCHEDULED)) == (2, 0)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.FORESEEN])
def test_one_kind_alone_can_be_asked_for(session, actor, one_of_each, kind):
    assert [entry.kind for entry in entries(session, actor, JUNE, Wanted(kinds=frozenset({kind})))] == [kind]


def test_nothing_asked_of_the_database_when_only_the_foreseen_is_wanted(session, actor, one_of_each):
    assert entries(session, actor, JUNE, Wanted(kinds=frozenset({Kind.FORESEEN}))) == []


def test_the_trash_and_other_people_are_not_in_it(session, alice, actor, account, charlie):
    make_deviation(session, alice, account, status="scheduled", deleted_at=NOON)
    make_deviation(session, alice, account, status="published", deleted_at=NOON)
    make_deviation(session, alice, account, status="scheduled")
    session.commit()
    assert len(entries(session, actor)) == 1
    assert entries(session, charlie) == []
    assert (automations_of(session, charlie), count_unplanned(session, charlie)) == ((), 0)


def test_days_are_those_of_the_zone_and_a_window_belongs_to_its_promise(session, alice, actor, account):
    before_midnight = datetime(2026, 6, 9, 23, 58, tzinfo=VIENNA)
    promise = datetime(2026, 6, 10, 0, 2, tzinfo=VIENNA)
    values = at(before_midnight, actual_publish_at=promise, jitter_seconds=240)
    make_deviation(session, alice, account, status="scheduled", **values)
    shelves = read(session, actor)
    (entry,) = shelves[9].entries
    assert (entry.starts_at, entry.at) == (before_midnight, promise)
    assert sum(shelf.total for shelf in shelves) == 1


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_on_which_the_clock_changes_has_all_its_posts(session, alice, actor, account, day, hours):
    bounds = day_bounds((day,), VIENNA)
    for hour in range(-1, hours + 1):
        make_deviation(session, alice, account, status="scheduled", **at(bounds[0] + hour * HOUR))
    (shelf,) = read(session, actor, bounds)
    assert shelf.total == hours


def test_a_full_day_shows_the_first_and_counts_the_rest(session, alice, actor, account):
    posts = [make_deviation(session, alice, account, status="scheduled", **at(NOON + n * HOUR / 10)) for n in range(9)]
    automation = make_automation(session, alice)
    early = make_deviation(session, alice, account)
    forecast = forecast_of(automation, (early, NOON + HOUR / 20))
    shelf = read(session, actor, each=3, forecast=forecast)[0]
    assert [entry.deviation_id for entry in shelf.entries] == [posts[0].id, early.id, posts[1].id]
    assert (shelf.total, shelf.more) == (10, 7)


def test_a_list_goes_on_where_the_page_before_ended(session, alice, actor, account):
    automation = make_automation(session, alice)
    drafts = [make_deviation(session, alice, account) for _ in range(3)]
    for number in range(4):
        make_deviation(session, alice, account, status="scheduled", **at(NOON + 2 * number * HOUR))
    forecast = forecast_of(automation, *((one, NOON + (2 * n + 1) * HOUR) for n, one in enumerate(drafts)))
    bounds = (JUNE[0], JUNE[-1])
    whole = entries(session, actor, bounds, forecast=forecast)
    pages = [entries(session, actor, bounds, forecast=forecast, each=3, skip=skip) for skip in (0, 3, 6)]
    assert [entry for page in pages for entry in page] == whole
    assert [entry.kind is Kind.FORESEEN for entry in whole] == [False, True, False, True, False, True, False]


def test_what_is_foreseen_names_its_automation_and_cannot_be_moved(session, alice, actor, account):
    automation = make_automation(session, alice, "Evenings", color="#aa3355")
    draft = make_deviation(session, alice, account, title="Dunes")
    forecast = forecast_of(automation, (draft, NOON + DAY), moved_because="blackout")
    (entry,) = entries(session, actor, forecast=forecast)
    assert (entry.kind, entry.title, entry.account_name) == (Kind.FORESEEN, "Dunes", account.username)
    assert entry.automation is not None
    assert (entry.automation.name, entry.automation.color) == ("Evenings", "#aa3355")
    assert "“Evenings”" in (entry.immovable or "")
    assert "blackout" in (entry.note or "")
    assert entry.cover_blob_id


def test_accounts_and_automations_narrow_all_kinds(session, alice, actor, account):
    other = make_account(session, alice)
    mine, theirs = make_automation(session, alice), make_automation(session, alice, "Mornings")
    draft = make_deviation(session, alice, account)
    make_deviation(session, alice, account, status="scheduled", automation_id=mine.id)
    make_deviation(session, alice, other, status="published")
    forecast = forecast_of(theirs, (draft, NOON + DAY))
    assert len(entries(session, actor, forecast=forecast)) == 3
    assert len(entries(session, actor, JUNE, Wanted(account_id=account.id), forecast=forecast)) == 2
    assert len(entries(session, actor, JUNE, Wanted(account_id=other.id), forecast=forecast)) == 1
    (planned,) = entries(session, actor, JUNE, Wanted(automation_id=mine.id), forecast=forecast)
    assert planned.kind is Kind.SCHEDULED
    (seen,) = entries(session, actor, JUNE, Wanted(automation_id=theirs.id), forecast=forecast)
    assert seen.kind is Kind.FORESEEN


def test_a_post_whose_account_must_be_reconnected_says_so(session, alice, actor):
    gone = make_account(session, alice, state=AccountState.RECONNECT)
    make_deviation(session, alice, gone, status="scheduled")
    (entry,) = entries(session, actor)
    assert "connected again" in (entry.note or "")


def test_a_month_costs_the_same_few_queries_however_full(session, alice, actor, account):
    def asked() -> int:
        statements: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            statements.append(statement)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        read(session, actor, each=3)
        event.remove(session.get_bind(), "before_cursor_execute", note)
        return len(statements)

    make_deviation(session, alice, account, status="scheduled")
    session.flush()
    few = asked()
    for number in range(40):
        make_deviation(session, alice, account, status="scheduled", **at(NOON + number * HOUR))
    session.flush()
    assert asked() == few <= 5


def test_drafts_without_a_time_are_counted_and_listed_newest_first(session, alice, actor):
    old, new = (make_deviation(session, alice, created_at=NOON + n * HOUR) for n in range(2))
    make_deviation(session, alice, scheduled_at=NOON + DAY)
    make_deviation(session, alice, deleted_at=NOON)
    assert count_unplanned(session, actor) == 2
    assert [view.id for view in list_unplanned(session, actor, limit=5, now=NOON)] == [new.id, old.id]
    assert len(list_unplanned(session, actor, limit=1, now=NOON)) == 1


def test_times_in_which_nothing_is_posted_are_those_of_the_person_and_account(session, alice, actor, account, charlie):
    other = make_account(session, alice)
    make_blackout(session, alice, "Holidays", starts_at=NOON + DAY, ends_at=NOON + 3 * DAY)
    weekly = {"kind": BlackoutKind.WEEKLY, "start_time": "22:00", "end_time": "06:00", "days_of_week": ["saturday"]}
    make_blackout(session, alice, "Night", account_id=account.id, **weekly)
    make_blackout(session, alice, "Off", enabled=False, starts_at=NOON, ends_at=NOON + DAY)
    make_blackout(session, make_user(session, "dora"), "Not mine", starts_at=NOON, ends_at=NOON + DAY)
    found = closed_times(session, actor, JUNE[0], JUNE[7], zone="Europe/Vienna")
    assert [(one.name, one.account_name) for one in found] == [("Holidays", None), ("Night", account.username)]
    assert found[1].start == datetime(2026, 6, 6, 22, tzinfo=VIENNA)
    of_other = closed_times(session, actor, JUNE[0], JUNE[7], zone="Europe/Vienna", account_id=other.id)
    assert [one.name for one in of_other] == ["Holidays"]
    assert closed_times(session, charlie, JUNE[0], JUNE[7], zone="Europe/Vienna") == ()
