"""The audit trail: one event per change, written in the transaction of the change."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.logs import correlation_id
from core.system.actors import Actor
from core.system.models import AuditEvent

_INSERT = insert(AuditEvent)


def event_row(
    actor: Actor,
    action: str,
    subject_id: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """The values of one event. ``action`` reads ``deviation.edited``; its first word names the kind of subject."""
    return {
        "id": new_id("evt"),
        "at": now,
        "actor_kind": actor.kind,
        "actor_id": actor.name,
        "owner_id": actor.user_id or None,
        "action": action,
        "subject_type": action.partition(".")[0],
        "subject_id": subject_id,
        "before": before,
        "after": after,
        "reason": reason,
        "correlation_id": correlation_id(),
    }


def record(
    session: Session | Connection,
    actor: Actor,
    action: str,
    subject_id: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
    now: datetime,
) -> None:
    """Write one event. Values in ``before`` and ``after`` must be JSON; leave secrets out."""
    record_all(session, [event_row(actor, action, subject_id, before=before, after=after, reason=reason, now=now)])


def record_all(session: Session | Connection, rows: Iterable[dict[str, Any]]) -> None:
    """Write many events in one statement."""
    values = list(rows)
    if values:
        session.execute(_INSERT, values)


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what differs, as two dictionaries with the same keys."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}
