"""How long running orders still take, by the pace of their latest items."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.studio.orders.listing import OrderView
from core.studio.orders.models import OrderItem

LOOKED_AT = 12
FEWEST = 3


def seconds_left(session: Session, orders: Sequence[OrderView], *, now: datetime) -> dict[str, float]:
    """By the order's id; an order that is paused, or of which fewer than three items ended, is left out."""
    found = {}
    for one in orders:
        if one.has_ended or one.paused_at is not None or one.ended < FEWEST:
            continue
        query = select(OrderItem.completed_at).where(OrderItem.order_id == one.id, OrderItem.completed_at.is_not(None))
        latest = session.scalars(query.order_by(OrderItem.completed_at.desc()).limit(LOOKED_AT))
        ends = [at for at in latest if at is not None]
        if len(ends) >= FEWEST:
            # Counted to now: an order that stands still takes longer and longer.
            each = (now - ends[-1]).total_seconds() / (len(ends) - 1)
            found[one.id] = max(0.0, each * (one.total - one.ended))
    return found
