"""Counting for Home: days of the person's zone, what came in, what is planned."""

from datetime import UTC, datetime, timedelta

from core.publishing.days import days_around
from core.publishing.listing import count_by_status
from core.publishing.outlook import first_steps, outlook
from core.system.actors import Actor
from tests.factories import DAY, HOUR, NOON, make_account, make_deviation, make_user

VIENNA = "Europe/Vienna"


def test_days_begin_at_midnight_of_the_zone():
    days = days_around(NOON, VIENNA, before=1, after=1)
    assert [str(day) for day in days.dates] == ["2026-05-31", "2026-06-01", "2026-06-02"]
    assert days.bounds[0] == datetime(2026, 5, 30, 22, tzinfo=UTC)


def test_the_day_the_clock_goes_back_has_25_hours():
    days = days_around(datetime(2026, 10, 25, 12, tzinfo=UTC), VIENNA)
    assert days.bounds[1] - days.bounds[0] == timedelta(hours=25)


def test_what_came_in_and_what_is_planned_fall_into_the_persons_days(session):
    anna = make_user(session, "anna", timezone=VIENNA)
    account = make_account(session, anna)
    before_midnight = datetime(2026, 6, 1, 21, 59, tzinfo=UTC)
    make_deviation(session, anna, created_at=before_midnight)
    for at in (before_midnight, before_midnight + timedelta(minutes=2)):
        make_deviation(session, anna, account, status="scheduled", created_at=NOON - 40 * DAY,
                       scheduled_at=at, actual_publish_at=at, due_at=at)  # fmt: skip
    flow = outlook(session, Actor.person(anna.id), zone=VIENNA, now=NOON)
    assert flow.arrived == (0,) * 13 + (1,)
    assert flow.planned == (1, 1) + (0,) * 12
    assert (flow.drafts, flow.scheduled) == (1, 2)


def test_the_trash_is_not_counted(session):
    anna = make_user(session, "anna")
    make_deviation(session, anna, deleted_at=NOON)
    flow = outlook(session, Actor.person(anna.id), zone="UTC", now=NOON)
    assert sum(flow.arrived) == 0 and flow.drafts == 0


def test_drafts_last_as_long_as_the_pace_allows(session):
    anna = make_user(session, "anna")
    account = make_account(session, anna)
    for place in range(10):
        make_deviation(session, anna, account, status="published", published_at=NOON - place * DAY - HOUR)
    for _ in range(4):
        make_deviation(session, anna)
    assert outlook(session, Actor.person(anna.id), zone="UTC", now=NOON).days_of_drafts == 4


def test_the_first_posts_do_not_promise_a_month(session):
    anna = make_user(session, "anna")
    account = make_account(session, anna)
    for _ in range(7):
        make_deviation(session, anna, account, status="published", published_at=NOON - HOUR)
    for _ in range(5):
        make_deviation(session, anna)
    assert outlook(session, Actor.person(anna.id), zone="UTC", now=NOON).days_of_drafts == 5


def test_first_steps_are_those_of_the_person(session):
    anna, charlie = make_user(session, "anna"), make_user(session, "charlie")
    make_account(session, charlie)
    make_deviation(session, charlie)
    actor = Actor.person(anna.id)
    steps = first_steps(session, actor, count_by_status(session, actor))
    assert not (steps.has_account or steps.has_post or steps.has_plan)
    make_deviation(session, anna, make_account(session, anna), status="scheduled")
    steps = first_steps(session, actor, count_by_status(session, actor))
    assert steps.has_account and steps.has_post and steps.has_plan


def test_a_disconnected_account_does_not_count_as_connected(session):
    anna = make_user(session, "anna")
    make_account(session, anna, state="disconnected")
    actor = Actor.person(anna.id)
    assert not first_steps(session, actor, count_by_status(session, actor)).has_account
