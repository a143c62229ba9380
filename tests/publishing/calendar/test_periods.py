"""Months, weeks and days, and where their hours begin in zones that change the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.publishing.calendar.periods import HOURS, LATEST, Span, day_bounds, hour_bounds, period_of

VIENNA = ZoneInfo("Europe/Vienna")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def test_a_month_is_filled_up_to_whole_weeks_that_begin_on_monday():
    period = period_of(Span.MONTH, date(2026, 11, 21))
    assert (period.first, period.last) == (date(2026, 11, 1), date(2026, 11, 30))
    assert (period.dates[0], period.dates[-1]) == (date(2026, 10, 26), date(2026, 12, 6))
    assert len(period.dates) % 7 == 0
    assert not period.contains(period.dates[0])


def test_a_list_is_the_month_alone_and_a_day_is_one():
    assert len(period_of(Span.LIST, date(2024, 2, 10)).dates) == 29
    assert period_of(Span.DAY, AUTUMN).dates == (AUTUMN,)


@pytest.mark.parametrize("span", Span)
def test_stepping_forth_and_back_comes_home(span):
    here = period_of(span, date(2026, 1, 31))
    there = period_of(span, here.beside(1))
    assert there.first == here.last + timedelta(days=1)
    assert period_of(span, there.beside(-1)) == here


def test_no_step_leads_out_of_the_years_that_have_dates():
    assert period_of(Span.MONTH, LATEST).beside(1) == LATEST
    assert period_of(Span.WEEK, date.max).dates[0] < LATEST
    assert period_of(Span.DAY, date.min).beside(-1).year == 2000


def test_a_day_is_as_long_as_the_clock_makes_it():
    lengths = [
        (end - start) / timedelta(hours=1) for day in (SPRING, AUTUMN) for start, end in [day_bounds((day,), VIENNA)]
    ]
    assert lengths == [23, 25]


def test_a_skipped_hour_is_empty_and_a_repeated_one_twice_as_long():
    spring, autumn = hour_bounds((SPRING,), VIENNA), hour_bounds((AUTUMN,), VIENNA)
    assert len(spring) == len(autumn) == HOURS + 1
    assert spring[3] - spring[2] == timedelta(0)
    assert autumn[3] - autumn[2] == timedelta(hours=2)
    assert autumn[3] == datetime(2026, 10, 25, 2, tzinfo=UTC)
    assert list(spring) == sorted(spring)
