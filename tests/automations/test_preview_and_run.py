"""The preview and the run are the same: whatever the rules, what was foreseen is what happens, once each."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.publishing.automations import runner
from core.publishing.automations.forecast import Forecast
from core.publishing.automations.models import (
    Automation,
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
from core.publishing.automations.occurrences import next_occurrence
from core.publishing.automations.rules import WEEKDAYS, RuleSpec, check_rule
from core.publishing.automations.runner import run_due
from core.publishing.automations.simulation import simulate
from core.publishing.models import Deviation, DeviationStatus
from core.system.actors import Actor
from tests.factories import make_account, make_deviation, make_user

# The evening before the clock is put back, so that every example lives through it.
START = datetime(2026, 10, 24, 17, 17, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
TICK = timedelta(minutes=1)

_people = itertools.count(1)

clocks = st.sampled_from(["00:00", "00:30", "02:00", "02:30", "09:00", "14:00", "18:30", "23:56", "23:59"])
weekdays = st.none() | st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True)
fixed_times = st.builds(
    lambda clock, days: RuleSpec(RuleType.FIXED_TIME, time_of_day=clock, days_of_week=_days(days)), clocks, weekdays
)
intervals = st.builds(
    lambda minutes, number, days, shift: RuleSpec(
        RuleType.FIXED_INTERVAL,
        interval_minutes=minutes,
        deviations_per_interval=number,
        anchor_at=START - timedelta(minutes=shift),
        days_of_week=_days(days),
    ),
    st.sampled_from([95, 240, 360, 720, 1440, 2880]),
    st.integers(1, 3),
    weekdays,
    st.integers(0, 5000),
)
quotas = st.builds(
    lambda quota, mode, days: RuleSpec(
        RuleType.DAILY_QUOTA,
        daily_quota=quota,
        quota_mode=mode,
        window_start="08:00",
        window_end="22:00",
        days_of_week=_days(days),
    ),
    st.integers(1, 5),
    st.sampled_from(QuotaMode),
    weekdays,
)
rules = st.lists(fixed_times | intervals | quotas, min_size=1, max_size=3)
automations = st.lists(
    st.tuples(
        rules,
        st.sampled_from(SelectionMethod),
        st.sampled_from(WhenBlocked),
        st.sampled_from([(0, 0), (0, 300), (60, 3600)]),
        st.integers(0, 2**31 - 1),
        st.sampled_from([None, "fox", "owl"]),
        st.sampled_from(CatchUp),
    ),
    min_size=1,
    max_size=3,
)


def _days(days: list[str] | None) -> tuple[str, ...] | None:
    return None if days is None else tuple(days)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    wanted=automations,
    gap=st.sampled_from([0, 45, 240]),
    cap=st.none() | st.integers(1, 6),
    blackout=st.booleans(),
    drafts=st.integers(0, 25),
    seed=st.integers(0, 10**6),
    away=st.sampled_from([0, 0, 0.2, 7, 50]),
    at_a_time=st.sampled_from([1, 3, 50]),
)
def test_what_was_foreseen_is_what_happens(
    database: Database, wanted, gap, cap, blackout, drafts, seed, away, at_a_time
):
    """Also after ``away`` hours in which nothing ran, and however little is written at a time."""
    with database.session() as session:
        user = make_user(session, f"alice-{next(_people)}", timezone="Europe/Berlin")
        account = make_account(session, user, is_default=True)
        _prepare(session, user, account, wanted, gap=gap, cap=cap, blackout=blackout, drafts=drafts, seed=seed)
    actor = Actor.person(user.id)
    start = START + timedelta(hours=away)
    until = start + timedelta(days=2)
    with database.read() as session:
        foreseen = simulate(session, actor, now=start, until=until)
    with mock.patch.object(runner, "AT_A_TIME", at_a_time):
        ran = _run_until(database, start, until)
    with database.read() as session:
        _same_posts(session, actor, foreseen)
        _same_occurrences(session, actor, foreseen)
        _limits_are_kept(session, actor, gap=gap, cap=cap)
    assert ran == sum(len(run.posts) for run in foreseen.runs)
    with database.session() as session:  # the next example begins with nobody's automations
        session.query(Automation).update({"enabled": False})
        session.query(AutomationScheduleRule).update({"next_at": None})


def _prepare(session, user, account, wanted, *, gap, cap, blackout, drafts, seed):
    chance = random.Random(seed)
    for number in range(drafts):
        make_deviation(
            session, user, account, title=f"Draft {number}", tags=chance.choice([["fox"], ["owl"], ["Fox", "owl"], []]),
            created_at=START - timedelta(hours=number), shuffle_key=chance.randrange(2**31),
            is_mature=number % 11 == 10,  # without a level it is never ready
        )  # fmt: skip
    if gap or cap:
        session.add(PostingLimits(user_id=user.id, account_id=account.id, min_gap_minutes=gap, daily_cap=cap))
    if blackout:
        session.add(
            BlackoutWindow(user_id=user.id, name="night", kind=BlackoutKind.WEEKLY, start_time="22:00",
                           end_time="07:30", days_of_week=None)
        )  # fmt: skip
    for place, (specs, method, blocked, jitter, number, tag, catch_up) in enumerate(wanted):
        automation = Automation(
            user_id=user.id, name=f"A{place}", enabled=True, sort_order=place, draft_selection_method=method,
            when_blocked=blocked, jitter_min_seconds=jitter[0], jitter_max_seconds=jitter[1], seed=number,
            source_filter={"tags": [tag]} if tag else {}, catch_up=catch_up,
        )  # fmt: skip
        session.add(automation)
        session.flush()
        for spec in specs:
            check_rule(spec)
            following = next_occurrence(spec, BERLIN, START)
            session.add(_rule(automation.id, spec, following.at if following else None))
    session.flush()


def _rule(automation_id: str, spec: RuleSpec, next_at: datetime | None) -> AutomationScheduleRule:
    return AutomationScheduleRule(
        automation_id=automation_id, type=spec.type, time_of_day=spec.time_of_day,
        interval_minutes=spec.interval_minutes, deviations_per_interval=spec.deviations_per_interval,
        anchor_at=spec.anchor_at, daily_quota=spec.daily_quota, quota_mode=spec.quota_mode,
        window_start=spec.window_start, window_end=spec.window_end, next_at=next_at,
        days_of_week=list(spec.days_of_week) if spec.days_of_week else None,
    )  # fmt: skip


def _run_until(database: Database, start: datetime, until: datetime) -> int:
    """Tick as the sidecar does, but from one due moment to just after it instead of every few seconds."""
    posts, now = 0, start
    while now <= until:
        posts += run_due(database, now=now).posts
        with database.read() as session:
            following = session.scalar(
                select(AutomationScheduleRule.next_at)
                .where(AutomationScheduleRule.next_at.is_not(None))
                .order_by(AutomationScheduleRule.next_at)
                .limit(1)
            )
        if following is None or following > until:
            break
        now = min(following + TICK, until)
    return posts


def _same_posts(session: Session, actor: Actor, foreseen: Forecast) -> None:
    query = select(Deviation).where(Deviation.user_id == actor.user_id, Deviation.status == DeviationStatus.SCHEDULED)
    happened = {
        row.id: (row.automation_id, row.scheduled_at, row.jitter_seconds, row.actual_publish_at)
        for row in session.scalars(query)
    }
    expected = {
        post.deviation_id: (post.automation_id, post.scheduled_at, post.jitter_seconds, post.actual_publish_at)
        for post in foreseen.posts
    }
    assert happened == expected


def _same_occurrences(session: Session, actor: Actor, foreseen: Forecast) -> None:
    mine = select(Automation.id).where(Automation.user_id == actor.user_id)
    rows = session.scalars(select(AutomationOccurrence).where(AutomationOccurrence.automation_id.in_(mine)))
    happened = sorted((row.rule_id, row.occurrence_key, row.outcome, row.scheduled_count) for row in rows)
    expected = sorted((run.rule_id, run.occurrence_key, run.outcome, len(run.posts)) for run in foreseen.runs)
    assert happened == expected
    logs = session.scalars(
        select(AutomationExecutionLog)
        .where(AutomationExecutionLog.automation_id.in_(mine))
        .order_by(AutomationExecutionLog.executed_at, AutomationExecutionLog.id)
    ).all()
    assert sum(row.scheduled_count for row in logs) == sum(len(run.posts) for run in foreseen.runs)
    by_rule: dict[str, list[RunOutcome]] = {}
    for row in logs:
        by_rule.setdefault(row.rule_id, []).append(row.outcome)
    twice = (RunOutcome.NO_DRAFTS, RunOutcome.NO_DRAFTS)
    for outcomes in by_rule.values():
        assert twice not in set(itertools.pairwise(outcomes))


def _limits_are_kept(session: Session, actor: Actor, *, gap: int, cap: int | None) -> None:
    query = select(Deviation.actual_publish_at).where(
        Deviation.user_id == actor.user_id, Deviation.status == DeviationStatus.SCHEDULED
    )
    promises = sorted(session.scalars(query))
    for earlier, later in itertools.pairwise(promises):
        assert later - earlier >= timedelta(minutes=gap)
    if cap is not None:
        days = [promise.astimezone(BERLIN).date() for promise in promises]
        assert max((days.count(day) for day in days), default=0) <= cap
