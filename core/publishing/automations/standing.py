"""How the automations that are on stand, from what is stored: who runs next, and which need their person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from core.identity.models import AccountState
from core.publishing.automations.errors import AutomationRefused
from core.publishing.automations.lookup import list_automations
from core.publishing.automations.models import Automation, AutomationExecutionLog, AutomationScheduleRule, RunOutcome
from core.publishing.automations.readiness import find_posting_account
from core.publishing.automations.sources import in_pool, matching, read_filter
from core.publishing.automations.telling import DRY
from core.publishing.models import Deviation
from core.system.actors import Actor
from core.system.models import Notification


@dataclass(frozen=True, slots=True)
class Expected:
    """An automation that has drafts, and the next occurrence of any of its rules."""

    automation_id: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Troubled:
    """An automation that needs its person; ``reason`` is a sentence, when there is more to say."""

    automation_id: str
    name: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """``expected`` soonest first. ``failed``: its latest run; ``dry``: it has no draft left; ``ending``: it was warned
    of and nothing fitting has come in since. A failed one is in no other group."""

    expected: tuple[Expected, ...] = ()
    failed: tuple[Troubled, ...] = ()
    dry: tuple[Troubled, ...] = ()
    ending: tuple[Troubled, ...] = ()


def standing(session: Session, actor: Actor, *, now: datetime) -> Standing:
    """How the person's automations stand. A few short queries each: nothing is simulated."""
    rows = [row for row in list_automations(session, actor) if row.enabled]
    if not rows:
        return Standing()
    following, warned = _following(session, rows), _warned(session, actor)
    expected: list[Expected] = []
    failed: list[Troubled] = []
    dry: list[Troubled] = []
    ending: list[Troubled] = []
    for row in rows:
        newest = _newest_draft(session, row)
        at, warning = following.get(row.id), warned.get(f"{DRY}:{row.id}")
        if newest is not None and at is not None and not (row.paused_until and row.paused_until > at):
            expected.append(Expected(row.id, row.name, at))
        if (run := _latest_run(session, row)) is not None and run.outcome is RunOutcome.FAILED:
            failed.append(Troubled(row.id, row.name, run.error_message))
        elif newest is None:
            dry.append(Troubled(row.id, row.name))
        elif warning is not None and newest <= warning.created_at:
            ending.append(Troubled(row.id, row.name, warning.title))
    expected.sort(key=lambda one: (one.at, one.automation_id))
    return Standing(tuple(expected), tuple(failed), tuple(dry), tuple(ending))


def _following(session: Session, rows: Sequence[Automation]) -> dict[str, datetime]:
    rule = AutomationScheduleRule
    query = select(rule.automation_id, func.min(rule.next_at)).where(
        rule.automation_id.in_([row.id for row in rows]), rule.enabled.is_(True), rule.next_at.is_not(None)
    )
    found = session.execute(query.group_by(rule.automation_id))
    return {automation_id: at for automation_id, at in found if at is not None}


def _warned(session: Session, actor: Actor) -> dict[str, Notification]:
    """Unread warnings, by topic."""
    told = Notification
    query = select(told).where(told.user_id == actor.user_id, told.read_at.is_(None), told.topic.startswith(f"{DRY}:"))
    return {one.topic: one for one in session.scalars(query)}


def _newest_draft(session: Session, row: Automation) -> datetime | None:
    """When the newest draft came in that it could take; ``None`` when there is none."""
    account, _ = find_posting_account(session, row)
    usable = account.id if account is not None and account.state is not AccountState.DISCONNECTED else None
    try:
        source = matching(session, read_filter(row.source_filter))
    except AutomationRefused:  # stored by an older version: a run says so too
        return None
    query = select(func.max(Deviation.created_at)).where(*in_pool(row.user_id, usable), *source)
    return session.scalar(query)


def _latest_run(session: Session, row: Automation) -> Row[RunOutcome | None, str | None] | None:
    logged = AutomationExecutionLog
    query = select(logged.outcome, logged.error_message).where(logged.automation_id == row.id)
    return session.execute(query.order_by(logged.executed_at.desc(), logged.id.desc()).limit(1)).one_or_none()
