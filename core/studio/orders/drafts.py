"""The order form as a person left it, to be found again on any machine."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.db.upsert import insert_or_update
from core.studio.shelves.models import StudioPreference
from core.system.actors import Actor


def load_draft(session: Session, actor: Actor) -> dict[str, Any]:
    """What :func:`save_draft` kept; empty when nothing was."""
    row = session.get(StudioPreference, actor.user_id)
    return dict(row.form) if row is not None else {}


def save_draft(session: Session, actor: Actor, form: Mapping[str, Any], *, now: datetime) -> None:
    """Keep the form; the latest counts."""
    values = {"user_id": actor.user_id, "form": dict(form), "updated_at": now}
    insert_or_update(session, StudioPreference, ["user_id"], values)
