"""What is the same for every kind of row a person owns: finding it, in the trash or out of it, and changing it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.base import Base
from core.system import audit
from core.system.actors import Actor

Row = TypeVar("Row", bound=Base)


def find_own(session: Session, model: type[Row], actor: Actor, row_id: str, *, in_trash: bool = False) -> Row | None:
    """The person's own row with this id; ``None`` when it is not there, or lies on the other side of the trash."""
    columns: Any = model
    gone = columns.deleted_at.is_not(None) if in_trash else columns.deleted_at.is_(None)
    found: Row | None = session.scalar(
        select(model).where(columns.id == row_id, columns.user_id == actor.user_id, gone)
    )
    return found


def change(session: Session, actor: Actor, row: Any, values: Mapping[str, Any], action: str, *, now: datetime) -> bool:
    """Write what differs, with an event of before and after; whether anything did."""
    before, after = audit.changes({name: getattr(row, name) for name in values}, dict(values))
    if not after:
        return False
    for name, value in after.items():
        setattr(row, name, value)
    row.updated_at = now
    session.flush()
    audit.record(session, actor, action, row.id, before=before, after=after, now=now)
    return True
