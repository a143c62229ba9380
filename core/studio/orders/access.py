"""Finding orders, through the person they belong to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.studio.orders.errors import OrderNotFound
from core.studio.orders.models import Order, OrderItem
from core.system.actors import Actor


def get_order(session: Session, actor: Actor, order_id: str, *, in_trash: bool = False) -> Order:
    """Raises :class:`OrderNotFound`; another person's answers like a missing one."""
    gone = Order.deleted_at.is_not(None) if in_trash else Order.deleted_at.is_(None)
    row = session.scalar(select(Order).where(Order.id == order_id, Order.user_id == actor.user_id, gone))
    if row is None:
        raise OrderNotFound("There is no such order any more. Reload the page.")
    return row


def get_item(session: Session, actor: Actor, item_id: str) -> OrderItem:
    """Raises :class:`OrderNotFound`, also when its order lies in the trash."""
    row = session.scalar(select(OrderItem).where(OrderItem.id == item_id, OrderItem.user_id == actor.user_id))
    if row is None:
        raise OrderNotFound("There is no such item any more. Reload the page.")
    get_order(session, actor, row.order_id)
    return row
