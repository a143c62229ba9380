"""What the screen asks of the sums, and who may ask it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.identity.api_keys import create
from core.identity.models import InstanceUserRole
from core.metering import figures, listing
from core.metering.consumption import Consumption
from core.metering.days import Days, last_days
from core.metering.errors import InvalidRange, UsageNotFound
from core.metering.events import UsageStatus, record
from core.metering.figures import Dimension, UsageFilter
from core.system.actors import Actor
from tests.factories import DAY, HOUR, NOON, make_actor, make_user
from tests.metering.support import UNKNOWN, make_event, make_project

WEEK = last_days(7, "UTC", now=NOON)


@pytest.fixture
def house(session):
    """Alice and Bob made calls this week and the week before; Ada looks after the house."""
    alice, bob = make_user(session, "alice"), make_user(session, "bob")
    ada = make_actor(session, "ada", role=InstanceUserRole.ADMIN)
    project = make_project(session, alice)
    record(
        session,
        [
            make_event(alice, "0.10", project_id=project.id, consumption=Consumption(images=4, tokens_in=10)),
            make_event(alice, "0.05", model="sdxl", status=UsageStatus.ERROR, latency_ms=None),
            make_event(alice, UNKNOWN, provider="civitai", provider_kind="civitai", model="sdxl"),
            make_event(alice, "0.20", occurred_at=NOON - 8 * DAY),
            make_event(bob, "1.00", occurred_at=NOON - 2 * DAY),
            make_event(bob, "9.00", occurred_at=NOON - 20 * DAY),
        ],
        now=NOON,
    )
    return {"alice": Actor.person(alice.id), "bob": Actor.person(bob.id), "ada": ada, "project": project}


def test_totals_stand_beside_those_of_the_days_before(session, house):
    found = figures.overview(session, house["ada"], UsageFilter(WEEK))
    assert (found.now.calls, found.now.cost, found.now.unpriced, found.now.errors) == (4, Decimal("1.15"), 1, 1)
    assert (found.now.images, found.now.tokens_in, found.now.mean_latency_ms) == (7, 10, 1200)
    assert (found.before.calls, found.before.cost) == (1, Decimal("0.20"))
    own = figures.overview(session, house["alice"], UsageFilter(WEEK))
    assert (own.now.calls, own.now.cost) == (3, Decimal("0.15"))


def test_lists_name_the_dearest_first_and_the_rest_by_calls(session, house):
    wanted = UsageFilter(WEEK)
    models = figures.ranked(session, house["ada"], wanted, Dimension.MODEL)
    assert [(one.name, one.sums.cost) for one in models] == [
        ("flux", Decimal("1.10")), ("sdxl (fal)", Decimal("0.05")), ("sdxl (civitai)", Decimal(0))
    ]  # fmt: skip
    assert models[0].cost_before == Decimal("0.20") and models[0].key == ("fal", "flux")
    persons = figures.ranked(session, house["ada"], wanted, Dimension.PERSON)
    assert [one.name for one in persons] == ["Bob", "Alice"]
    projects = figures.ranked(session, house["ada"], wanted, Dimension.PROJECT)
    assert [(one.name, one.sums.calls) for one in projects] == [("No project", 3), ("Foxes", 1)]
    inside = UsageFilter(WEEK, project_id=house["project"].id)
    assert figures.overview(session, house["ada"], inside).now.cost == Decimal("0.10")
    assert figures.overview(session, house["ada"], UsageFilter(WEEK, project_id="")).now.calls == 3
    assert [one.name for one in figures.ranked(session, house["ada"], wanted, Dimension.KEY)] == ["Without a key"]
    assert [one.name for one in figures.ranked(session, house["ada"], wanted, Dimension.TYPE)] == ["Image"]


def test_days_are_told_apart_and_the_small_ones_are_one(session, house):
    series = figures.by_day(session, house["ada"], UsageFilter(WEEK), Dimension.MODEL, most=1)
    assert series.dates == tuple(WEEK) and series.names == ("flux", figures.OTHER)
    assert series.values[0][-1] == Decimal("0.10") and series.values[0][-3] == Decimal("1.00")
    assert series.values[1][-1] == Decimal("0.05")
    total = figures.overview(session, house["ada"], UsageFilter(WEEK)).now.cost
    assert sum(map(sum, series.values)) == total
    weeks = figures.by_day(session, house["ada"], UsageFilter(WEEK), Dimension.MODEL, weekly=True)
    assert [day.weekday() for day in weeks.dates] == [0, 0] and sum(map(sum, weeks.values)) == total
    assert weeks.values[weeks.names.index("flux")] == (Decimal("1.00"), Decimal("0.10"))
    calls = figures.by_day(session, house["alice"], UsageFilter(WEEK), Dimension.PROVIDER, measure="calls")
    assert sum(map(sum, calls.values)) == 3


def test_calls_without_a_price_are_listed_by_model(session, house):
    [one] = figures.unpriced(session, house["ada"], UsageFilter(WEEK))
    assert (one.key, one.sums.unpriced, one.sums.cost) == (("civitai", "sdxl"), 1, Decimal(0))
    assert figures.unpriced(session, house["bob"], UsageFilter(WEEK)) == []


ASKING = {
    "overview": lambda session, actor, wanted: figures.overview(session, actor, wanted).now.calls,
    "ranked": lambda session, actor, wanted: sum(
        one.sums.calls for one in figures.ranked(session, actor, wanted, Dimension.PERSON)
    ),
    "by_day": lambda session, actor, wanted: sum(
        map(sum, figures.by_day(session, actor, wanted, Dimension.KEY, measure="calls").values)
    ),
    "unpriced": lambda session, actor, wanted: len(figures.unpriced(session, actor, wanted)) and 4,
    "csv of days": lambda session, actor, wanted: sum(
        int(row[4]) for row in list(figures.csv_rows(session, actor, wanted, "UTC"))[2:]
    ),
    "list_calls": lambda session, actor, wanted: len(listing.list_calls(session, actor, wanted).rows),
    "csv of calls": lambda session, actor, wanted: len(list(listing.csv_rows(session, actor, wanted))) - 2,
}


@pytest.mark.parametrize("name", ASKING)
def test_members_see_their_own_and_administrators_everybody(session, house, name: str):
    ask = ASKING[name]
    alice, bob, ada = house["alice"], house["bob"], house["ada"]
    charlie = make_actor(session, "charlie")
    assert ask(session, charlie, UsageFilter(WEEK)) == 0
    assert ask(session, ada, UsageFilter(WEEK)) == 4
    assert ask(session, alice, UsageFilter(WEEK)) == ask(session, ada, UsageFilter(WEEK, user_id=alice.user_id))
    for stranger in (bob.user_id, "usr_00000000000000000000000001"):
        with pytest.raises(UsageNotFound):
            ask(session, alice, UsageFilter(WEEK, user_id=stranger))
    # A key of an administrator is a program of one person.
    _, key = create(session, ada, "Theirs", ["sales"], now=NOON)
    assert ask(session, Actor.key(ada.user_id, key.id), UsageFilter(WEEK)) == 0


def test_pages_of_calls_go_down_and_up_again_without_a_gap(session, house):
    alice = house["alice"]
    dora = make_user(session, "dora")
    same_instant = [make_event(dora, occurred_at=NOON - HOUR) for _ in range(5)]
    record(session, same_instant, now=NOON)
    ada, wanted = house["ada"], UsageFilter(Days(NOON.date() - 30 * DAY, NOON.date()))
    everything = [view.usage.id for view in listing.list_calls(session, ada, wanted, limit=50).rows]
    assert len(everything) == 11
    seen, cursor, pages = [], None, []
    while True:
        page = listing.list_calls(session, ada, wanted, cursor=cursor, limit=4)
        seen += [view.usage.id for view in page.rows]
        pages.append(page)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == everything and pages[0].previous_cursor is None
    back = listing.list_calls(session, ada, wanted, cursor=pages[2].previous_cursor, newer=True, limit=4)
    assert [view.usage.id for view in back.rows] == everything[4:8]
    for made_up in ("nonsense", f"0001-01-01T00:00:00+23:59~{everything[0]}"):
        assert len(listing.list_calls(session, ada, wanted, cursor=made_up).rows) == 11
    failed = listing.list_calls(session, alice, wanted, status=UsageStatus.ERROR)
    assert [view.usage.model for view in failed.rows] == ["sdxl"]
    assert [view.usage.provider for view in listing.list_calls(session, ada, wanted, unpriced_only=True).rows] == [
        "civitai"
    ]


def test_exports_say_their_filters_and_leave_the_unknown_empty(session, house):
    wanted = UsageFilter(WEEK, provider="civitai")
    [head, header, row] = listing.csv_rows(session, house["ada"], wanted, unpriced_only=True)
    assert "provider = civitai" in head[1] and "unpriced" in head[1] and str(WEEK.first) in head[1]
    told = dict(zip(header, row, strict=True))
    assert told["cost_usd"] == "" and told["person"] == "Alice" and told["price_note"] == "Nobody knows."
    days = list(figures.csv_rows(session, house["ada"], UsageFilter(WEEK), "UTC"))
    assert "UTC" in days[0][1] and len(days) == 2 + 4
    assert dict(zip(days[1], days[2], strict=True))["cost"] == "1.000000000"


def test_days_that_cannot_be_asked_for_are_refused(session):
    today = NOON.date()
    with pytest.raises(InvalidRange, match="before the first"):
        Days(today, today - DAY)
    with pytest.raises(InvalidRange, match="five years"):
        Days(today - timedelta(days=3000), today)
    assert Days(today, today).before == Days(today - DAY, today - DAY)
