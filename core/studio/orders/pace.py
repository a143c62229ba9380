"""How long running orders still take, by the pace of their latest items."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.studio.orders.listing import OrderView
from core.studio.orders.models import ItemStatus, OrderItem

LOOKED_AT = 12
FEWEST = 3
# Nothing under way for this long: it was paused, or complete and then retried. Backing off and limits rest for less.
REST = timedelta(minutes=2)


def seconds_left(session: Session, orders: Sequence[OrderView], *, now: datetime) -> dict[str, float]:
    """By the order's id; an order that is paused, or of which fewer than three items ended, is left out."""
    found = {}
    for one in orders:
        if one.has_ended or one.paused_at is not None or one.ended < FEWEST:
            continue
        ends = _ends_since_it_rested(session, one.id, now)
        if len(ends) >= FEWEST:
            # Counted to now: an order that stands still takes longer and longer.
            each = (now - ends[-1]).total_seconds() / (len(ends) - 1)
            found[one.id] = max(0.0, each * (one.total - one.ended))
    return found


def _ends_since_it_rested(session: Session, order_id: str, now: datetime) -> list[datetime]:
    """When the latest items ended, newest first, as far back as something of the order was always under way."""
    of_it = select(OrderItem).where(OrderItem.order_id == order_id)
    under_way = of_it.with_only_columns(func.min(OrderItem.started_at)).where(OrderItem.status == ItemStatus.GENERATING)
    begun: datetime = session.scalar(under_way) or now
    ended = of_it.with_only_columns(OrderItem.completed_at, OrderItem.started_at)
    ended = ended.where(OrderItem.completed_at.is_not(None)).order_by(OrderItem.completed_at.desc()).limit(LOOKED_AT)
    ends: list[datetime] = []
    for end, start in session.execute(ended):
        if end is None or begun - end > REST:
            break
        ends.append(end)
        begun = min(begun, start or end)
    return ends
