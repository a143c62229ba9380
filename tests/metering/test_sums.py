"""The sums are what the events say, whatever came in, in whatever order and zone."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from core.identity.instance import update_settings
from core.identity.models import InstanceUserRole
from core.metering.consumption import Consumption
from core.metering.days import Days, day_of
from core.metering.events import OLDEST, InvalidEvent, UsageStatus, record
from core.metering.models import NO_PROJECT, Usage, UsageHouseDay, UsagePersonDay, UsageQuarter
from core.metering.price import Price
from core.metering.rebuilding import check, follow_zone, rebuild_days
from core.metering.state import summed_zone
from core.studio.shelves.models import Project
from core.system.actors import Actor
from tests.factories import HOUR, NOON, make_actor, make_user
from tests.metering.support import (
    FREE,
    SUMS,
    UNKNOWN,
    count_events,
    day_at,
    make_event,
    make_project,
    rows_of,
    totals,
)

JUNE = Days(day_at(0).date().replace(month=5, day=20), day_at(0).date().replace(day=12))
ZONES = ["UTC", "Asia/Kolkata", "America/Los_Angeles", "Asia/Kathmandu", "America/St_Johns"]

calls = st.lists(
    st.fixed_dictionaries(
        {
            "person": st.integers(0, 1),
            "model": st.sampled_from(["flux", "sdxl"]),
            "status": st.sampled_from(list(UsageStatus)),
            "cost": st.sampled_from([None, "0", "0.0000000024", "0.04"]),
            "estimated": st.booleans(),
            "minutes": st.integers(-9 * 1440, 4),
            "images": st.sampled_from([None, 0, 1, 4]),
            "tokens": st.sampled_from([None, 0, 2_000_000_000]),
            "latency": st.sampled_from([None, 0, 1500]),
            "project": st.booleans(),
        }
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=calls, zone=st.sampled_from(ZONES))
def test_sums_are_the_events_and_building_them_anew_changes_nothing(session, drawn, zone: str):
    with session.begin_nested() as savepoint:
        people = [make_user(session, name) for name in ("alice", "bob")]
        project = make_project(session, people[0])
        admin = make_actor(session, "ada", role=InstanceUserRole.ADMIN)
        update_settings(session, admin, reporting_timezone=zone, team_invites_enabled=True, now=NOON)
        events = [
            make_event(
                people[one["person"]],
                Price(Decimal(one["cost"]), "a list", estimated=one["estimated"]) if one["cost"] else UNKNOWN,
                model=one["model"],
                status=one["status"],
                occurred_at=NOON + timedelta(minutes=one["minutes"]),
                consumption=Consumption(images=one["images"], tokens_in=one["tokens"], tokens_out_image=one["tokens"]),
                latency_ms=one["latency"],
                project_id=project.id if one["project"] else None,
            )
            for one in drawn
        ]
        for start in range(0, len(events), 5):
            record(session, events[start : start + 5], now=NOON)
        told = [(sum(one[name] or 0 for one in drawn)) for name in ("images", "tokens", "latency")]
        for table in SUMS:
            found = totals(session, table)
            assert found["calls"] == len(drawn) == count_events(session)
            assert found["cost"] == sum(Decimal(one["cost"] or 0).quantize(Decimal("1e-9")) for one in drawn)
            assert found["unpriced"] == sum(one["cost"] is None for one in drawn)
            assert [found["images"], found["tokens_in"], found["latency_ms"]] == told
        assert {row[0] for row in rows_of(session, UsageHouseDay)} == {
            day_of(event.occurred_at, zone) for event in events
        }
        assert check(session, JUNE, now=NOON) == []
        before = [rows_of(session, table) for table in SUMS]
        rebuild_days(session, JUNE, now=NOON)
        assert [rows_of(session, table) for table in SUMS] == before
        savepoint.rollback()


def test_a_key_told_again_gives_the_first_id_and_adds_nothing(session):
    alice, bob = make_user(session, "alice"), make_user(session, "bob")
    event = make_event(alice, event_key="once")
    first = record(session, [event, make_event(alice, "1.5", event_key="once"), make_event(bob, event_key="once")],
                   now=NOON)  # fmt: skip
    assert first[0] == first[1] != first[2]
    assert record(session, [make_event(alice, event_key="new"), event], now=NOON + HOUR)[1] == first[0]
    for table in SUMS:
        assert totals(session, table)["calls"] == 3
        assert totals(session, table)["cost"] == Decimal("0.12")


def test_a_batch_with_one_event_that_cannot_be_leaves_nothing(session):
    alice = make_user(session)
    with pytest.raises(InvalidEvent, match="35 days"):
        record(session, [make_event(alice), make_event(alice, occurred_at=NOON - OLDEST - HOUR)], now=NOON)
    with pytest.raises(InvalidEvent, match="clock"):
        record(session, [make_event(alice, occurred_at=NOON + timedelta(minutes=6))], now=NOON)
    with pytest.raises(InvalidEvent, match="less than nothing"):
        record(session, [make_event(alice, "-1")], now=NOON)
    with pytest.raises(InvalidEvent, match="up to 100,000"):
        record(session, [make_event(alice, "100000.5")], now=NOON)
    with pytest.raises(InvalidEvent, match="event_key"):
        record(session, [make_event(alice, event_key="x" * 201)], now=NOON)
    assert count_events(session) == 0 and not rows_of(session, UsageHouseDay)


def test_a_late_event_lands_in_its_own_day_and_quarter(session):
    alice = make_user(session)
    late = NOON - timedelta(days=34, minutes=50)
    record(session, [make_event(alice, occurred_at=late)], now=NOON)
    assert session.scalar(select(UsageHouseDay.day)) == late.date()
    assert session.scalar(select(UsageQuarter.quarter)) == int(late.timestamp()) // 900


def test_unknown_is_null_and_counted_and_zero_is_a_price(session):
    alice = make_user(session)
    record(session, [make_event(alice, UNKNOWN), make_event(alice, FREE)], now=NOON)
    assert {(row.cost, row.price_source) for row in session.scalars(select(Usage))} == {
        (None, None), (Decimal(0), "own hardware")
    }  # fmt: skip
    assert totals(session, UsagePersonDay)["unpriced"] == 1


def test_a_correction_adds_to_the_sums_and_is_no_call(session):
    alice, bob = make_user(session, "alice"), make_user(session, "bob")
    [first] = record(session, [make_event(alice, "0.04")], now=NOON)
    record(session, [make_event(alice, "-0.01", corrects_id=first, consumption=Consumption())], now=NOON)
    found = totals(session, UsageHouseDay)
    assert (found["calls"], found["cost"], found["images"]) == (1, Decimal("0.03"), 1)
    assert check(session, JUNE, now=NOON) == []
    with pytest.raises(InvalidEvent, match="same person"):
        record(session, [make_event(bob, "-0.01", corrects_id=first)], now=NOON)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/Los_Angeles"])
def test_another_reporting_zone_moves_the_days_and_loses_nothing(session, zone: str):
    alice = make_user(session)
    admin = make_actor(session, "ada", role=InstanceUserRole.ADMIN)
    events = [make_event(alice, occurred_at=NOON - timedelta(hours=hours, minutes=40)) for hours in range(0, 80, 3)]
    record(session, events, now=NOON)
    update_settings(session, admin, reporting_timezone=zone, team_invites_enabled=True, now=NOON)
    assert summed_zone(session) == "UTC"  # what is shown stays whole until the days are made anew
    assert follow_zone(session, now=NOON) == zone == summed_zone(session)
    assert follow_zone(session, now=NOON) is None
    counted: dict[Any, int] = {}
    for event in events:
        counted[day_of(event.occurred_at, zone)] = counted.get(day_of(event.occurred_at, zone), 0) + 1
    assert {row.day: row.calls for row in session.scalars(select(UsageHouseDay))} == counted
    assert check(session, JUNE, now=NOON) == []


def test_what_was_tampered_with_is_found_and_made_right(session):
    alice = make_user(session)
    record(session, [make_event(alice), make_event(alice, occurred_at=NOON - 20 * HOUR)], now=NOON)
    session.execute(update(UsageHouseDay).values(cost=UsageHouseDay.cost + 2).where(UsageHouseDay.day == NOON.date()))
    session.execute(delete(UsageQuarter).where(UsageQuarter.quarter < int(NOON.timestamp()) // 900))
    found = check(session, JUNE, now=NOON)
    assert {one.table for one in found} == {"usage_house_days", "usage_quarters", "usage_person_days"}
    [house] = [one for one in found if one.table == "usage_house_days"]
    assert house.where["day"] == NOON.date() and house.too_much == {"cost": Decimal(2)}
    rebuild_days(session, JUNE, now=NOON)
    assert check(session, JUNE, now=NOON) == [] and totals(session, UsageHouseDay)["calls"] == 2


def test_a_project_that_was_erased_is_no_difference(session):
    alice = make_user(session)
    project = make_project(session, alice)
    record(session, [make_event(alice, project_id=project.id), make_event(alice)], now=NOON)
    session.execute(delete(Project))
    assert check(session, JUNE, now=NOON) == []
    rebuild_days(session, JUNE, now=NOON)
    assert set(session.scalars(select(UsagePersonDay.project_id))) == {NO_PROJECT}
    assert totals(session, UsagePersonDay)["calls"] == 2


def test_rebuilding_is_for_administrators(session):
    from core.identity.errors import AdministratorsOnly
    from core.metering.rebuilding import rebuild

    with pytest.raises(AdministratorsOnly):
        rebuild(session, make_actor(session), JUNE, now=NOON)
    assert rebuild(session, Actor.command(""), Days(NOON.date(), NOON.date()), now=NOON) == 1
