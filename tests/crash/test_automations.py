"""Automations in a sidecar that is killed at random: each occurrence is dealt with once, each draft scheduled once."""

import random
import time
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from core.clock import utc_now
from core.db.engine import Database
from core.publishing.automations.models import (
    Automation,
    AutomationExecutionLog,
    AutomationOccurrence,
    AutomationScheduleRule,
    CatchUp,
    RuleType,
)
from core.publishing.models import Deviation, DeviationStatus
from core.system.models import AuditEvent
from tests.crash.installation import Installation
from tests.factories import make_account, make_blob, make_deviation, make_user

KILLS, DRAFTS, AUTOMATIONS, BEHIND = 15, 1000, 10, 90
PATIENCE_SECONDS = 240


def _prepare(database: Database, anchor: datetime) -> None:
    """Automations that missed an occurrence every five minutes; posts stay in the queue, hours after their time."""
    with database.session() as session:
        user = make_user(session, "alice")
        account = make_account(session, user, is_default=True)
        blob = make_blob(session, user)
        for number in range(DRAFTS):
            make_deviation(session, user, account, blobs=[blob], title=f"Draft {number}")
        for place in range(AUTOMATIONS):
            row = Automation(
                user_id=user.id, name=f"A{place}", enabled=True, sort_order=place, seed=place, catch_up=CatchUp.ALL,
                jitter_min_seconds=3600, jitter_max_seconds=3600,
            )  # fmt: skip
            session.add(row)
            session.flush()
            session.add(
                AutomationScheduleRule(
                    automation_id=row.id,
                    type=RuleType.FIXED_INTERVAL,
                    interval_minutes=5,
                    deviations_per_interval=1,
                    anchor_at=anchor,
                    next_at=anchor + timedelta(minutes=5),
                )
            )


def _end_leases(database: Database) -> int:
    """As if five minutes had passed since the kill; how many automations were in the middle of it."""
    with database.session() as session:
        taken = update(Automation).where(Automation.is_executing.is_(True)).returning(Automation.id)
        return len(session.scalars(taken.values(last_execution_lock=utc_now() - timedelta(minutes=6))).all())


def _is_running(database: Database) -> bool:
    with database.read() as session:
        return (
            session.scalar(
                select(Automation.id)
                .where(Automation.is_executing, Automation.last_execution_lock > utc_now() - timedelta(minutes=5))
                .limit(1)
            )
            is not None
        )


def _count(database: Database, model: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def _is_done(database: Database) -> bool:
    with database.read() as session:
        due = select(AutomationScheduleRule.id).where(AutomationScheduleRule.next_at <= utc_now()).limit(1)
        return session.scalar(due) is None


def _shift_back(database: Database, seconds: int) -> None:
    """Let time pass for the rules: their next occurrences are nearer by so much, on the grid of their anchor."""
    with database.session() as session:
        for rule in session.scalars(select(AutomationScheduleRule)):
            assert rule.next_at is not None
            rule.next_at -= timedelta(seconds=seconds)


@pytest.mark.crash
def test_killed_at_random_each_occurrence_is_dealt_with_once(place: Installation) -> None:
    chance, database = random.Random(11), place.database
    anchor = utc_now().replace(second=0, microsecond=0) - timedelta(minutes=5 * (BEHIND + 1))
    _prepare(database, anchor)
    killed, in_the_middle, deadline = 0, 0, time.monotonic() + PATIENCE_SECONDS
    while killed < KILLS or not _is_done(database):
        assert time.monotonic() < deadline, "It never caught up."
        if killed < KILLS and _is_done(database):
            _shift_back(database, 600)  # what was dealt with comes up again, and must not happen again
        before = _count(database, AutomationOccurrence)
        with place.scheduler() as scheduler:
            if killed < KILLS:
                place.wait(lambda: _is_running(database) or _is_done(database), scheduler)
                time.sleep(chance.uniform(0, 0.15))
                scheduler.kill()
                killed += 1
            else:
                place.wait(lambda: _is_done(database), scheduler)
        assert _count(database, AutomationOccurrence) >= before
        in_the_middle += _end_leases(database) > 0
    assert in_the_middle, "No kill met a run; the test proves nothing."
    _assert_once(database, anchor)


def _assert_once(database: Database, anchor: datetime) -> None:
    with database.read() as session:
        occurrences = session.scalars(select(AutomationOccurrence)).all()
        scheduled = session.scalars(select(Deviation).where(Deviation.status == DeviationStatus.SCHEDULED)).all()
        logged = session.scalars(select(AutomationExecutionLog)).all()
        events = session.scalars(select(AuditEvent.subject_id).where(AuditEvent.action == "deviation.scheduled")).all()
    by_rule: dict[str, list[datetime]] = {}
    for row in occurrences:
        by_rule.setdefault(row.rule_id, []).append(row.occurrence_at)
    assert len(by_rule) == AUTOMATIONS
    for times in by_rule.values():
        # No hole and nothing twice, from the first that was missed to the last that has come.
        assert sorted(times) == [anchor + timedelta(minutes=5 * (step + 1)) for step in range(len(times))]
        assert len(times) >= BEHIND
    assert len(scheduled) == sum(row.scheduled_count for row in occurrences) == len(occurrences)
    taken = sorted(one for row in logged for one in row.deviation_ids)
    assert taken == sorted(events) == sorted(row.id for row in scheduled)
