"""Automations in a sidecar that is killed at work: each occurrence is dealt with once, each draft scheduled once."""

import random
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
from tests.support.warm import running_warm

# The ends of the first transactions: the lease is taken, the first occurrences are written, and the next ones.
ENDS = (("commit", 1), ("begin", 3), ("commit", 2), ("begin", 4), ("commit", 3))
# Any statements of the work, which comes to some three hundred for each transaction with occurrences: about one life in
# three gets further than the first of those, so there is work left for all of them.
STATEMENTS, MOST = 10, 450
DRAFTS, AUTOMATIONS, BEHIND = 300, 10, 20


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
def test_killed_at_any_place_each_occurrence_is_dealt_with_once(place: Installation) -> None:
    chance, database = random.Random(11), place.database
    anchor = utc_now().replace(second=0, microsecond=0) - timedelta(minutes=5 * (BEHIND + 1))
    _prepare(database, anchor)
    written, in_the_middle = [0], 0
    for kind, number in [*ENDS, *(("statement", chance.randint(1, MOST)) for _ in range(STATEMENTS))]:
        _die(place, kind, number)
        written.append(_count(database, AutomationOccurrence))
        in_the_middle += _end_leases(database) > 0
    assert written == sorted(written)
    assert in_the_middle > STATEMENTS, "Hardly a kill met a run; the test proves nothing."
    assert 2 * AUTOMATIONS < written[-1] < BEHIND * AUTOMATIONS
    _shift_back(database, 600)  # what was dealt with comes up again, and must not happen again
    with place.scheduler() as scheduler:
        place.wait(lambda: _is_done(database), scheduler)
        assert scheduler.terminate() == 0
    _assert_once(database, anchor)


def _die(place: Installation, kind: str, number: int) -> None:
    log = place.folder / "scheduler.log"
    dying = running_warm("tests.crash.dying_automator", kind, str(number), output=log, settings=place.environment)
    with dying as process:
        assert process.wait(timeout_seconds=90) == -9, (kind, number)


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
