"""What a person does with an order: cancel, pause, retry, order again, move, throw away."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.studio.orders.access import get_order
from core.studio.orders.errors import OrderBusy
from core.studio.orders.forms import OrderForm
from core.studio.orders.models import UNSETTLED, GenerationAttempt, ItemStatus, Order, OrderItem
from core.studio.orders.states import (
    ENDED_ORDERS,
    RETRYABLE_ITEMS,
    WAITING,
    lock_order,
    move_items,
    roll_up,
)
from core.studio.shelves.projects import get_active_project
from core.system import audit
from core.system.actors import Actor


def cancel_order(session: Session, actor: Actor, order_id: str, *, now: datetime) -> Order:
    """Stop an order: what has not begun ends at once, what runs is cancelled at the provider by the sidecar.

    A call that the provider has already made may still be charged; its picture is kept if it comes.
    """
    row = get_order(session, actor, order_id)
    if row.status in ENDED_ORDERS:
        raise OrderBusy("This order has ended already. There is nothing left to cancel.")
    lock_order(session, order_id)
    busy = select(GenerationAttempt.order_item_id).where(
        GenerationAttempt.order_item_id == OrderItem.id, GenerationAttempt.state.in_(UNSETTLED)
    )
    idle = select(OrderItem.id).where(
        OrderItem.order_id == order_id,
        OrderItem.status == ItemStatus.PENDING,
        OrderItem.lock_id.is_(None),
        ~busy.exists(),
    )
    cancelled = move_items(
        session, order_id, ItemStatus.CANCELLED, origins=[ItemStatus.PENDING], only=list(session.scalars(idle)),
        due_at=None, cancel_requested_at=now, completed_at=now, now=now,
    )  # fmt: skip
    asked = session.scalars(
        update(OrderItem)
        .where(
            OrderItem.order_id == order_id,
            OrderItem.status.in_(WAITING),
            OrderItem.cancel_requested_at.is_(None),
        )
        .values(cancel_requested_at=now, due_at=now, updated_at=now)
        .returning(OrderItem.id),
        execution_options={"synchronize_session": "fetch"},
    ).all()
    audit.record(
        session, actor, "order.cancelled", order_id,
        after={"cancelled": len(cancelled), "asked_of_the_provider": len(asked)}, now=now,
    )  # fmt: skip
    roll_up(session, order_id, actor, now=now)
    session.refresh(row)
    return row


def pause_order(session: Session, actor: Actor, order_id: str, *, now: datetime) -> Order:
    """Begin nothing new of it until it goes on; what runs comes to its end."""
    row = get_order(session, actor, order_id)
    if row.status in ENDED_ORDERS:
        raise OrderBusy("This order has ended already. There is nothing left to pause.")
    if row.paused_at is None:
        row.paused_at = row.updated_at = now
        session.flush()
        audit.record(session, actor, "order.paused", order_id, now=now)
    return row


def resume_order(session: Session, actor: Actor, order_id: str, *, now: datetime) -> Order:
    """Let it go on."""
    row = get_order(session, actor, order_id)
    if row.paused_at is not None:
        row.paused_at, row.updated_at = None, now
        session.flush()
        audit.record(session, actor, "order.resumed", order_id, now=now)
    return row


def retry_items(
    session: Session, actor: Actor, order_id: str, item_ids: Sequence[str] | None = None, *, now: datetime
) -> int:
    """Try failed and cancelled items again, as new attempts; how many. ``None`` is all of them.

    An item whose answer was lost may have been charged already: asking for it again is the person's consent.
    """
    get_order(session, actor, order_id)
    lock_order(session, order_id)
    moved = move_items(
        session, order_id, ItemStatus.PENDING, origins=RETRYABLE_ITEMS, only=item_ids, due_at=now, retry_count=0,
        cancel_requested_at=None, started_at=None, completed_at=None, provider_request_id=None, progress=None,
        error_category=None, now=now,
    )  # fmt: skip
    if moved:
        audit.record(session, actor, "order.retried", order_id, after={"items": len(moved)}, now=now)
        roll_up(session, order_id, actor, now=now)
    return len(moved)


def form_of(session: Session, actor: Actor, order_id: str) -> OrderForm:
    """The form an order was placed with, to be placed again or changed."""
    row = get_order(session, actor, order_id)
    return OrderForm.of_set(
        row.provider, row.model, row.base_parameter_set, seed=row.seed, project_id=row.project_id, repeats_id=row.id
    )


def move_order(session: Session, actor: Actor, order_id: str, project_id: str | None, *, now: datetime) -> Order:
    """Put an order into a project, or into none; products made from now on follow, those there stay."""
    row = get_order(session, actor, order_id)
    if project_id is not None:
        get_active_project(session, actor, project_id)
    if row.project_id != project_id:
        before = {"project_id": row.project_id}
        row.project_id, row.updated_at = project_id, now
        session.flush()
        audit.record(
            session, actor, "order.shelved", order_id, before=before, after={"project_id": project_id}, now=now
        )
    return row


def delete_order(session: Session, actor: Actor, order_id: str, *, now: datetime) -> None:
    """Into the trash, when nothing of it runs; its products stay. Raises :class:`OrderBusy`."""
    row = get_order(session, actor, order_id)
    lock_order(session, order_id)
    waiting = select(OrderItem.id).where(OrderItem.order_id == order_id, OrderItem.status.in_(WAITING)).limit(1)
    if session.scalar(waiting) is not None:
        raise OrderBusy("Something of this order is still being made. Cancel it first.")
    row.deleted_at = row.updated_at = now
    session.flush()
    audit.record(session, actor, "order.deleted", order_id, now=now)


def restore_order(session: Session, actor: Actor, order_id: str, *, now: datetime) -> Order:
    """Out of the trash again."""
    row = get_order(session, actor, order_id, in_trash=True)
    row.deleted_at, row.updated_at = None, now
    session.flush()
    audit.record(session, actor, "order.restored", order_id, now=now)
    return row
