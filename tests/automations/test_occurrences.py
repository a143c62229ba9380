"""When rules occur: over midnight, over changes of the clock, at any distance."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.publishing.automations.errors import AutomationRefused
from core.publishing.automations.models import QuotaMode, RuleType
from core.publishing.automations.occurrences import next_occurrence, occurrences
from core.publishing.automations.rules import WEEKDAYS, RuleSpec, check_rule, describe

BERLIN = ZoneInfo("Europe/Berlin")  # clocks go forward on 28 March 2027, back on 25 October 2026
DAY = timedelta(days=1)


def at(clock: str, days: tuple[str, ...] | None = None) -> RuleSpec:
    return RuleSpec(RuleType.FIXED_TIME, time_of_day=clock, days_of_week=days)


def every(minutes: int, anchor: datetime, **fields) -> RuleSpec:
    return RuleSpec(
        RuleType.FIXED_INTERVAL, interval_minutes=minutes, deviations_per_interval=1, anchor_at=anchor, **fields
    )


def drip(number: int, start: str | None = None, end: str | None = None) -> RuleSpec:
    return RuleSpec(
        RuleType.DAILY_QUOTA, daily_quota=number, quota_mode=QuotaMode.DRIP, window_start=start, window_end=end
    )


def local(found, zone=BERLIN) -> list[str]:
    return [f"{one.at.astimezone(zone):%d %H:%M}" for one in found]


@pytest.mark.parametrize("clock", ["00:00", "02:30", "14:00", "23:56", "23:59"])
def test_a_fixed_time_occurs_once_a_day_whatever_the_minute(clock):
    start = datetime(2026, 6, 1, tzinfo=UTC)
    found = occurrences(at(clock), BERLIN, start, start + 10 * DAY)
    assert len(found) == 10
    assert {f"{one.at.astimezone(BERLIN):%H:%M}" for one in found} == {clock}


def test_a_time_that_does_not_exist_is_the_next_minute_that_does():
    found = occurrences(at("02:30"), BERLIN, datetime(2027, 3, 26, 12, tzinfo=UTC), datetime(2027, 3, 29, tzinfo=UTC))
    assert local(found) == ["27 02:30", "28 03:00"]
    assert [one.key for one in found] == ["2027-03-27T02:30", "2027-03-28T02:30"]


def test_a_time_that_exists_twice_is_taken_the_first_time():
    found = occurrences(at("02:30"), BERLIN, datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
    assert [one.at for one in found] == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_only_chosen_days_count_and_they_are_those_of_the_zone():
    # 23:30 UTC on Sunday is Monday in Berlin.
    found = occurrences(
        at("00:30", ("monday",)), BERLIN, datetime(2026, 6, 6, tzinfo=UTC), datetime(2026, 6, 9, tzinfo=UTC)
    )
    assert [one.at for one in found] == [datetime(2026, 6, 7, 22, 30, tzinfo=UTC)]


def test_hours_keep_their_distance_over_a_change_of_the_clock_and_have_different_names():
    anchor = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
    found = occurrences(every(60, anchor), BERLIN, anchor, anchor + timedelta(hours=5))
    assert [one.at - anchor for one in found] == [timedelta(hours=number) for number in range(1, 6)]
    assert [one.key for one in found][:3] == [
        "2026-10-25T01:00+02:00", "2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"
    ]  # fmt: skip


def test_whole_days_keep_the_wall_time():
    anchor = datetime(2026, 10, 23, 16, 0, tzinfo=UTC)  # 18:00 in summer
    found = occurrences(every(1440, anchor), BERLIN, anchor, anchor + 4 * DAY + timedelta(hours=1))
    assert local(found) == ["24 18:00", "25 18:00", "26 18:00", "27 18:00"]


def test_an_interval_begins_at_its_anchor():
    anchor = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)
    first = next_occurrence(every(240, anchor), BERLIN, anchor - 2 * DAY)
    assert first is not None
    assert first.at == anchor


def test_an_interval_on_chosen_days_goes_on_at_its_own_steps():
    anchor = datetime(2026, 6, 1, 5, 0, tzinfo=UTC)  # a Monday
    found = occurrences(every(7 * 60, anchor, days_of_week=("wednesday",)), BERLIN, anchor, anchor + 7 * DAY)
    assert all((one.at - anchor) % timedelta(hours=7) == timedelta() for one in found)
    assert {one.at.astimezone(BERLIN).weekday() for one in found} == {2}
    assert len(found) in {3, 4}


def test_an_interval_whose_days_exclude_it_never_occurs():
    monday = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
    assert next_occurrence(every(7 * 1440, monday, days_of_week=("tuesday",)), BERLIN, monday) is None


def test_a_drip_spreads_evenly_over_its_window():
    start = datetime(2026, 6, 1, 22, 0, tzinfo=UTC)
    found = occurrences(drip(4, "08:00", "20:00"), BERLIN, start, start + DAY)
    assert local(found) == ["02 08:00", "02 11:00", "02 14:00", "02 17:00"]
    assert [one.key for one in found] == [f"2026-06-02#{number}" for number in (1, 2, 3, 4)]


def test_a_maximum_never_occurs_by_itself():
    spec = RuleSpec(RuleType.DAILY_QUOTA, daily_quota=5, quota_mode=QuotaMode.MAXIMUM)
    check_rule(spec)
    assert next_occurrence(spec, BERLIN, datetime(2026, 6, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (at("25:00"), "not a time of day"),
        (at("9:30"), "Write it as 09:30"),
        (RuleSpec(RuleType.FIXED_TIME), "at what time"),
        (at("24:00"), "00:00 for midnight"),
        (at("10:00", ()), "could never fire"),
        (at("10:00", ("funday",)), "not a day of the week"),
        (every(4, datetime(2026, 1, 1, tzinfo=UTC)), "between 5 minutes and 7 days"),
        (every(10081, datetime(2026, 1, 1, tzinfo=UTC)), "between 5 minutes and 7 days"),
        (RuleSpec(RuleType.FIXED_INTERVAL, interval_minutes=60, deviations_per_interval=101), "between 1 and 100"),
        (RuleSpec(RuleType.FIXED_INTERVAL, interval_minutes=60, deviations_per_interval=1), "from when on"),
        (RuleSpec(RuleType.DAILY_QUOTA, daily_quota=0, quota_mode=QuotaMode.DRIP), "between 1 and 100"),
        (RuleSpec(RuleType.DAILY_QUOTA, daily_quota=5), "a maximum, or"),
        (drip(5, "10:00", "10:00"), "do not fit"),
        (drip(90, "10:00", "11:00"), "do not fit"),
    ],
)  # fmt: skip
def test_rules_that_cannot_be_are_refused_with_a_reason(spec, said):
    with pytest.raises(AutomationRefused, match=said):
        check_rule(spec)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (at("14:00", ("friday", "monday")), "At 14:00 on Mon, Fri"),
        (every(240, datetime(2026, 1, 1, tzinfo=UTC)), "Every 4 hours"),
        (every(1440, datetime(2026, 1, 1, tzinfo=UTC)), "Every day"),
        (drip(3, "09:00", "21:00"), "3 a day, spread out from 09:00 to 21:00"),
        (RuleSpec(RuleType.DAILY_QUOTA, daily_quota=5, quota_mode=QuotaMode.MAXIMUM), "At most 5 a day"),
    ],
)
def test_rules_are_told_in_words(spec, words):
    assert describe(spec) == words


_clocks = st.integers(0, 1439).map(lambda minutes: f"{minutes // 60:02}:{minutes % 60:02}")
_days = st.none() | st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True).map(tuple)
_moments = st.integers(0, 2 * 366 * 1440).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
_specs = (
    st.builds(at, _clocks, _days)
    | st.builds(
        lambda minutes, anchor, days: every(minutes, anchor, days_of_week=days), st.integers(5, 4000), _moments, _days
    )
    | st.builds(drip, st.integers(1, 20))
)


@given(
    spec=_specs,
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    start=_moments,
    cuts=st.lists(st.integers(1, 5000), min_size=1, max_size=6),
)
def test_however_often_one_looks_each_occurrence_is_seen_once(spec, zone, start, cuts):
    """Ticks at any distance together see what one look over the whole time sees, each with a name of its own."""
    zone = ZoneInfo(zone)
    moments = [start]
    for minutes in cuts:
        moments.append(moments[-1] + timedelta(minutes=minutes))
    seen = [one for a, b in pairwise(moments) for one in occurrences(spec, zone, a, b)]
    whole = occurrences(spec, zone, start, moments[-1])
    assert seen == whole
    assert len({one.key for one in whole}) == len(whole)
    assert [one.at for one in whole] == sorted(one.at for one in whole)
