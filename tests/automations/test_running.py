"""What a run does: once per occurrence, in the manner asked for, and what is said of it."""

from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.publishing.automations import runner
from core.publishing.automations.models import (
    Automation,
    AutomationExecutionLog,
    AutomationOccurrence,
    AutomationScheduleRule,
    CatchUp,
    QuotaMode,
    RuleType,
    RunOutcome,
)
from core.publishing.automations.runner import run_due
from core.publishing.models import Deviation, LatePolicy
from core.system.models import Notification
from tests.factories import DAY, HOUR, NOON

MINUTE = timedelta(minutes=1)


def test_a_due_rule_schedules_the_next_draft_at_its_time(world):
    automation_id = world.noons(
        jitter_min_seconds=60, jitter_max_seconds=120, late_policy=LatePolicy.HOLD, max_lateness_minutes=30
    )
    world.drafts(2)
    assert run_due(world.database, now=NOON + MINUTE).posts == 1
    (post,) = world.scheduled()
    assert post.title == "Draft 0"
    assert post.scheduled_at == NOON
    assert 60 <= post.jitter_seconds <= 120
    assert post.due_at == post.actual_publish_at == NOON + timedelta(seconds=post.jitter_seconds)
    assert (post.automation_id, post.account_id) == (automation_id, world.account.id)
    assert (post.late_policy, post.max_lateness_minutes) == (LatePolicy.HOLD, 30)


@pytest.mark.parametrize("minutes", range(0, 11))
def test_ticks_at_any_minute_fire_an_occurrence_once(world, minutes):
    world.noons()
    world.drafts(5)
    for tick in range(-10, 20, 5):
        run_due(world.database, now=NOON + (tick + minutes) * MINUTE)
    assert len(world.scheduled()) == 1


def test_two_sidecars_at_the_same_moment_fire_an_occurrence_once(world):
    world.noons()
    world.drafts(5)
    start = Barrier(4)

    def tick() -> None:
        start.wait()
        run_due(world.database, now=NOON + MINUTE)

    threads = [Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run_due(world.database, now=NOON + 2 * MINUTE)
    assert len(world.scheduled()) == 1
    assert len(world.all(AutomationOccurrence)) == 1


def test_a_sidecar_killed_in_the_middle_leaves_nothing_behind_and_the_lease_ends(world, monkeypatch):
    world.noons()
    world.drafts(1)

    class Killed(BaseException):
        """As if the process were gone: nothing after it runs."""

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(runner, "_finish", die)
        patch.setattr(runner, "_give_back", die)
        with pytest.raises(Killed):
            run_due(world.database, now=NOON)
    assert world.scheduled() == []
    assert world.all(Automation)[0].is_executing
    run_due(world.database, now=NOON + MINUTE)  # the lease is still held
    assert world.scheduled() == []
    run_due(world.database, now=NOON + 6 * MINUTE)
    assert [post.scheduled_at for post in world.scheduled()] == [NOON]
    assert not world.all(Automation)[0].is_executing


def test_an_error_while_writing_changes_nothing_and_is_tried_again_at_once(world, monkeypatch):
    world.noons()
    world.drafts(1)

    def break_off(*_: Any, **__: Any) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(runner, "_finish", break_off)
        run_due(world.database, now=NOON)
    assert world.scheduled() == []
    run_due(world.database, now=NOON + timedelta(seconds=5))
    assert len(world.scheduled()) == 1


def test_an_occurrence_that_was_dealt_with_is_not_dealt_with_again_after_an_edit(world):
    world.noons()
    world.drafts(3)
    run_due(world.database, now=NOON)
    world.set(AutomationScheduleRule, next_at=NOON)  # edited away and back within the minute
    run_due(world.database, now=NOON + MINUTE)
    assert len(world.scheduled()) == 1
    assert world.all(AutomationScheduleRule)[0].next_at == NOON + DAY


@pytest.mark.parametrize(
    ("policy", "posts", "outcomes"),
    [
        (CatchUp.SKIP, [], [RunOutcome.MISSED]),
        (CatchUp.LATEST, [0], [RunOutcome.MISSED, RunOutcome.SCHEDULED]),
        (CatchUp.ALL, [0, 0, 0], [RunOutcome.SCHEDULED] * 3),
    ],
)
def test_what_was_missed_is_caught_up_as_the_policy_says(world, policy, posts, outcomes):
    world.noons(catch_up=policy)
    world.drafts(5)
    back = NOON + 2 * DAY + 3 * HOUR
    run_due(world.database, now=back)
    assert [(post.scheduled_at - back) for post in world.scheduled()] == [timedelta(0)] * len(posts)
    assert world.outcomes() == outcomes
    assert world.all(AutomationScheduleRule)[0].next_at == NOON + 3 * DAY


def test_an_occurrence_on_time_makes_the_missed_ones_before_it_old(world):
    world.noons(catch_up=CatchUp.LATEST)
    world.drafts(5)
    run_due(world.database, now=NOON + 2 * DAY + 5 * MINUTE)
    assert [post.scheduled_at for post in world.scheduled()] == [NOON + 2 * DAY]
    assert world.outcomes() == [RunOutcome.MISSED, RunOutcome.SCHEDULED]
    assert "2 times were missed" in world.all(AutomationExecutionLog)[0].error_message


def test_each_rule_has_its_own_line_in_the_log(world):
    automation_id = world.automation()
    world.rule(automation_id)
    world.rule(automation_id, type=RuleType.FIXED_INTERVAL, interval_minutes=240, deviations_per_interval=2,
               anchor_at=NOON, time_of_day=None)  # fmt: skip
    world.drafts(5)
    run_due(world.database, now=NOON)
    logged = {(row.triggered_by_rule_type, row.scheduled_count) for row in world.all(AutomationExecutionLog)}
    assert logged == {("fixed_time", 1), ("fixed_interval", 2)}


def test_a_maximum_stops_the_other_rules_for_the_day(world):
    automation_id = world.automation()
    world.rule(automation_id, type=RuleType.FIXED_INTERVAL, interval_minutes=60, deviations_per_interval=1,
               anchor_at=NOON, time_of_day=None)  # fmt: skip
    world.rule(automation_id, type=RuleType.DAILY_QUOTA, daily_quota=2, quota_mode=QuotaMode.MAXIMUM, next_at=None,
               time_of_day=None)  # fmt: skip
    world.drafts(9)
    for hour in range(14):
        run_due(world.database, now=NOON + hour * HOUR)
    days = [post.scheduled_at.date() for post in world.scheduled()]
    assert [days.count(NOON.date()), days.count((NOON + DAY).date())] == [2, 2]
    assert RunOutcome.QUOTA in world.outcomes()


def test_cancelled_posts_make_room_under_the_maximum_and_in_the_pool(world):
    automation_id = world.noons()
    world.rule(automation_id, type=RuleType.DAILY_QUOTA, daily_quota=1, quota_mode=QuotaMode.MAXIMUM, next_at=None,
               time_of_day=None)  # fmt: skip
    world.rule(automation_id, time_of_day="13:00", next_at=NOON + HOUR)
    world.drafts(1)
    run_due(world.database, now=NOON)
    world.set(Deviation, status="draft", scheduled_at=None, actual_publish_at=None, due_at=None, automation_id=None)
    run_due(world.database, now=NOON + HOUR)
    assert [post.scheduled_at for post in world.scheduled()] == [NOON + HOUR]


def test_no_drafts_is_said_once_and_again_after_there_were_some(world):
    automation_id = world.noons()
    for day in range(3):
        run_due(world.database, now=NOON + day * DAY)
    assert world.outcomes() == [RunOutcome.NO_DRAFTS]
    assert [note.topic for note in world.all(Notification)] == [f"automation.dry:{automation_id}"]
    world.drafts(1)
    run_due(world.database, now=NOON + 3 * DAY)
    run_due(world.database, now=NOON + 4 * DAY)
    assert world.outcomes() == [RunOutcome.NO_DRAFTS, RunOutcome.SCHEDULED, RunOutcome.NO_DRAFTS]
    assert len(world.all(AutomationOccurrence)) == 5


def test_a_pause_lets_occurrences_go_without_a_word(world):
    world.noons(paused_until=NOON + 2 * DAY + HOUR)
    world.drafts(5)
    for day in range(4):
        run_due(world.database, now=NOON + day * DAY)
    assert [post.scheduled_at for post in world.scheduled()] == [NOON + 3 * DAY]


def test_a_broken_automation_says_so_once_and_does_not_stop_the_others(world):
    broken = world.noons(name="Broken", timezone="Mars/Olympus")
    world.noons(sort_order=1)
    world.drafts(2)
    run_due(world.database, now=NOON)
    run_due(world.database, now=NOON + DAY)
    assert len(world.scheduled()) == 2
    failed = [row for row in world.all(AutomationExecutionLog) if row.outcome is RunOutcome.FAILED]
    assert [row.automation_id for row in failed] == [broken]
    assert "Mars/Olympus" in failed[0].error_message
    assert f"automation.failed:{broken}" in [note.topic for note in world.all(Notification)]


def test_without_an_account_nothing_is_posted_and_it_is_said(world):
    world.noons()
    world.drafts(1)
    with world.database.session() as session:
        session.merge(world.account).state = "disconnected"
    run_due(world.database, now=NOON)
    assert world.outcomes() == [RunOutcome.FAILED]


def test_what_is_switched_off_does_not_run(world):
    world.noons(enabled=False)
    world.drafts(1)
    assert run_due(world.database, now=NOON).occurrences == 0


def test_nothing_due_is_one_look_into_one_index(session: Session):
    plan = "EXPLAIN QUERY PLAN" if session.get_bind().dialect.name == "sqlite" else "EXPLAIN"
    if plan == "EXPLAIN":
        session.connection().exec_driver_sql("SET enable_seqscan = off")
    query = (
        f"{plan} SELECT automation_id FROM automation_schedule_rules "
        f"WHERE next_at IS NOT NULL AND next_at <= '{datetime(2026, 1, 1).isoformat()}' ORDER BY next_at LIMIT 5000"  # noqa: DTZ001 - as SQLite keeps it
    )
    told = " ".join(str(row) for row in session.connection().exec_driver_sql(query))
    assert "ix_automation_schedule_rules_next_at" in told
