"""Taking back a takeover: its works go to the trash, together, and come back together."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.identity.accounts import get_account
from core.publishing.models import Deviation, DeviationStatus
from core.system import audit
from core.system.actors import Actor


def remove_imported(session: Session, actor: Actor, account_id: str, *, now: datetime) -> int:
    """Move all taken-over works of an account to the trash; how many. On the site nothing changes."""
    get_account(session, actor, account_id)
    return _set_deleted_at(session, actor, account_id, "deviation.deleted", before=None, after=now, now=now)


def restore_imported(session: Session, actor: Actor, account_id: str, removed_at: datetime, *, now: datetime) -> int:
    """Take back what :func:`remove_imported` moved to the trash at ``removed_at``; how many."""
    get_account(session, actor, account_id)
    return _set_deleted_at(session, actor, account_id, "deviation.restored", before=removed_at, after=None, now=now)


def _set_deleted_at(
    session: Session,
    actor: Actor,
    account_id: str,
    action: str,
    *,
    before: datetime | None,
    after: datetime | None,
    now: datetime,
) -> int:
    """One statement for all of them: a gallery may have thousands, and nothing holds what is out already."""
    is_there: Any = Deviation.deleted_at.is_(None) if before is None else Deviation.deleted_at == before
    changed = session.scalars(
        update(Deviation)
        .where(
            Deviation.user_id == actor.user_id,
            Deviation.account_id == account_id,
            Deviation.imported_at.is_not(None),
            Deviation.status == DeviationStatus.PUBLISHED,
            is_there,
        )
        .values(deleted_at=after, updated_at=now, execution_version=Deviation.execution_version + 1)
        .returning(Deviation.id),
        execution_options={"synchronize_session": False},
    ).all()
    said = {"deleted_at": before.isoformat() if before else None}, {"deleted_at": after.isoformat() if after else None}
    audit.record_all(
        session,
        [audit.event_row(actor, action, one, before=said[0], after=said[1], now=now) for one in changed],
    )
    return len(changed)
