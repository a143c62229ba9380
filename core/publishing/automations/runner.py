"""Letting automations act: at each tick, what is due is decided and written down, person by person.

One transaction takes the automations (``is_executing``, a lease of five minutes). The next ones decide and write, the
earliest occurrences first and a limited number in each, so that nobody waits long for the database; what belongs to an
occurrence is written at once: posts, log, the next times, and with the last of an automation the end of its lease.
Killed in between, the next tick after the lease goes on with what is left. Two at once: one of them gets the lease; and
if both should act all the same, the name of an occurrence can be written once only.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from core.clock import SKEW
from core.db.engine import Database
from core.db.upsert import insert_ignoring
from core.errors import AtelierError, UnavailableError
from core.identity.models import User
from core.publishing.access import LEASE_SECONDS, load_posts
from core.publishing.automations.forecast import PlannedPost
from core.publishing.automations.loading import load_planner, stored_plans
from core.publishing.automations.models import (
    Automation,
    AutomationExecutionLog,
    AutomationOccurrence,
    AutomationScheduleRule,
    RunOutcome,
)
from core.publishing.automations.planner import UNFORESEEN, AutomationState, Decision, Planner
from core.publishing.automations.telling import tell
from core.publishing.errors import DeviationBusy
from core.publishing.models import DeviationStatus
from core.publishing.moves import move
from core.publishing.scheduling import FRESH
from core.system.actors import Actor

log = structlog.get_logger(__name__)

EXECUTION_LEASE = timedelta(minutes=5)
RULES_AT_A_TIME = 5000
# Occurrences and posts per transaction: on SQLite nobody else writes meanwhile.
AT_A_TIME = 50


@dataclass(frozen=True, slots=True)
class TickReport:
    """What one tick did: occurrences dealt with, posts scheduled."""

    occurrences: int = 0
    posts: int = 0


def run_due(database: Database, *, now: datetime) -> TickReport:
    """Let everything act that is due at ``now``. One person's trouble does not stop the others."""
    with database.read() as session:
        waiting = due_automations(session, now=now)
    occurrences = posts = 0
    for user_id, ids in waiting.items():
        try:
            decisions = run_person(database, user_id, ids, now=now)
        except UnavailableError:
            raise
        except Exception:  # an edge: the lease runs out, and the next tick tries again
            log.exception("Automations of a person could not run.", user_id=user_id)
            continue
        occurrences += len(decisions)
        posts += sum(len(one.run.posts) for one in decisions)
    return TickReport(occurrences, posts)


def due_automations(session: Session, *, now: datetime) -> dict[str, list[str]]:
    """Ids of automations with a rule that is due, by person. Nothing due costs one look into one index."""
    rule = AutomationScheduleRule
    due = select(rule.automation_id).where(rule.next_at.is_not(None), rule.next_at <= now)
    ids = set(session.scalars(due.order_by(rule.next_at).limit(RULES_AT_A_TIME)))
    found: defaultdict[str, list[str]] = defaultdict(list)
    if ids:
        query = select(Automation.user_id, Automation.id).where(Automation.id.in_(ids), Automation.enabled.is_(True))
        # Nobody looks after what somebody automated who is shut out; let in again, they catch up as their policy says.
        query = query.join(User, User.id == Automation.user_id).where(User.disabled_at.is_(None))
        for user_id, automation_id in session.execute(query.order_by(Automation.user_id, Automation.id)):
            found[user_id].append(automation_id)
    return found


def run_person(database: Database, user_id: str, ids: Sequence[str], *, now: datetime) -> list[Decision]:
    """Let a person's automations act; what was decided and written."""
    taken = _take(database, ids, now=now)
    if not taken:
        return []
    decided: list[Decision] = []
    try:
        while taken:
            with database.session() as session:
                some, taken = _act(session, user_id, taken, now=now)
            decided += some
    except Exception:
        # Nothing of this part was written: the next tick may try at once instead of after the lease.
        with suppress(UnavailableError), database.session() as session:
            _give_back(session, taken, stamp=now)
        raise
    return decided


def _take(database: Database, ids: Sequence[str], *, now: datetime) -> list[str]:
    """Take the lease of those that nobody has; a lease from the future was taken before the clock was put back."""
    is_free = or_(
        Automation.is_executing.is_(False),
        Automation.last_execution_lock < now - EXECUTION_LEASE,
        Automation.last_execution_lock > now + SKEW,
    )
    with database.session() as session:
        taken = session.scalars(
            update(Automation)
            .where(Automation.id.in_(ids), Automation.enabled.is_(True), is_free)
            .values(is_executing=True, last_execution_lock=now, updated_at=Automation.updated_at)
            .returning(Automation.id),
            execution_options={"synchronize_session": False},
        )
        return list(taken)


def _act(session: Session, user_id: str, taken: Sequence[str], *, now: datetime) -> tuple[list[Decision], list[str]]:
    """Deal with the earliest of what is due: what was decided, and the automations that have more to do."""
    ours = and_(Automation.is_executing.is_(True), Automation.last_execution_lock == now, Automation.enabled.is_(True))
    query = select(Automation).where(Automation.id.in_(taken), ours).order_by(Automation.id)
    rows = session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    planner = load_planner(session, user_id, stored_plans(session, rows), now=now, until=now)
    before = {rule.id: rule.next_at for state in planner.automations for rule in state.rules}
    due = planner.due(now, most=AT_A_TIME)
    decided = [one for one in due if _write(session, user_id, planner, one, now=now)]
    for state in planner.automations:
        _finish(session, state, before)
    left = [state.id for state in planner.automations if state.is_due(now)] if due else []
    _give_back(session, [one for one in taken if one not in set(left)], stamp=now)
    return decided, left


def _write(session: Session, user_id: str, planner: Planner, decision: Decision, *, now: datetime) -> bool:
    """Write one occurrence down with its posts; ``False`` when it was dealt with before."""
    run = decision.run
    occurrence = {
        "automation_id": run.automation_id,
        "rule_id": run.rule_id,
        "occurrence_key": run.occurrence_key,
        "occurrence_at": run.occurrence_at,
        "fired_at": now,
        "outcome": run.outcome,
        "scheduled_count": len(run.posts),
    }
    if not insert_ignoring(session, AutomationOccurrence, occurrence):
        return False
    actor, outcome, reason, ids = Actor.sidecar(user_id), run.outcome, run.reason, []
    state = planner.state(run.automation_id)
    try:
        with session.begin_nested():
            ids = _schedule(session, actor, state, decision, now=now)
    except DeviationBusy:
        raise  # a draft changed between choosing and taking it: the next tick chooses anew
    except (OperationalError, InterfaceError):
        raise  # the database is in trouble, not the draft
    except AtelierError as error:
        log.warning("An occurrence failed.", automation_id=run.automation_id, error=str(error))
        outcome, reason = RunOutcome.FAILED, str(error)
    except Exception:  # an edge: a draft that cannot be written must not stop the person's other automations
        log.exception("An occurrence could not be written.", automation_id=run.automation_id, rule_id=run.rule_id)
        outcome, reason = RunOutcome.FAILED, UNFORESEEN
    if outcome is not run.outcome:
        _correct(session, run.rule_id, run.occurrence_key, outcome)
    if tell(session, user_id, state.row, run, outcome, reason, now=now):
        session.add(
            AutomationExecutionLog(
                automation_id=run.automation_id,
                executed_at=now,
                scheduled_count=len(ids),
                error_message=reason,
                triggered_by_rule_type=run.rule_type,
                rule_id=run.rule_id,
                occurrence_at=run.occurrence_at,
                outcome=outcome,
                deviation_ids=ids,
            )
        )
    return True


def _schedule(
    session: Session, actor: Actor, state: AutomationState, decision: Decision, *, now: datetime
) -> list[str]:
    """Give the drafts of an occurrence their times. Raises what keeps one of them from it; then none gets one."""
    planned = decision.run.posts
    posts = load_posts(session, actor, [one.deviation_id for one in planned])
    for one in planned:
        post = posts.get(one.deviation_id)
        if post is None or post.row.status is not DeviationStatus.DRAFT or post.row.scheduled_at is not None:
            raise DeviationBusy(f"“{one.title}” changed at the very moment it was to be scheduled.")
        values = decision.values[one.deviation_id] | _times(one) | _manners(state.row, one)
        reason = f"by the automation “{state.row.name}”"
        move(session, actor, post, DeviationStatus.SCHEDULED, "deviation.scheduled", values, reason=reason,
             now=now, lease_seconds=LEASE_SECONDS)  # fmt: skip
    return [one.deviation_id for one in planned]


def _times(post: PlannedPost) -> dict[str, object]:
    return {
        "scheduled_at": post.scheduled_at,
        "jitter_seconds": post.jitter_seconds,
        "actual_publish_at": post.actual_publish_at,
        "due_at": post.actual_publish_at,
    }


def _manners(row: Automation, post: PlannedPost) -> dict[str, object]:
    return FRESH | {
        "automation_id": row.id,
        "account_id": post.account_id,
        "late_policy": row.late_policy,
        "max_lateness_minutes": row.max_lateness_minutes,
    }


def _correct(session: Session, rule_id: str, key: str, outcome: RunOutcome) -> None:
    occurrence = AutomationOccurrence
    session.execute(
        update(occurrence)
        .where(occurrence.rule_id == rule_id, occurrence.occurrence_key == key)
        .values(outcome=outcome, scheduled_count=0)
    )


def _finish(session: Session, state: AutomationState, before: Mapping[str, datetime | None]) -> None:
    """Write down where the automation stands now; ``before`` is where its rules stood."""
    state.row.shuffle_at, state.row.posts_made = state.shuffle_at, state.posts_made
    for rule in state.rules:
        if rule.next_at == before[rule.id]:
            continue
        session.execute(
            update(AutomationScheduleRule)
            .where(AutomationScheduleRule.id == rule.id)
            .values(next_at=rule.next_at, updated_at=AutomationScheduleRule.updated_at)
        )
    session.flush()


def _give_back(session: Session, taken: Sequence[str], *, stamp: datetime) -> None:
    session.execute(
        update(Automation)
        .where(Automation.id.in_(taken), Automation.last_execution_lock == stamp)
        .values(is_executing=False, updated_at=Automation.updated_at),
        execution_options={"synchronize_session": False},
    )
