"""Choosing when posts go out."""

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.models import Account, AccountState, User
from core.publishing import scheduling
from core.publishing.errors import DeviationNotFound, NotReady, ScheduleRefused
from core.publishing.execution.work import PUBLISH, SUBMIT
from core.publishing.models import Deviation, DeviationFile, DeviationStatus, HoldReason, LatePolicy, UploadMode
from core.publishing.reports import BatchReport, ItemOutcome
from core.publishing.scheduling import SchedulePlan
from core.publishing.zones import WallTime
from core.system.actors import Actor
from core.system.models import AuditEvent, IntentState
from tests.factories import DAY, HOUR, NOON, lease, make_account, make_blob, make_deviation, make_file, make_intent

MINUTE = timedelta(minutes=1)
TOMORROW = SchedulePlan(NOON + DAY, jitter_max_seconds=0)


def only_reason(report: BatchReport) -> str:
    (item,) = report.items
    assert item.outcome is ItemOutcome.SKIPPED
    return item.reason or ""


def test_scheduling_sets_the_promise_with_jitter_added_never_taken_away(session, alice, actor, account, rng):
    posts = [make_deviation(session, alice, account) for _ in range(30)]
    plan = SchedulePlan(NOON + DAY, jitter_max_seconds=300)
    report = scheduling.schedule(session, actor, [post.id for post in posts], plan, rng=rng, now=NOON)
    assert len(report.changed) == 30
    for post in posts:
        assert post.status is DeviationStatus.SCHEDULED
        assert post.scheduled_at == NOON + DAY
        assert 0 <= post.jitter_seconds <= 300
        assert post.actual_publish_at == post.due_at == NOON + DAY + timedelta(seconds=post.jitter_seconds)
    assert len({post.jitter_seconds for post in posts}) > 5


def test_posts_follow_each_other_with_the_chosen_time_in_between(session, alice, actor, account, rng):
    posts = [make_deviation(session, alice, account) for _ in range(3)]
    plan = SchedulePlan(NOON + DAY, spacing_minutes=90, jitter_max_seconds=0)
    scheduling.schedule(session, actor, [post.id for post in reversed(posts)], plan, rng=rng, now=NOON)
    assert [post.scheduled_at for post in reversed(posts)] == [NOON + DAY + place * 90 * MINUTE for place in range(3)]


def test_a_wall_time_is_read_in_its_zone(session, alice, actor, account, rng):
    post = make_deviation(session, alice, account)
    plan = SchedulePlan(WallTime(datetime(2026, 7, 1, 9, 0), "Europe/Vienna"), jitter_max_seconds=0)  # noqa: DTZ001 - a wall clock has no zone
    scheduling.schedule_one(session, actor, post.id, plan, rng=rng, now=NOON)
    assert post.scheduled_at is not None and post.scheduled_at.isoformat() == "2026-07-01T07:00:00+00:00"


@pytest.mark.parametrize("at", [NOON - MINUTE, NOON - timedelta(microseconds=1), NOON + 365 * DAY + MINUTE])
def test_a_time_in_the_past_or_more_than_a_year_ahead_is_refused(session, alice, actor, account, rng, at):
    post = make_deviation(session, alice, account)
    with pytest.raises(ScheduleRefused):
        scheduling.schedule(session, actor, [post.id], SchedulePlan(at), rng=rng, now=NOON)
    assert post.status is DeviationStatus.DRAFT


@pytest.mark.parametrize("at", [NOON, NOON + 365 * DAY])
def test_this_very_moment_and_a_year_from_now_are_allowed(session, alice, actor, account, rng, at):
    post = make_deviation(session, alice, account)
    scheduling.schedule_one(session, actor, post.id, SchedulePlan(at, jitter_max_seconds=0), rng=rng, now=NOON)
    assert post.scheduled_at == at


@pytest.mark.parametrize(
    "plan",
    [
        SchedulePlan(NOON + 364 * DAY, spacing_minutes=24 * 60),
        SchedulePlan(NOON + DAY, spacing_minutes=-1),
        SchedulePlan(NOON + DAY, jitter_max_seconds=-1),
        SchedulePlan(NOON + DAY, jitter_max_seconds=3601),
        SchedulePlan(NOON + DAY, late_policy=LatePolicy.HOLD),
        SchedulePlan((NOON + DAY).replace(tzinfo=None)),
        SchedulePlan(WallTime((NOON + DAY).replace(tzinfo=None), "Mars/Olympus")),
    ],
    ids=["last one too late", "back in time", "negative jitter", "long jitter", "no allowance", "no zone", "bad zone"],
)
def test_a_plan_that_cannot_be_used_changes_nothing(session, alice, actor, account, rng, plan):
    posts = [make_deviation(session, alice, account) for _ in range(3)]
    with pytest.raises(ScheduleRefused):
        scheduling.schedule(session, actor, [post.id for post in posts], plan, rng=rng, now=NOON)
    assert {post.status for post in posts} == {DeviationStatus.DRAFT}


def test_one_unready_post_does_not_stop_the_others(session, alice, actor, account, rng):
    good, empty = make_deviation(session, alice, account), make_deviation(session, alice, account, files=0)
    report = scheduling.schedule(session, actor, [empty.id, good.id], TOMORROW, rng=rng, now=NOON)
    assert [item.outcome for item in report.items] == [ItemOutcome.SKIPPED, ItemOutcome.CHANGED]
    assert "no file" in (report.items[0].reason or "")
    assert (empty.status, good.status) == (DeviationStatus.DRAFT, DeviationStatus.SCHEDULED)


def unready_posts(session: Session, alice: User, account: Account) -> dict[str, Deviation]:
    disconnected = make_account(session, alice, state=AccountState.DISCONNECTED)
    several = make_deviation(session, alice, account, files=2, upload_mode=UploadMode.SINGLE)
    return {
        "no file": make_deviation(session, alice, account, files=0),
        "takes one file for each": several,
        "No DeviantArt account": make_deviation(session, alice, None),
        "is disconnected": make_deviation(session, alice, disconnected),
        "choose how strictly": make_deviation(session, alice, account, is_mature=True),
        "no title": make_deviation(session, alice, account, title="  "),
        "after how many minutes": make_deviation(session, alice, account, late_policy=LatePolicy.HOLD),
        "at most 10": make_deviation(session, alice, account, gallery_ids=[str(n) for n in range(11)]),
    }


def test_each_thing_that_is_missing_is_named(session, alice, actor, account, rng):
    for words, post in unready_posts(session, alice, account).items():
        with pytest.raises(NotReady, match=words):
            scheduling.schedule_one(session, actor, post.id, TOMORROW, rng=rng, now=NOON)
        assert words in only_reason(scheduling.publish_now(session, actor, [post.id], now=NOON))
        assert post.status is DeviationStatus.DRAFT


def test_a_plan_that_brings_the_allowance_repairs_its_lack(session, alice, actor, account, rng):
    post = make_deviation(session, alice, account, late_policy=LatePolicy.HOLD)
    plan = SchedulePlan(NOON + DAY, late_policy=LatePolicy.HOLD, max_lateness_minutes=30)
    scheduling.schedule_one(session, actor, post.id, plan, rng=rng, now=NOON)
    assert (post.late_policy, post.max_lateness_minutes) == (LatePolicy.HOLD, 30)


def test_an_account_to_reconnect_is_a_warning_only(session, alice, actor, rng):
    post = make_deviation(session, alice, make_account(session, alice, state=AccountState.RECONNECT))
    warnings = scheduling.schedule_one(session, actor, post.id, TOMORROW, rng=rng, now=NOON)
    assert any("reconnected" in warning for warning in warnings)
    assert post.status is DeviationStatus.SCHEDULED


def test_a_long_title_and_a_lost_tag_are_warnings(session, alice, actor, account, rng):
    post = make_deviation(session, alice, account, title="t" * 51, tags=["кошка"])
    warnings = scheduling.schedule_one(session, actor, post.id, TOMORROW, rng=rng, now=NOON)
    assert len(warnings) == 2 and "51" in warnings[0] and "кошка" in warnings[1]


def test_scheduling_a_failed_post_forgets_its_error_and_keeps_its_stash_items(session, alice, actor, account, rng):
    post = failed_post(session, alice, account)
    scheduling.schedule_one(session, actor, post.id, TOMORROW, rng=rng, now=NOON)
    assert (post.error_message, post.error_category, post.retry_count) == (None, None, 0)
    assert post.execution_version == 5
    assert stash_ids(session, post) == ["900"]


def test_retrying_goes_out_at_once_on_the_same_stash_item(session, alice, actor, account):
    post = failed_post(session, alice, account)
    report = scheduling.retry(session, actor, [post.id], now=NOON)
    assert report.changed and post.status is DeviationStatus.SCHEDULED
    assert post.due_at == post.actual_publish_at == NOON and post.retry_count == 0
    assert stash_ids(session, post) == ["900"]


def failed_post(session: Session, alice: User, account: Account) -> Deviation:
    post = make_deviation(
        session, alice, account, status="failed", files=0, retry_count=4, error_message="No.",
        error_category="validation", execution_version=4,
    )  # fmt: skip
    make_file(session, post, make_blob(session, alice), stash_item_id="900")
    return post


def stash_ids(session: Session, post: Deviation) -> list[str | None]:
    return list(session.scalars(select(DeviationFile.stash_item_id).where(DeviationFile.deviation_id == post.id)))


def test_only_failed_posts_are_retried(session, alice, actor, account):
    post = make_deviation(session, alice, account)
    assert "has not failed" in only_reason(scheduling.retry(session, actor, [post.id], now=NOON))


def test_rescheduling_moves_the_promise_and_draws_again(session, alice, actor, account):
    post = make_deviation(session, alice, account, status="scheduled", jitter_seconds=299)
    rng = random.Random(1)
    plan = SchedulePlan(NOON + 2 * DAY, jitter_max_seconds=60)
    scheduling.reschedule(session, actor, [post.id], plan, rng=rng, now=NOON)
    assert post.scheduled_at == NOON + 2 * DAY
    assert post.jitter_seconds <= 60
    assert post.due_at == post.actual_publish_at == NOON + 2 * DAY + timedelta(seconds=post.jitter_seconds)


def test_drafts_are_not_rescheduled_and_scheduled_posts_not_scheduled(session, alice, actor, account, rng):
    draft, queued = make_deviation(session, alice, account), make_deviation(session, alice, account, status="scheduled")
    reason = only_reason(scheduling.reschedule(session, actor, [draft.id], TOMORROW, rng=rng, now=NOON))
    assert "Only scheduled posts" in reason
    reason = only_reason(scheduling.schedule(session, actor, [queued.id], TOMORROW, rng=rng, now=NOON))
    assert "Only drafts" in reason


@pytest.mark.parametrize("reason", list(HoldReason))
def test_a_held_post_is_let_go_by_a_new_time_or_by_publishing_now(session, alice, actor, account, rng, reason):
    one = make_deviation(session, alice, account, status="scheduled", hold_reason=reason)
    two = make_deviation(session, alice, account, status="scheduled", hold_reason=reason)
    scheduling.reschedule(session, actor, [one.id], TOMORROW, rng=rng, now=NOON)
    scheduling.publish_now(session, actor, [two.id], now=NOON + 5 * HOUR)
    assert one.hold_reason is two.hold_reason is None
    assert two.due_at == two.actual_publish_at == NOON + 5 * HOUR  # not late any more


@pytest.mark.parametrize("status", ["draft", "failed", "scheduled"])
def test_publishing_now_makes_a_post_due_at_once(session, alice, actor, account, status):
    post = make_deviation(session, alice, account, status=status)
    assert scheduling.publish_now(session, actor, [post.id], now=NOON).changed
    assert (post.status, post.due_at, post.jitter_seconds) == (DeviationStatus.SCHEDULED, NOON, 0)


def test_publishing_now_ends_the_wait_of_a_begun_post_without_moving_it_back(session, alice, actor, account):
    post = make_deviation(session, alice, account, status="publishing", due_at=NOON + HOUR)
    assert scheduling.publish_now(session, actor, [post.id], now=NOON).changed
    assert (post.status, post.due_at) == (DeviationStatus.PUBLISHING, NOON)


@pytest.mark.parametrize("status", ["review", "published"])
def test_what_awaits_review_or_is_published_cannot_be_published_now(session, alice, actor, account, status):
    post = make_deviation(session, alice, account, status=status)
    assert "cannot go from" in only_reason(scheduling.publish_now(session, actor, [post.id], now=NOON))


def test_a_post_held_by_a_worker_is_left_alone(session, alice, actor, account, rng):
    post = make_deviation(session, alice, account, status="scheduled")
    lease(post, at=NOON - timedelta(seconds=44))
    session.flush()
    reason = only_reason(scheduling.reschedule(session, actor, [post.id], TOMORROW, rng=rng, now=NOON))
    assert "right now" in reason
    assert post.execution_lock_id is not None and post.scheduled_at == NOON + HOUR


def test_a_silent_workers_post_is_taken_and_the_fence_raised(session, alice, actor, account, rng):
    post = make_deviation(session, alice, account, status="scheduled", execution_version=3)
    lease(post, at=NOON - timedelta(seconds=46))
    session.flush()
    assert scheduling.reschedule(session, actor, [post.id], TOMORROW, rng=rng, now=NOON).changed
    assert (post.execution_lock_id, post.execution_locked_at, post.execution_version) == (None, None, 4)


@pytest.mark.parametrize("state", [IntentState.OPEN, IntentState.UNKNOWN])
def test_a_post_whose_publication_is_unsettled_is_left_alone(session, alice, actor, account, state):
    post = make_deviation(session, alice, account, status="publishing", files=0)
    file = make_file(session, post, make_blob(session, alice))
    make_intent(session, file.id, PUBLISH, state=state)
    assert "looked up" in only_reason(scheduling.publish_now(session, actor, [post.id], now=NOON))


def test_an_open_submit_or_a_settled_publish_keeps_nobody_from_anything(session, alice, actor, account):
    post = make_deviation(session, alice, account, status="publishing", files=0)
    file = make_file(session, post, make_blob(session, alice))
    make_intent(session, file.id, SUBMIT)
    make_intent(session, file.id, PUBLISH, state=IntentState.FAILED)
    assert scheduling.publish_now(session, actor, [post.id], now=NOON).changed


def test_every_move_is_in_the_audit_trail_with_before_and_after(session, alice, actor, account, rng):
    post = make_deviation(session, alice, account)
    scheduling.schedule_one(session, actor, post.id, TOMORROW, rng=rng, now=NOON)
    event = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == post.id)).one()
    assert (event.action, event.actor_id, event.at) == ("deviation.scheduled", actor.user_id, NOON)
    assert event.before is not None and event.after is not None
    assert (event.before["status"], event.after["status"]) == ("draft", "scheduled")
    assert event.after["scheduled_at"] == (NOON + DAY).isoformat()


def test_charlie_can_plan_nothing_of_alices(session, alice, account, charlie: Actor, rng):
    post = make_deviation(session, alice, account, status="failed")
    for call in (
        lambda: scheduling.schedule(session, charlie, [post.id], TOMORROW, rng=rng, now=NOON),
        lambda: scheduling.reschedule(session, charlie, [post.id], TOMORROW, rng=rng, now=NOON),
        lambda: scheduling.publish_now(session, charlie, [post.id], now=NOON),
        lambda: scheduling.retry(session, charlie, [post.id], now=NOON),
    ):
        assert "no such deviation" in only_reason(call())
    with pytest.raises(DeviationNotFound):
        scheduling.schedule_one(session, charlie, post.id, TOMORROW, rng=rng, now=NOON)
    assert post.status is DeviationStatus.FAILED


def test_an_id_given_twice_counts_once_and_a_mistyped_one_is_missing(session, alice, actor, account, rng):
    post = make_deviation(session, alice, account)
    report = scheduling.schedule(session, actor, [post.id, post.id, "dev_nonsense"], TOMORROW, rng=rng, now=NOON)
    assert [item.outcome for item in report.items] == [ItemOutcome.CHANGED, ItemOutcome.SKIPPED]
