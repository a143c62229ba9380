"""Providers that stand still although orders wait for them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from core.identity.roles import is_admin
from core.studio.catalogue.models import Provider
from core.studio.orders.models import ItemStatus, OrderItem
from core.system.actors import Actor


@dataclass(frozen=True, slots=True)
class StoppedProvider:
    """One of them; ``until`` is when it is tried again by itself."""

    id: str
    name: str
    reason: str | None
    until: datetime | None


def stopped_providers(session: Session, actor: Actor, *, now: datetime) -> list[StoppedProvider]:
    """Those that are off, failed their last test or wait, while items wait; for administrators, who can mend it."""
    if not is_admin(session, actor.user_id):
        return []
    waits = exists().where(OrderItem.provider == Provider.id, OrderItem.status == ItemStatus.PENDING)
    stands = or_(Provider.is_enabled.is_(False), Provider.check_passed.is_(False), Provider.paused_until > now)
    query = select(Provider).where(Provider.deleted_at.is_(None), stands, waits).order_by(Provider.position)
    return [
        StoppedProvider(row.id, row.name, row.check_message if row.check_passed is False else None, row.paused_until)
        for row in session.scalars(query)
    ]
