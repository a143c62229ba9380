"""What a person hears of a run: the line in the log, and a notification when they should do something."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.publishing.automations.forecast import PlannedRun
from core.publishing.automations.models import Automation, AutomationExecutionLog, RunOutcome
from core.system.notifications import notify

DRY = "automation.dry"
FAILED = "automation.failed"
LOOKALIKE = "post.lookalike"
REPETITIVE = frozenset({RunOutcome.NO_DRAFTS, RunOutcome.BLOCKED, RunOutcome.QUOTA, RunOutcome.FAILED})


def tell(
    session: Session,
    user_id: str,
    automation: Automation,
    run: PlannedRun,
    outcome: RunOutcome,
    reason: str | None,
    *,
    now: datetime,
) -> bool:
    """Notify of what needs the person; whether the run is worth a line in the log.

    That nothing was scheduled is worth one as often as the reason changes: a rule that finds no draft, or no time,
    every few minutes would say nothing else any more.
    """

    def say(topic: str, title: str, body: str | None) -> None:
        notify(session, user_id, f"{topic}:{automation.id}", title, body=body, level="warning", now=now,
               link=f"automations?open={automation.id}")  # fmt: skip

    if outcome is RunOutcome.FAILED:
        say(FAILED, f"“{automation.name}” could not do its work", reason)
    if run.ran_dry:
        say(DRY, f"“{automation.name}” has no drafts left", "Add drafts that fit its source, or switch it off.")
    for post in run.posts:
        if post.looks_alike and outcome in {RunOutcome.SCHEDULED, RunOutcome.PARTIAL}:
            notify(session, user_id, f"{LOOKALIKE}:{post.deviation_id}",
                   f"“{post.title}” is about to go out and looks very much like another post",
                   body=f"“{automation.name}” chose it. Cancel it if that is not what you want.",
                   link=f"content?open={post.deviation_id}", level="warning", now=now)  # fmt: skip
    return outcome not in REPETITIVE or not _was_said(session, run.rule_id, outcome, reason)


def _was_said(session: Session, rule_id: str, outcome: RunOutcome, reason: str | None) -> bool:
    """Whether the latest line of a rule says the same. Being dry is one state, whatever was passed over on the way."""
    logged = AutomationExecutionLog
    query = select(logged.outcome, logged.error_message).where(logged.rule_id == rule_id)
    last = session.execute(query.order_by(logged.executed_at.desc(), logged.id.desc()).limit(1)).first()
    if last is None or last.outcome is not outcome:
        return False
    return outcome is RunOutcome.NO_DRAFTS or last.error_message == reason
