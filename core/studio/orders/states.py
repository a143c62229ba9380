"""The lives of items and orders: the tables of moves, and how the items of an order add up to its status.

Locks are taken in one order everywhere, so that nobody waits in a circle: the order's row (:func:`lock_order`), then
its items, and the provider's row last. Claims alone begin with the provider, and pass over orders and items that
somebody holds. Whoever moves items calls :func:`roll_up` in the same transaction, after the last move.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from core.studio.orders.errors import IllegalMove
from core.studio.orders.models import ItemStatus as I
from core.studio.orders.models import Order, OrderItem
from core.studio.orders.models import OrderStatus as S
from core.system import audit
from core.system.actors import Actor

# (from, to): why. ``None`` as the origin is creation.
ITEM_MOVES: dict[tuple[I | None, I], str] = {
    (None, I.PENDING): "ordered",
    (I.PENDING, I.GENERATING): "its call is begun",
    (I.PENDING, I.CANCELLED): "cancelled before a call",
    (I.PENDING, I.FAILED): "its call cannot be made",
    (I.GENERATING, I.PENDING): "tried without effect; later again",
    (I.GENERATING, I.COMPLETE): "its pictures are stored",
    (I.GENERATING, I.FAILED): "given up",
    (I.GENERATING, I.CANCELLED): "cancelled at the provider, or before it began there",
    (I.FAILED, I.PENDING): "retried by a person",
    (I.CANCELLED, I.PENDING): "retried by a person",
}

ORDER_MOVES: dict[tuple[S | None, S], str] = {
    (None, S.PENDING): "placed",
    (S.PENDING, S.PROCESSING): "its first item was begun",
    (S.PENDING, S.FAILED): "no call could be made",
    (S.PENDING, S.CANCELLED): "cancelled before the first call",
    (S.PROCESSING, S.FULFILLED): "every item is complete",
    (S.PROCESSING, S.PARTIALLY_FULFILLED): "all items ended, some of them complete",
    (S.PROCESSING, S.FAILED): "all items ended, none of them complete",
    (S.PROCESSING, S.CANCELLED): "cancelled, with nothing complete or failed",
    (S.PARTIALLY_FULFILLED, S.PROCESSING): "items are retried",
    (S.FAILED, S.PROCESSING): "items are retried",
    (S.CANCELLED, S.PROCESSING): "items are retried",
}

WAITING = frozenset({I.PENDING, I.GENERATING})
ENDED_ITEMS = frozenset({I.COMPLETE, I.FAILED, I.CANCELLED})
RETRYABLE_ITEMS = frozenset({I.FAILED, I.CANCELLED})
ENDED_ORDERS = frozenset({S.FULFILLED, S.PARTIALLY_FULFILLED, S.FAILED, S.CANCELLED})


@dataclass(frozen=True, slots=True)
class RolledUp:
    """An order after its items moved. ``counts`` has a number for every status of an item."""

    before: S
    after: S
    counts: Mapping[I, int]

    @property
    def has_ended(self) -> bool:
        """Whether this very roll-up saw the last item end."""
        return self.after in ENDED_ORDERS and self.before not in ENDED_ORDERS


def may_move_item(origin: I | None, target: I) -> bool:
    return (origin, target) in ITEM_MOVES


def require_item_move(origin: I | None, target: I) -> None:
    """Raise :class:`IllegalMove` unless the table has this move."""
    if not may_move_item(origin, target):
        start = "nothing" if origin is None else f"“{origin.value}”"
        raise IllegalMove(f"An item cannot go from {start} to “{target.value}”. Reload the page to see where it is.")


def lock_order(session: Session, order_id: str) -> None:
    """Hold the order's row until the transaction ends. Comes before its items are touched."""
    # No key: rows that only refer to the order, as logs do, need not wait.
    session.execute(select(Order.id).where(Order.id == order_id).with_for_update(key_share=True))


def move_items(
    session: Session,
    order_id: str,
    target: I,
    *,
    origins: Collection[I],
    only: Collection[str] | None = None,
    now: datetime,
    **values: Any,
) -> list[str]:
    """Move those items of an order that stand in ``origins``; the ids of the moved.

    ``only`` narrows it to some of them; ``values`` are written with the move. Raises :class:`IllegalMove` when the
    table has no move from one of ``origins``. The caller holds the order, and rolls it up afterwards.
    """
    for origin in origins:
        require_item_move(origin, target)
    statement = update(OrderItem).where(OrderItem.order_id == order_id, OrderItem.status.in_(origins))
    if only is not None:
        statement = statement.where(OrderItem.id.in_(only))
    moved = statement.values(status=target, updated_at=now, **values).returning(OrderItem.id)
    return list(session.scalars(moved, execution_options={"synchronize_session": "fetch"}))


def move_item(
    session: Session, order_id: str, item_id: str, origin: I, target: I, *, now: datetime, **values: Any
) -> bool:
    """Move one item; ``False`` when it is no longer in ``origin``. As :func:`move_items` otherwise."""
    return bool(move_items(session, order_id, target, origins=[origin], only=[item_id], now=now, **values))


def roll_up(session: Session, order_id: str, actor: Actor, *, now: datetime, reason: str | None = None) -> RolledUp:
    """Bring the counts and the status of an order to what its items say; a change of status goes into the trail."""
    query = select(Order.status).where(Order.id == order_id).with_for_update(key_share=True)
    before = session.execute(query).one()
    counts = count_items(session, order_id)
    after = status_of(counts, before.status)
    if after is not before.status and (before.status, after) not in ORDER_MOVES:
        raise IllegalMove(f"An order cannot go from “{before.status.value}” to “{after.value}”. Reload the page.")
    has_ended = after in ENDED_ORDERS
    session.execute(
        update(Order)
        .where(Order.id == order_id)
        .values(
            status=after,
            completed_count=counts[I.COMPLETE],
            failed_count=counts[I.FAILED],
            cancelled_count=counts[I.CANCELLED],
            completed_at=case((Order.completed_at.is_(None), now), else_=Order.completed_at) if has_ended else None,
            updated_at=now,
        ),
        execution_options={"synchronize_session": "fetch"},
    )
    if after is not before.status:
        audit.record(
            session, actor, "order.moved", order_id, before={"status": before.status.value},
            after={"status": after.value}, reason=reason or ORDER_MOVES[before.status, after], now=now,
        )  # fmt: skip
    return RolledUp(before.status, after, counts)


def count_items(session: Session, order_id: str) -> dict[I, int]:
    """How many items of an order stand where."""
    query = select(OrderItem.status, func.count()).where(OrderItem.order_id == order_id).group_by(OrderItem.status)
    found = dict(session.execute(query).all())
    return {status: found.get(status, 0) for status in I}


def status_of(counts: Mapping[I, int], current: S) -> S:
    """What the items of an order add up to. ``current`` tells a fresh order from one whose first try is waited for."""
    if counts[I.PENDING] or counts[I.GENERATING]:
        begun = counts[I.GENERATING] or counts[I.COMPLETE] or counts[I.FAILED]
        return S.PENDING if current is S.PENDING and not begun else S.PROCESSING
    if not counts[I.COMPLETE]:
        return S.FAILED if counts[I.FAILED] else S.CANCELLED
    is_whole = not counts[I.FAILED] and not counts[I.CANCELLED]
    return S.FULFILLED if is_whole else S.PARTIALLY_FULFILLED
