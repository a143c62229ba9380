"""What a courier asks of the house: whether a call is still wanted, over which connection, and that it is looked at."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from core.db.base import table_of
from core.studio.catalogue.connections import connection_of
from core.studio.catalogue.models import Provider
from core.studio.orders.models import GenerationAttempt, ItemStatus, OrderItem
from core.studio.providers import Connection

_A = table_of(GenerationAttempt)
# Word for word as the partial index says it.
_UNDER_WAY = text("generation_attempts.state IN ('open', 'submitted')")


def connection_for(session: Session, provider_id: str, key: str) -> Connection | None:
    """The connection of a call that is still waited for; ``None`` when it was settled, or nobody knows of it."""
    query = select(_A.c.id).where(_A.c.provider == provider_id, _UNDER_WAY, _A.c.key == key)
    if session.scalar(query) is None:
        return None
    return connection_of(session.get_one(Provider, provider_id))


def unsettled_keys(session: Session) -> Collection[str]:
    """The keys of all calls that are waited for."""
    return set(session.scalars(select(_A.c.key).where(_UNDER_WAY)))


def answered(session: Session, provider_id: str, key: str, *, now: datetime) -> None:
    """Have an item looked at now: the answer to its call is there."""
    session.execute(
        update(OrderItem)
        .where(
            OrderItem.provider == provider_id,
            OrderItem.provider_request_id == key,
            OrderItem.status == ItemStatus.GENERATING,
            OrderItem.due_at > now,
        )
        .values(due_at=now),
        execution_options={"synchronize_session": False},
    )
