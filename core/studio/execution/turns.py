"""Whose item is next: people take turns, and so do the orders of one person.

Who has fewest calls under way comes first, then who had a turn longest ago. A thousand items of one person so never
stand before the four of another.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.identity.models import User
from core.studio.execution.limits import UNDER_WAY
from core.studio.orders.models import GenerationAttempt, ItemStatus, Order, OrderItem, OrderStatus

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# How far back turns are remembered, in calls.
REMEMBERED = 200


@dataclass(slots=True)
class _Line:
    """One order and its next items, read when its turn first comes."""

    order_id: str
    user_id: str
    created_at: datetime
    waiting: list[str] | None = None


def next_items(
    session: Session, provider_id: str, *, now: datetime, limit: int, only: Collection[str] | None = None
) -> list[str]:
    """Up to ``limit`` items of a provider that are due and may be begun, in the order of their turns."""
    lines = [_Line(row.id, row.user_id, row.created_at) for row in session.execute(_live_orders(provider_id))]
    busy = _under_way(session, provider_id) if lines else Counter()
    turns = _last_turns(session, provider_id) if lines else {}
    chosen: list[str] = []
    moment = max([LONG_AGO, *turns.values()])
    while lines and len(chosen) < limit:
        line = min(lines, key=lambda one: _rank(one, busy, turns))
        if line.waiting is None:
            line.waiting = _waiting(session, line.order_id, now=now, limit=limit, only=only)
        if not line.waiting:
            lines.remove(line)
            continue
        chosen.append(line.waiting.pop(0))
        moment += datetime.resolution
        for who in (line.user_id, line.order_id):
            busy[who] += 1
            turns[who] = moment
    return chosen


def _rank(line: _Line, busy: Counter[str], turns: dict[str, datetime]) -> tuple[Any, ...]:
    return (
        busy[line.user_id], turns.get(line.user_id, LONG_AGO), line.user_id,
        busy[line.order_id], turns.get(line.order_id, LONG_AGO), line.created_at, line.order_id,
    )  # fmt: skip


def _live_orders(provider_id: str) -> Select[str, str, datetime]:
    return (
        select(Order.id, Order.user_id, Order.created_at)
        .join(User, User.id == Order.user_id)
        .where(
            Order.provider == provider_id,
            Order.status.in_([OrderStatus.PENDING, OrderStatus.PROCESSING]),
            Order.paused_at.is_(None),
            Order.deleted_at.is_(None),
            User.disabled_at.is_(None),
        )
    )


def _waiting(session: Session, order_id: str, *, now: datetime, limit: int, only: Collection[str] | None) -> list[str]:
    query = select(OrderItem.id).where(
        OrderItem.order_id == order_id,
        OrderItem.status == ItemStatus.PENDING,
        OrderItem.due_at <= now,
        OrderItem.lock_id.is_(None),
        OrderItem.cancel_requested_at.is_(None),
    )
    if only is not None:
        query = query.where(OrderItem.id.in_(only))
    return list(session.scalars(query.order_by(OrderItem.sequence_number).limit(limit)))


def _under_way(session: Session, provider_id: str) -> Counter[str]:
    query = (
        select(OrderItem.user_id, OrderItem.order_id, func.count())
        .select_from(GenerationAttempt)
        .join(OrderItem, OrderItem.id == GenerationAttempt.order_item_id)
        .where(GenerationAttempt.provider == provider_id, UNDER_WAY)
        .group_by(OrderItem.user_id, OrderItem.order_id)
    )
    busy: Counter[str] = Counter()
    for user_id, order_id, number in session.execute(query):
        busy[user_id] += number
        busy[order_id] += number
    return busy


def _last_turns(session: Session, provider_id: str) -> dict[str, datetime]:
    latest = (
        select(GenerationAttempt.order_item_id, GenerationAttempt.opened_at)
        .where(GenerationAttempt.provider == provider_id)
        .order_by(GenerationAttempt.opened_at.desc())
        .limit(REMEMBERED)
        .subquery()
    )
    query = (
        select(OrderItem.user_id, OrderItem.order_id, func.max(latest.c.opened_at))
        .join(latest, latest.c.order_item_id == OrderItem.id)
        .group_by(OrderItem.user_id, OrderItem.order_id)
    )
    turns: dict[str, datetime] = {}
    for user_id, order_id, opened_at in session.execute(query):
        turns[user_id] = max(opened_at, turns.get(user_id, LONG_AGO))
        turns[order_id] = opened_at
    return turns
