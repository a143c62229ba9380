"""What goes wrong stays small: bad rows, long absences, many at once; and what is said of it stays little."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from core.identity.models import User
from core.publishing.automations import planner, runner
from core.publishing.automations.models import (
    Automation,
    AutomationDefaultValue,
    AutomationExecutionLog,
    AutomationOccurrence,
    AutomationScheduleRule,
    CatchUp,
    PostingLimits,
    QuotaMode,
    RuleType,
    RunOutcome,
)
from core.publishing.automations.runner import run_due
from core.publishing.automations.shortage import warn_of_shortage
from core.publishing.automations.simulation import simulate
from core.publishing.models import Deviation, DeviationStatus
from core.system.actors import Actor
from tests.automations.world import World
from tests.factories import DAY, HOUR, NOON, make_deviation

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(database: Any) -> World:
    return World(database)


def _failed(world: World) -> list[AutomationExecutionLog]:
    return [row for row in world.all(AutomationExecutionLog) if row.outcome is RunOutcome.FAILED]


@pytest.mark.parametrize(
    "row",
    [
        {"field_name": "no_such_field", "value": "x"},
        {"field_name": "tags", "value": 7},
        {"field_name": "is_mature", "value": "perhaps"},
    ],
)
def test_a_default_that_cannot_be_used_fails_its_automation_only(world, row):
    broken = world.noons(name="Broken")
    world.add(AutomationDefaultValue(automation_id=broken, **row))
    world.noons(sort_order=1)
    world.drafts(2)
    run_due(world.database, now=NOON)
    assert len(world.scheduled()) == 1
    assert [one.automation_id for one in _failed(world)] == [broken]


def test_a_rule_that_cannot_be_read_fails_its_automation_only_and_heals_when_mended(world):
    broken = world.automation(name="Broken")
    world.rule(broken, time_of_day="25:99")
    world.noons(sort_order=1)
    world.drafts(3)
    run_due(world.database, now=NOON)
    assert (len(world.scheduled()), [one.automation_id for one in _failed(world)]) == (1, [broken])
    with world.database.session() as session:
        rules = update(AutomationScheduleRule).where(AutomationScheduleRule.automation_id == broken)
        session.execute(rules.values(time_of_day="12:00"))
    run_due(world.database, now=NOON + DAY)
    assert len(world.scheduled()) == 3


def test_an_automation_whose_zone_is_known_again_goes_on_by_itself(world):
    broken = world.noons(timezone="Mars/Olympus")
    world.drafts(1)
    for day in range(3):
        run_due(world.database, now=NOON + day * DAY)
    assert len(_failed(world)) == 1
    with world.database.session() as session:
        session.execute(update(Automation).where(Automation.id == broken).values(timezone="UTC"))
    run_due(world.database, now=NOON + 3 * DAY)
    assert [post.scheduled_at for post in world.scheduled()] == [NOON + 3 * DAY]


def test_what_nobody_foresaw_in_one_decision_leaves_the_others_alone(world, monkeypatch):
    broken = world.noons(name="Broken")
    world.noons(sort_order=1)
    world.drafts(2)
    dress = planner.dress

    def fail(candidate: Any, automation: Automation, *args: Any, **kwargs: Any) -> dict[str, Any]:
        if automation.id == broken:
            raise KeyError("unforeseen")
        return dress(candidate, automation, *args, **kwargs)

    monkeypatch.setattr(planner, "dress", fail)
    run_due(world.database, now=NOON)
    assert len(world.scheduled()) == 1
    assert [one.error_message for one in _failed(world)] == [planner.UNFORESEEN]


def test_a_draft_that_cannot_be_written_leaves_the_other_automations_alone(world, monkeypatch):
    world.noons(name="First")
    world.noons(sort_order=1)
    poison, sound = world.drafts(2)
    move = runner.move

    def fail(session: Any, actor: Any, post: Any, *args: Any, **kwargs: Any) -> None:
        if post.row.id == poison:
            session.execute(text("INSERT INTO audit_events (id) VALUES (NULL)"))  # refused by the database
        move(session, actor, post, *args, **kwargs)

    monkeypatch.setattr(runner, "move", fail)
    run_due(world.database, now=NOON)
    assert [post.id for post in world.scheduled()] == [sound]
    failed = [row for row in world.all(AutomationOccurrence) if row.outcome is RunOutcome.FAILED]
    assert [row.scheduled_count for row in failed] == [0]


def test_one_persons_trouble_keeps_nobody_else_from_being_warned(world, monkeypatch):
    from core.publishing.automations import shortage

    world.noons()
    seen = []

    def fail(session: Any, actor: Actor, **_: Any) -> dict[str, Any]:
        seen.append(actor.user_id)
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(shortage, "running_short", fail)
    assert warn_of_shortage(world.database, now=NOON) == 0
    assert seen == [world.user.id]


def _every_five_minutes(world: World, **fields: Any) -> str:
    automation_id = world.automation(**fields)
    world.rule(
        automation_id, type=RuleType.FIXED_INTERVAL, time_of_day=None, interval_minutes=5, deviations_per_interval=1,
        anchor_at=NOON,
    )  # fmt: skip
    return automation_id


def test_after_months_away_the_latest_hundred_are_caught_up_and_the_rest_is_one_line(world):
    _every_five_minutes(world, catch_up=CatchUp.ALL)
    world.drafts(3)
    run_due(world.database, now=NOON + 90 * DAY)
    # One line for all that was let go, a hundred caught up, and the four of the last quarter of an hour.
    rows = world.all(AutomationOccurrence)
    assert len([row for row in rows if row.outcome is RunOutcome.MISSED]) == 1
    assert len(rows) == 1 + planner.MOST_CAUGHT_UP + 4
    assert len(world.scheduled()) == 3


def test_after_more_than_a_year_away_the_latest_is_the_latest(world):
    world.noons(catch_up=CatchUp.LATEST)
    world.drafts(1)
    run_due(world.database, now=NOON + 500 * DAY + HOUR)
    scheduled = [row for row in world.all(AutomationOccurrence) if row.outcome is RunOutcome.SCHEDULED]
    assert [row.occurrence_at for row in scheduled] == [NOON + 500 * DAY]


def test_a_rule_that_finds_no_time_every_five_minutes_says_so_once(world):
    _every_five_minutes(world)
    world.add(
        PostingLimits(user_id=world.user.id, account_id=world.account.id, paused_until=NOON + DAY, min_gap_minutes=0)
    )
    world.drafts(1)
    for step in range(10):
        run_due(world.database, now=NOON + 5 * step * MINUTE)
    assert world.outcomes() == [RunOutcome.BLOCKED]
    assert len(world.all(AutomationOccurrence)) == 10


def test_a_reached_maximum_is_said_once_a_day(world):
    automation_id = _every_five_minutes(world)
    world.rule(
        automation_id, type=RuleType.DAILY_QUOTA, time_of_day=None, daily_quota=1, quota_mode=QuotaMode.MAXIMUM,
        next_at=None,
    )  # fmt: skip
    world.drafts(5)
    for step in range(10):
        run_due(world.database, now=NOON + 5 * step * MINUTE)
    assert world.outcomes() == [RunOutcome.SCHEDULED, RunOutcome.QUOTA]


@pytest.mark.parametrize("policy", list(CatchUp))
def test_many_at_once_are_dealt_with_part_by_part_as_they_would_be_in_one(world, monkeypatch, policy):
    """What was foreseen in one piece is what happens in several."""
    world.add(PostingLimits(user_id=world.user.id, account_id=world.account.id, min_gap_minutes=17))
    for place in range(4):
        automation_id = world.automation(sort_order=place, catch_up=policy, jitter_max_seconds=300, seed=place)
        world.rule(automation_id)
        world.rule(automation_id, time_of_day="11:50", next_at=NOON - 10 * MINUTE)
        world.rule(automation_id, type=RuleType.FIXED_INTERVAL, time_of_day=None, interval_minutes=240,
                   deviations_per_interval=2, anchor_at=NOON)  # fmt: skip
    world.drafts(30)
    now = NOON + DAY + 5 * MINUTE
    with world.database.read() as session:
        foreseen = simulate(session, Actor.person(world.user.id), now=now, until=now)
    monkeypatch.setattr(runner, "AT_A_TIME", 2)
    report = run_due(world.database, now=now)
    assert report.occurrences == len(foreseen.runs)
    happened = {row.id: row.actual_publish_at for row in world.scheduled()}
    assert happened == {post.deviation_id: post.actual_publish_at for post in foreseen.posts}
    assert not any(row.is_executing for row in world.all(Automation))
    run_due(world.database, now=now + MINUTE)
    assert len(world.all(AutomationOccurrence)) == report.occurrences


def test_killed_between_two_parts_the_rest_follows_after_the_lease(world, monkeypatch):
    for place in range(3):
        world.noons(sort_order=place)
    world.drafts(6)
    monkeypatch.setattr(runner, "AT_A_TIME", 2)
    act, parts = runner._act, []

    def die(*args: Any, **kwargs: Any) -> Any:
        parts.append(1)
        if len(parts) == 2:
            raise SystemExit
        return act(*args, **kwargs)

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(runner, "_act", die)
        run_due(world.database, now=NOON)
    assert len(world.scheduled()) == 1
    run_due(world.database, now=NOON + MINUTE)
    assert len(world.scheduled()) == 1
    run_due(world.database, now=NOON + 6 * MINUTE)
    assert [post.scheduled_at for post in world.scheduled()] == [NOON] * 3
    assert len(world.all(AutomationOccurrence)) == 3


def test_a_promise_a_weeks_distance_beyond_the_farthest_move_counts(world):
    """The distance may be seven days, on top of the seven by which a post may be moved."""
    world.noons()
    world.add(PostingLimits(user_id=world.user.id, account_id=world.account.id, min_gap_minutes=10080))
    with world.database.session() as session:
        for at in (NOON - HOUR, NOON + 13 * DAY):
            make_deviation(
                session, world.user, world.account, status="scheduled", scheduled_at=at, actual_publish_at=at, due_at=at
            )
    world.drafts(1)
    run_due(world.database, now=NOON)
    with world.database.read() as session:
        drafts = session.scalars(select(Deviation).where(Deviation.status == DeviationStatus.DRAFT)).all()
    assert len(drafts) == 1
    assert world.outcomes() == [RunOutcome.BLOCKED]


def test_what_somebody_automated_who_is_shut_out_rests_until_they_are_let_in(world):
    world.noons(catch_up=CatchUp.LATEST)
    world.drafts(3)
    world.set(User, disabled_at=NOON - HOUR)
    run_due(world.database, now=NOON)
    run_due(world.database, now=NOON + DAY)
    assert world.all(AutomationOccurrence) == []
    world.set(User, disabled_at=None)
    run_due(world.database, now=NOON + DAY + HOUR)
    assert [post.actual_publish_at for post in world.scheduled()] == [NOON + DAY + HOUR]


def test_the_preview_says_why_a_broken_automation_would_do_nothing(world):
    broken = world.noons(enabled=False, timezone="Mars/Olympus")
    world.set(AutomationScheduleRule, next_at=None)
    with world.database.read() as session:
        foreseen = simulate(session, Actor.person(world.user.id), now=NOON, until=NOON + DAY, automation_ids=[broken])
    assert {run.outcome for run in foreseen.runs} == {RunOutcome.FAILED}
    assert "Mars/Olympus" in (foreseen.runs[0].reason or "")
