"""What a run does: once per occurrence, in the manner asked for, and what is said of it."""

from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.publishing.automations import runner
from core.publishing.automations.models import (
    Automation,
    AutomationDefaultValue,
    AutomationExecutionLog,
    AutomationOccurrence,
    AutomationScheduleRule,
    BlackoutKind,
    BlackoutWindow,
    CatchUp,
    PostingLimits,
    QuotaMode,
    RuleType,
    RunOutcome,
    SelectionMethod,
    WhenBlocked,
)
from core.publishing.automations.runner import run_due
from core.publishing.models import Deviation, DeviationStatus, LatePolicy
from core.sales.models import PricePreset
from core.system.models import AuditEvent, Notification
from tests.factories import DAY, HOUR, NOON, make_account, make_blob, make_deviation, make_user

MINUTE = timedelta(minutes=1)


class World:
    """Alice in UTC with one account, and what she has automated; the first occurrence is at ``NOON``."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.session() as session:
            self.user = make_user(session, "alice")
            self.account = make_account(session, self.user, is_default=True)

    def automation(self, **fields: Any) -> str:
        values = {"name": "Noons", "enabled": True, "jitter_max_seconds": 0, "user_id": self.user.id}
        with self.database.session() as session:
            row = Automation(**values | fields)
            session.add(row)
            session.flush()
            return row.id

    def rule(self, automation_id: str, **fields: Any) -> str:
        values = {"type": RuleType.FIXED_TIME, "time_of_day": "12:00", "next_at": NOON, "automation_id": automation_id}
        with self.database.session() as session:
            row = AutomationScheduleRule(**values | fields)
            session.add(row)
            session.flush()
            return row.id

    def noons(self, **fields: Any) -> str:
        """An automation that posts every day at noon."""
        automation_id = self.automation(**fields)
        self.rule(automation_id)
        return automation_id

    def drafts(self, number: int = 1, **fields: Any) -> list[str]:
        with self.database.session() as session:
            return [
                make_deviation(session, self.user, self.account,
                               **{"title": f"Draft {place}", "created_at": NOON - DAY + place * MINUTE} | fields).id
                for place in range(number)
            ]  # fmt: skip

    def add(self, row: Any) -> None:
        with self.database.session() as session:
            session.add(row)

    def set(self, model: Any, **values: Any) -> None:
        with self.database.session() as session:
            session.execute(update(model).values(**values))

    def all(self, model: Any) -> list[Any]:
        with self.database.read() as session:
            return list(session.scalars(select(model).order_by(model.id)))

    def scheduled(self) -> list[Deviation]:
        with self.database.read() as session:
            query = select(Deviation).where(Deviation.status == DeviationStatus.SCHEDULED)
            return list(session.scalars(query.order_by(Deviation.actual_publish_at, Deviation.id)))

    def outcomes(self) -> list[RunOutcome]:
        return [row.outcome for row in self.all(AutomationExecutionLog)]


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


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


def test_what_is_caught_up_keeps_the_accounts_distance(world):
    world.noons(catch_up=CatchUp.ALL)
    world.add(PostingLimits(user_id=world.user.id, account_id=world.account.id, min_gap_minutes=60))
    world.drafts(5)
    back = NOON + 2 * DAY + 3 * HOUR
    run_due(world.database, now=back)
    assert [post.actual_publish_at - back for post in world.scheduled()] == [0 * HOUR, HOUR, 2 * HOUR]


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


@pytest.mark.parametrize(
    ("method", "titles"),
    [
        (SelectionMethod.FIFO, ["Draft 0", "Draft 1", "Draft 2"]),
        (SelectionMethod.LIFO, ["Draft 4", "Draft 3", "Draft 2"]),
    ],
)
def test_drafts_are_taken_in_order_of_age(world, method, titles):
    world.noons(draft_selection_method=method)
    world.drafts(5)
    for day in range(3):
        run_due(world.database, now=NOON + day * DAY)
    assert [post.title for post in world.scheduled()] == titles


def test_random_goes_round_all_before_any_comes_twice(world):
    world.noons(draft_selection_method=SelectionMethod.RANDOM, shuffle_at=2**30)
    world.drafts(7)
    for day in range(7):
        run_due(world.database, now=NOON + day * DAY)
    order = [post.shuffle_key for post in world.scheduled()]
    assert len(order) == 7
    later = [key for key in order if key > 2**30]
    assert order == sorted(later) + sorted(key for key in order if key <= 2**30)


def test_drafts_with_a_time_without_a_file_of_another_account_or_in_the_trash_stay(world):
    with world.database.session() as session:
        other = make_account(session, world.user)
        make_deviation(session, world.user, other, title="elsewhere")
        make_deviation(session, world.user, world.account, title="no file", files=0)
        make_deviation(session, world.user, world.account, title="dated", scheduled_at=NOON + DAY)
        make_deviation(session, world.user, world.account, title="thrown away", deleted_at=NOON)
        make_deviation(session, world.user, world.account, title="to review", status="review")
        make_deviation(session, make_user(session, "bob"), None, title="Bob's")
    world.noons()
    run_due(world.database, now=NOON)
    assert world.scheduled() == []


def test_a_draft_that_cannot_go_out_is_passed_over_and_named(world):
    world.noons()
    world.drafts(1, is_mature=True, title="Unsure")
    world.drafts(1, created_at=NOON, title="Fine")
    run_due(world.database, now=NOON)
    assert [post.title for post in world.scheduled()] == ["Fine"]
    assert "“Unsure” was passed over" in world.all(AutomationExecutionLog)[0].error_message


def test_a_source_filter_chooses(world):
    wanted = {"tags": ["Fox", "owl"], "tags_match": "all", "projects": ["Woods"], "min_rating": 4, "mature": "none"}
    world.noons(source_filter=wanted)
    fitting = {"tags": ["fox", "OWL"], "project": "Woods", "rating": 4}
    for title, change in {
        "tag": {"tags": ["fox"]}, "project": {"project": "Sea"}, "unrated": {"rating": None}, "low": {"rating": 3},
        "mature": {"is_mature": True, "mature_level": "moderate"}, "this": {},
    }.items():  # fmt: skip
        world.drafts(1, **fitting | change | {"title": title})
    run_due(world.database, now=NOON)
    run_due(world.database, now=NOON + DAY)
    assert [post.title for post in world.scheduled()] == ["this"]


def test_defaults_fill_what_is_empty_and_leave_false_and_zero(world):
    automation_id = world.noons()
    for field, value in {
        "description": "Hello",
        "allow_comments": True,
        "display_resolution": 5,
        "tags": ["art"],
    }.items():
        world.add(AutomationDefaultValue(automation_id=automation_id, field_name=field, value=value))
    world.add(AutomationDefaultValue(automation_id=automation_id, field_name="no_ai", value=True, apply_if_empty=False))
    world.drafts(1, description="  ", allow_comments=False, display_resolution=0, tags=["mine"], no_ai=False)
    run_due(world.database, now=NOON)
    (post,) = world.scheduled()
    assert (post.description, post.allow_comments, post.display_resolution) == ("Hello", False, 0)
    assert (post.tags, post.no_ai) == (["mine"], True)


def test_selling_forces_protection_after_the_defaults(world):
    with world.database.session() as session:
        preset = PricePreset(user_id=world.user.id, name="Standard", price=5000)
        session.add(preset)
        session.flush()
    automation_id = world.noons(auto_add_to_sale_queue=True, sale_queue_preset_id=preset.id)
    world.add(
        AutomationDefaultValue(
            automation_id=automation_id, field_name="allow_free_download", value=True, apply_if_empty=False
        )
    )
    world.drafts(1)
    run_due(world.database, now=NOON)
    (post,) = world.scheduled()
    assert (post.add_watermark, post.display_resolution, post.allow_free_download) == (True, 8, False)
    assert post.sale_preset_id == preset.id


def test_titles_are_made_from_a_pattern(world):
    world.noons(title_pattern="{automation} {n:02}: {title}, {weekday}")
    world.drafts(2)
    run_due(world.database, now=NOON)
    run_due(world.database, now=NOON + DAY)
    assert [post.title for post in world.scheduled()] == [
        "Noons 01: Draft 0, Monday", "Noons 02: Draft 1, Tuesday"
    ]  # fmt: skip


def test_a_blackout_moves_a_post_to_its_end_or_drops_it(world):
    window = {"start_time": "11:00", "end_time": "13:30", "kind": BlackoutKind.WEEKLY, "name": "lunch"}
    world.add(BlackoutWindow(user_id=world.user.id, **window))
    world.noons(when_blocked=WhenBlocked.MOVE)
    world.drafts(2)
    run_due(world.database, now=NOON)
    assert [post.scheduled_at for post in world.scheduled()] == [NOON + 1.5 * HOUR]
    world.set(Automation, when_blocked=WhenBlocked.SKIP)
    run_due(world.database, now=NOON + DAY)
    assert len(world.scheduled()) == 1
    assert world.outcomes()[-1] is RunOutcome.BLOCKED
    assert "lunch" in world.all(AutomationExecutionLog)[-1].error_message


def test_a_blackout_over_everything_posts_nothing_and_says_so(world):
    world.add(BlackoutWindow(user_id=world.user.id, name="always", kind=BlackoutKind.WEEKLY, start_time="00:00",
                             end_time="24:00"))  # fmt: skip
    world.noons()
    world.drafts(1)
    run_due(world.database, now=NOON)
    assert world.scheduled() == []
    assert "no free time within 7 days" in world.all(AutomationExecutionLog)[0].error_message


def test_the_daily_cap_counts_all_posts_of_the_account(world):
    world.add(PostingLimits(user_id=world.user.id, account_id=world.account.id, daily_cap=1))
    with world.database.session() as session:
        make_deviation(session, world.user, world.account, status="scheduled", scheduled_at=NOON + 5 * HOUR,
                       actual_publish_at=NOON + 5 * HOUR, due_at=NOON + 5 * HOUR)  # fmt: skip
    world.noons()
    world.drafts(1)
    run_due(world.database, now=NOON)
    assert [post.scheduled_at for post in world.scheduled()][-1] == NOON + DAY


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


def test_every_post_is_in_the_audit_trail_with_the_name_of_the_automation(world):
    world.noons()
    (draft,) = world.drafts(1)
    run_due(world.database, now=NOON)
    (event,) = [one for one in world.all(AuditEvent) if one.subject_id == draft]
    assert (event.action, event.reason) == ("deviation.scheduled", "by the automation “Noons”")


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


def alike(world: World, title: str, **fields: Any) -> str:
    """A draft that shows the same picture as every other made here, in bytes of its own."""
    with world.database.session() as session:
        blob = make_blob(session, world.user, perceptual_hash=0x0F0F_3C3C_5A5A_7171)
        return make_deviation(session, world.user, world.account, blobs=[blob], title=title, **fields).id


def test_a_draft_that_looks_like_one_that_is_out_is_scheduled_with_a_warning(world):
    alike(world, "First", status="published", published_at=NOON - DAY)
    twin = alike(world, "Twin")
    world.noons()
    run_due(world.database, now=NOON)
    assert [post.title for post in world.scheduled()] == ["Twin"]
    assert "“Twin” looks very much like another post" in world.all(AutomationExecutionLog)[0].error_message
    assert f"post.lookalike:{twin}" in [note.topic for note in world.all(Notification)]


def test_lookalikes_are_passed_over_if_asked_for_also_among_drafts(world):
    alike(world, "First", created_at=NOON - 3 * HOUR)
    alike(world, "Twin", created_at=NOON - 2 * HOUR)
    world.drafts(1, title="Other", created_at=NOON - HOUR)
    automation_id = world.automation(source_filter={"lookalikes": "pass_over"})
    world.rule(automation_id, type=RuleType.FIXED_INTERVAL, interval_minutes=240, deviations_per_interval=2,
               anchor_at=NOON, time_of_day=None)  # fmt: skip
    run_due(world.database, now=NOON)
    assert {post.title for post in world.scheduled()} == {"First", "Other"}
    assert "“Twin” was passed over" in world.all(AutomationExecutionLog)[0].error_message
