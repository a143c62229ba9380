"""Posts of an account keep their distance when they go out; late ones go out, wait, or get another day."""

from datetime import UTC, datetime, timedelta

from core.publishing import scheduling
from core.publishing.automations.models import BlackoutKind, BlackoutWindow, PostingLimits
from core.publishing.models import DeviationStatus, HoldReason, LatePolicy
from core.system.actors import Actor
from core.system.models import AuditEvent
from tests.factories import DAY, HOUR, NOON
from tests.publishing.execution.conftest import Rig

GAP = timedelta(minutes=30)


def limit(rig: Rig, **values) -> None:
    with rig.database.session() as session:
        session.add(PostingLimits(user_id=rig.user.id, account_id=rig.account.id, **values))


def published_at(rig: Rig, posts: list[str]) -> list[datetime]:
    return [rig.read(post).published_at for post in posts]


def test_posts_that_come_late_together_go_out_at_the_accounts_distance(rig):
    limit(rig, min_gap_minutes=30)
    posts = [rig.post(due_at=NOON - (5 - place) * HOUR) for place in range(3)]
    rig.run_for(2 * GAP.total_seconds() + 60, step=30)
    first, second, third = published_at(rig, posts)
    assert first == NOON
    assert second >= first + GAP
    assert third >= second + GAP
    assert [rig.read(post).retry_count for post in posts] == [0, 0, 0]  # waiting is not a try


def test_a_waiting_post_is_scheduled_and_not_begun(rig):
    limit(rig, min_gap_minutes=30)
    first, second = rig.post(due_at=NOON - 2 * HOUR), rig.post(due_at=NOON - HOUR)
    rig.run_due()
    rig.run_due()
    waiting = rig.read(second)
    assert rig.read(first).status is DeviationStatus.PUBLISHED
    assert (waiting.status, waiting.due_at) == (DeviationStatus.SCHEDULED, NOON + GAP)


def test_posts_planned_at_exactly_the_distance_are_not_put_off_by_the_seconds_that_publishing_takes(rig):
    limit(rig, min_gap_minutes=30)
    posts = [rig.post(due_at=NOON), rig.post(due_at=NOON + GAP)]
    rig.now = NOON + timedelta(seconds=40)
    rig.run_due()
    rig.now = NOON + GAP + timedelta(seconds=5)
    rig.run_due()
    assert published_at(rig, posts) == [NOON + timedelta(seconds=40), NOON + GAP + timedelta(seconds=5)]


def test_publish_now_does_not_wait_for_the_distance(rig):
    limit(rig, min_gap_minutes=30)
    rig.post(due_at=NOON)
    urgent = rig.post(due_at=NOON + DAY)
    rig.run_due()
    rig.advance(60)
    with rig.database.session() as session:
        scheduling.publish_now(session, Actor.person(rig.user.id), [urgent], now=rig.now)
    rig.run_due()
    assert rig.read(urgent).status is DeviationStatus.PUBLISHED


def test_other_accounts_are_not_waited_for(rig):
    limit(rig, min_gap_minutes=30)
    other = rig.other_account()
    posts = [rig.post(due_at=NOON), rig.post(due_at=NOON, account=other)]
    rig.run_due()
    assert published_at(rig, posts) == [NOON, NOON]


def test_a_late_post_may_get_the_same_time_of_the_next_day(rig):
    post = rig.post(
        due_at=NOON - 3 * HOUR, late_policy=LatePolicy.RESLOT, max_lateness_minutes=60,
        scheduled_at=NOON - 3 * HOUR - timedelta(seconds=90), jitter_seconds=90,
    )  # fmt: skip
    rig.run_due()
    moved = rig.read(post)
    assert moved.status is DeviationStatus.SCHEDULED
    assert moved.scheduled_at == NOON + DAY - 3 * HOUR - timedelta(seconds=90)
    assert moved.actual_publish_at == moved.due_at == NOON + DAY - 3 * HOUR
    assert "deviation.reslotted" in [event.action for event in rig.all(AuditEvent, AuditEvent.id)]
    rig.now = moved.due_at
    rig.run_due()
    assert rig.read(post).published_at == moved.due_at


def test_another_day_is_one_with_room(rig):
    limit(rig, min_gap_minutes=0, daily_cap=1)
    rig.post(due_at=NOON + DAY)
    late = rig.post(due_at=NOON - 3 * HOUR, late_policy=LatePolicy.RESLOT, max_lateness_minutes=60)
    rig.run_due()
    assert rig.read(late).due_at == NOON + 2 * DAY - 3 * HOUR


def test_a_late_post_that_finds_no_other_day_is_held(rig):
    with rig.database.session() as session:
        session.add(
            BlackoutWindow(user_id=rig.user.id, name="always", kind=BlackoutKind.ONCE,
                           starts_at=datetime(2026, 1, 1, tzinfo=UTC), ends_at=datetime(2027, 1, 1, tzinfo=UTC))
        )  # fmt: skip
    late = rig.post(due_at=NOON - 3 * HOUR, late_policy=LatePolicy.RESLOT, max_lateness_minutes=60)
    rig.run_due()
    held = rig.read(late)
    assert (held.status, held.hold_reason) == (DeviationStatus.SCHEDULED, HoldReason.LATE)


def test_a_late_posts_own_broken_promise_is_not_in_its_way(rig):
    limit(rig, min_gap_minutes=2 * 24 * 60, daily_cap=1)
    late = rig.post(due_at=NOON - 3 * HOUR, late_policy=LatePolicy.RESLOT, max_lateness_minutes=60)
    rig.run_due()
    assert rig.read(late).due_at == NOON + DAY - 3 * HOUR


def test_who_has_waited_longest_goes_first_when_the_distance_is_over(rig):
    """Else a post in a full calendar would wait behind all that are promised after it, for ever."""
    limit(rig, min_gap_minutes=30)
    stream = [rig.post(due_at=NOON + place * GAP) for place in range(4)]
    rig.run_due()
    waiting = rig.post(due_at=NOON + timedelta(minutes=1))
    rig.run_for(2 * GAP.total_seconds() + 60, step=30)
    assert rig.read(waiting).published_at == NOON + GAP
    assert rig.read(stream[1]).published_at == NOON + 2 * GAP
