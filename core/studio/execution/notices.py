"""What the sidecar tells people about their orders, once per cause."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.models import InstanceUser, InstanceUserRole, User
from core.studio.catalogue.models import Provider
from core.studio.orders.models import ItemStatus, Order, OrderStatus
from core.studio.orders.states import RolledUp
from core.system.notifications import notify

# Whoever waited no longer than this is still looking at the screen.
WORTH_TELLING = timedelta(minutes=1)


def tell_ended(session: Session, order_id: str, rolled_up: RolledUp | None, *, now: datetime) -> None:
    """Tell the person that an order has ended, if this roll-up saw it end."""
    if rolled_up is None or not rolled_up.has_ended or rolled_up.after is OrderStatus.CANCELLED:
        return
    order = session.get_one(Order, order_id)
    failed, complete = rolled_up.counts[ItemStatus.FAILED], rolled_up.counts[ItemStatus.COMPLETE]
    if failed:
        title = f"{failed} of {order.expanded_count} items of an order with {order.model_name} failed"
        body = f"{complete} are complete. The order says why the others failed, and can try them again."
        _tell(session, order.user_id, f"order.failed:{order.id}", title, body, link=_link(order), now=now)
    elif now - order.created_at > WORTH_TELLING:
        title = f"An order with {order.model_name} is done"
        body = f"{complete} of {order.expanded_count} items are complete. Their pictures are in the gallery."
        topic = f"order.done:{order.id}"
        notify(session, order.user_id, topic, title, body=body, link=_link(order), level="info", now=now)


def tell_stopped(session: Session, provider: Provider, why: str, *, now: datetime) -> None:
    """Tell administrators and everybody whose items wait for it that a provider was stopped."""
    waiting = select(Order.user_id).where(
        Order.provider == provider.id, Order.status.in_([OrderStatus.PENDING, OrderStatus.PROCESSING])
    )
    admins = (
        select(InstanceUser.user_id)
        .join(User, User.id == InstanceUser.user_id)
        .where(InstanceUser.role == InstanceUserRole.ADMIN, User.disabled_at.is_(None))
    )
    title = f"{provider.name} was stopped"
    for user_id in sorted({*session.scalars(waiting), *session.scalars(admins)}):
        _tell(session, user_id, f"provider.stopped:prv_{provider.id}", title, why, link="providers", now=now)


def _tell(session: Session, user_id: str, topic: str, title: str, body: str, *, link: str, now: datetime) -> None:
    notify(session, user_id, topic, title, body=body, link=link, level="warning", now=now)


def _link(order: Order) -> str:
    return f"orders?open={order.id}"
