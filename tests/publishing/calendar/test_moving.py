"""Moving posts in the calendar: the wall time stays, days on which the clock changes are no trap."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from core.publishing.calendar.moving import Target, jitter_range, move_back, move_post
from core.publishing.errors import (
    ChangedMeanwhile,
    DeviationBusy,
    DeviationNotFound,
    IllegalMove,
    ScheduleRefused,
)
from core.publishing.models import HoldReason
from core.system.models import AuditEvent
from tests.factories import DAY, NOON, lease, make_deviation

ZONE = "Europe/Vienna"
VIENNA = ZoneInfo(ZONE)


@pytest.fixture
def post(session, alice, account):
    """Planned for 10 June, 14:30 in Vienna, with three minutes of delay."""
    start = datetime(2026, 6, 10, 14, 30, tzinfo=VIENNA)
    return planned(session, alice, account, start, 180)


def planned(session, alice, account, start, jitter=0, **fields):
    start = start.astimezone(UTC)
    promise = datetime.fromtimestamp(start.timestamp() + jitter, UTC)
    values = {"scheduled_at": start, "actual_publish_at": promise, "due_at": promise, "jitter_seconds": jitter}
    return make_deviation(session, alice, account, status="scheduled", **values | fields)


def move(session, actor, row, rng, day, hour=None, *, now=NOON, **rest):
    return move_post(session, actor, row.id, Target(day, hour), zone=ZONE, rng=rng, now=now, **rest)


def wall(row):
    return f"{row.scheduled_at.astimezone(VIENNA):%Y-%m-%d %H:%M}"


def test_another_day_keeps_the_time_of_day(session, actor, post, rng):
    moved = move(session, actor, post, rng, date(2026, 6, 12))
    assert wall(post) == "2026-06-12 14:30"
    assert (moved.was_at.day, moved.scheduled_at) == (10, post.scheduled_at)
    assert 0 <= post.jitter_seconds <= 300
    assert post.due_at == post.actual_publish_at == moved.actual_publish_at


def test_another_hour_keeps_the_minutes(session, actor, post, rng):
    move(session, actor, post, rng, date(2026, 6, 10), 9)
    assert wall(post) == "2026-06-10 09:30"


def test_the_wall_time_survives_a_change_of_the_clock(session, alice, actor, account, rng):
    row = planned(session, alice, account, datetime(2026, 10, 24, 14, 30, tzinfo=VIENNA))
    move(session, actor, row, rng, date(2026, 10, 26))
    assert wall(row) == "2026-10-26 14:30"


def test_a_time_the_clock_skips_is_refused_with_the_next_valid_one(session, alice, actor, account, rng):
    row = planned(session, alice, account, datetime(2027, 3, 27, 2, 30, tzinfo=VIENNA))
    with pytest.raises(ScheduleRefused, match="next valid time is 03:00"):
        move(session, actor, row, rng, date(2027, 3, 28))
    assert wall(row) == "2027-03-27 02:30"


def test_a_time_the_clock_shows_twice_is_taken_the_first_time(session, alice, actor, account, rng):
    row = planned(session, alice, account, datetime(2026, 10, 24, 2, 30, tzinfo=VIENNA))
    move(session, actor, row, rng, date(2026, 10, 25))
    assert row.scheduled_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_window_over_midnight_moves_by_the_days_that_are_seen(session, alice, actor, account, rng):
    """Shown on the 11th for its promise, chosen for the 10th: two days on is two days on."""
    row = planned(session, alice, account, datetime(2026, 6, 10, 23, 58, tzinfo=VIENNA), 240)
    move(session, actor, row, rng, date(2026, 6, 13))
    assert wall(row) == "2026-06-12 23:58"


def test_the_past_and_the_far_future_are_refused(session, actor, post, rng):
    for day in (date(2026, 5, 1), date(2028, 1, 1)):
        with pytest.raises(ScheduleRefused):
            move(session, actor, post, rng, day)
    assert wall(post) == "2026-06-10 14:30"


@pytest.mark.parametrize("status", ["draft", "uploading", "published", "failed", "review"])
def test_what_does_not_wait_is_not_moved_and_says_why(session, alice, actor, account, rng, status):
    row = make_deviation(session, alice, account, status=status, title="Dunes")
    with pytest.raises(IllegalMove, match="“Dunes” cannot be moved"):
        move(session, actor, row, rng, date(2026, 6, 12))
    assert row.status == status


def test_a_post_in_a_workers_hands_is_not_moved(session, actor, post, rng):
    lease(post)
    session.flush()
    with pytest.raises(DeviationBusy):
        move(session, actor, post, rng, date(2026, 6, 12))


def test_what_was_moved_meanwhile_is_not_moved_again_unseen(session, actor, post, rng):
    seen = post.actual_publish_at
    move(session, actor, post, rng, date(2026, 6, 12), seen=seen)
    with pytest.raises(ChangedMeanwhile):
        move(session, actor, post, rng, date(2026, 6, 20), seen=seen)
    assert wall(post) == "2026-06-12 14:30"


def test_moving_lets_a_held_post_go(session, alice, actor, account, rng):
    row = planned(session, alice, account, NOON - DAY, hold_reason=HoldReason.LATE)
    move(session, actor, row, rng, date(2026, 6, 3))
    assert row.hold_reason is None


def test_taking_it_back_gives_the_time_it_had(session, actor, post, rng):
    moved = move(session, actor, post, rng, date(2026, 6, 12), 20)
    report = move_back(session, actor, post.id, moved.was_at, rng=rng, now=NOON)
    assert len(report.changed) == 1
    assert wall(post) == "2026-06-10 14:30"


def test_a_post_without_delay_stays_without_and_others_keep_their_range(session, alice, actor, account, rng):
    row = planned(session, alice, account, datetime(2026, 6, 10, 14, 30, tzinfo=VIENNA), 0)
    move(session, actor, row, rng, date(2026, 6, 12))
    assert row.jitter_seconds == 0
    assert [jitter_range(drawn) for drawn in (0, 1, 300, 301, 1000, 2000, 3600)] == [0, 300, 300, 900, 1800, 3600, 3600]


def test_another_persons_post_is_not_there(session, post, charlie, rng):
    with pytest.raises(DeviationNotFound):
        move(session, charlie, post, rng, date(2026, 6, 12))
    assert move_back(session, charlie, post.id, NOON + DAY, rng=rng, now=NOON).changed == ()
    assert wall(post) == "2026-06-10 14:30"


def test_every_move_is_in_the_audit_trail(session, actor, post, rng):
    move(session, actor, post, rng, date(2026, 6, 12))
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == post.id))
    assert event.action == "deviation.rescheduled"
    assert event.before["scheduled_at"].startswith("2026-06-10")
