"""Moving a deviation between states on a person's behalf, safely beside the sidecar.

The row is changed by one conditional update: it must still be in the state it was read in, and no
worker may hold it. The same update takes away a lease that ran out and raises the fence, so that
whatever a paused worker writes later changes nothing.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from core.publishing.access import Post, require_untouched
from core.publishing.errors import DeviationBusy
from core.publishing.models import Deviation, DeviationStatus
from core.publishing.states import require_move
from core.system import audit
from core.system.actors import Actor


def move(
    session: Session,
    actor: Actor,
    post: Post,
    target: DeviationStatus,
    action: str,
    values: dict[str, Any],
    *,
    reason: str | None = None,
    now: datetime,
    lease_seconds: float,
) -> None:
    """Bring ``post`` to ``target`` and set ``values``; one audit event called ``action``.

    ``target`` may be where the post is (a new time for a scheduled one). Raises
    :class:`IllegalMove`, :class:`DeviationBusy` or :class:`OutcomeUnknown`, and then changed nothing.
    """
    row = post.row
    if row.status is not target:
        require_move(row.status, target)
    require_untouched(post, now=now, lease_seconds=lease_seconds)
    before = snapshot(row, ["status", *values])
    changed = session.scalars(
        update(Deviation)
        .where(
            Deviation.id == row.id,
            Deviation.user_id == actor.user_id,
            Deviation.status == row.status,
            Deviation.execution_version == row.execution_version,
            or_(
                Deviation.execution_lock_id.is_(None),
                Deviation.execution_locked_at < now - timedelta(seconds=lease_seconds),
            ),
        )
        .values(
            status=target,
            execution_lock_id=None,
            execution_locked_at=None,
            execution_version=Deviation.execution_version + 1,
            updated_at=now,
            **values,
        )
        .returning(Deviation),
        execution_options={"populate_existing": True, "synchronize_session": False},
    ).one_or_none()
    if changed is None:
        raise DeviationBusy(f"“{row.title}” changed at this very moment. Reload the page and try again.")
    before, after = audit.changes(before, snapshot(changed, ["status", *values]))
    audit.record(session, actor, action, row.id, before=before, after=after, reason=reason, now=now)


def snapshot(row: Any, names: list[str]) -> dict[str, Any]:
    """The named fields of a row as JSON values, for the audit trail."""
    return {name: plain(getattr(row, name)) for name in names}


def plain(value: Any) -> Any:
    """A column's value as JSON has it; instants in ISO 8601."""
    return value.isoformat() if isinstance(value, datetime) else value
