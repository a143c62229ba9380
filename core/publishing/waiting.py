"""How much work waits for each of a person's accounts."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.publishing.models import Deviation
from core.publishing.states import QUEUED
from core.system.actors import Actor


def count_waiting(session: Session, actor: Actor) -> dict[str, int]:
    """Queued posts by account; accounts without any are missing."""
    query = (
        select(Deviation.account_id, func.count())
        .where(Deviation.user_id == actor.user_id, Deviation.status.in_(QUEUED), Deviation.deleted_at.is_(None))
        .group_by(Deviation.account_id)
    )
    return {account_id: count for account_id, count in session.execute(query) if account_id is not None}
