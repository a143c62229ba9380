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

    “No drafts” is when it begins: a rule that finds none every hour would say nothing else any more.
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
    if outcome is not RunOutcome.NO_DRAFTS:
        return True
    return _last_outcome(session, run.rule_id) is not RunOutcome.NO_DRAFTS


def _last_outcome(session: Session, rule_id: str) -> RunOutcome | None:
    logged = AutomationExecutionLog
    query = select(logged.outcome).where(logged.rule_id == rule_id)
    return session.scalar(query.order_by(logged.executed_at.desc(), logged.id.desc()).limit(1))
