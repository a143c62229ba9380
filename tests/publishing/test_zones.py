"""Wall clocks that lie twice a year."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.publishing.errors import ScheduleRefused
from core.publishing.zones import WallTime, start_of_day, to_instant, zone_named

RESTLESS = ["Europe/Vienna", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia", "Africa/Cairo"]
WALLS = st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2037-12-31"))


def wall(text: str, zone: str) -> WallTime:
    return WallTime(datetime.fromisoformat(text), zone)


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        ("2026-07-01T09:00", "Europe/Vienna", "2026-07-01T07:00"),
        ("2026-01-01T09:00", "Europe/Vienna", "2026-01-01T08:00"),
        ("2026-10-25T02:30", "Europe/Vienna", "2026-10-25T00:30"),  # exists twice: the first
        ("2026-03-29T03:00", "Europe/Vienna", "2026-03-29T01:00"),  # the first minute after the gap
        ("2026-03-29T01:59", "Europe/Vienna", "2026-03-29T00:59"),
        ("2026-01-01T00:15", "Asia/Kathmandu", "2025-12-31T18:30"),
    ],
)
def test_a_wall_time_is_an_instant(local, zone, instant):
    assert to_instant(wall(local, zone)) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("local", "zone", "valid"),
    [
        ("2026-03-29T02:30", "Europe/Vienna", "03:00"),
        ("2026-03-29T02:00", "Europe/Vienna", "03:00"),
        ("2026-03-08T02:59", "America/New_York", "03:00"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "02:30"),  # a gap of half an hour
    ],
)
def test_a_time_that_does_not_exist_is_refused_and_the_next_valid_one_named(local, zone, valid):
    with pytest.raises(ScheduleRefused, match=rf"does not exist in {zone}.*next valid time is {valid}"):
        to_instant(wall(local, zone))


def test_an_instant_stays_itself_and_a_naive_one_is_refused():
    at = datetime(2026, 6, 1, 14, 0, tzinfo=ZoneInfo("Europe/Vienna"))
    assert to_instant(at) == at
    with pytest.raises(ScheduleRefused):
        to_instant(at.replace(tzinfo=None))


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe", "a\0b"])
def test_an_unknown_zone_is_refused(name):
    with pytest.raises(ScheduleRefused):
        zone_named(name)


@pytest.mark.parametrize("at", ["0001-01-01", "9999-12-31T23:59:59"])
def test_the_ends_of_the_calendar_are_refused_not_broken(at):
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        try:
            to_instant(wall(at, zone))
        except ScheduleRefused as error:
            assert str(error)


def test_a_day_without_midnight_begins_after_the_gap():
    begin = start_of_day(date(2018, 11, 4), ZoneInfo("America/Sao_Paulo"))
    assert begin == datetime(2018, 11, 4, 3, 0, tzinfo=UTC)


@given(st.dates(date(2000, 1, 1), date(2037, 12, 31)), st.sampled_from(RESTLESS))
def test_days_follow_each_other_without_gap_or_overlap(day, zone):
    local = ZoneInfo(zone)
    begin, end = start_of_day(day, local), start_of_day(day + timedelta(days=1), local)
    assert begin <= end
    assert end - begin <= timedelta(hours=25)


@given(WALLS, st.sampled_from(["Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "UTC"]))
def test_a_wall_time_is_either_refused_or_reads_the_same_on_that_wall(at, zone):
    try:
        instant = to_instant(WallTime(at, zone))
    except ScheduleRefused:
        return
    assert instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == at
