"""Why orders do not go on although they are not paused: read from their provider and their items."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.studio.catalogue.models import Provider
from core.studio.catalogue.spending import left_today
from core.studio.execution.limits import count_begun, count_under_way
from core.studio.orders.listing import OrderView
from core.studio.orders.models import ItemStatus, OrderItem
from core.studio.providers import ErrorCategory


@dataclass(frozen=True, slots=True)
class Wait:
    """``reason`` is a sentence; ``until`` is when it goes on by itself, as far as anybody knows.

    ``needs_somebody``: it does not go on before a person acts, or the day ends.
    """

    reason: str
    until: datetime | None = None
    needs_somebody: bool = False


def waits_of(session: Session, orders: Sequence[OrderView], *, now: datetime) -> dict[str, Wait]:
    """By the order's id, for those that wait for something they do not have in hand themselves."""
    running = [one for one in orders if not one.has_ended and one.paused_at is None and one.pending]
    if not running:
        return {}
    wanted = {one.provider for one in running}
    providers = {row.id: row for row in session.scalars(select(Provider).where(Provider.id.in_(wanted)))}
    of_provider = {key: _of_provider(session, row, now) for key, row in providers.items()}
    due = _due(session, [one.id for one in running], now)
    found: dict[str, Wait] = {}
    for one in running:
        wait = of_provider.get(one.provider)
        if wait is None and not one.generating:
            wait = due.get(one.id) or _behind_others(session, providers[one.provider], now)
        if wait is not None:
            found[one.id] = wait
    return found


def _of_provider(session: Session, row: Provider, now: datetime) -> Wait | None:
    """What holds all items of a provider back."""
    if row.deleted_at is not None or not row.is_enabled:
        return Wait(f"{row.name} is switched off. Switch it on under Providers & models.", needs_somebody=True)
    is_paused = row.paused_until is not None and row.paused_until > now
    if is_paused and row.check_passed is False:
        why = row.check_message or "Its last call was turned down."
        return Wait(f"{row.name} stands still: {why}", row.paused_until, needs_somebody=True)
    if is_paused:
        return Wait(f"{row.name} asked for a break, or did not answer.", row.paused_until)
    if left_today(session, row, now=now) == 0:
        return Wait(
            f"Today's cap of {row.name} is reached. Its items go on tomorrow, or when the cap is raised.",
            needs_somebody=True,
        )
    return None


def _due(session: Session, order_ids: Sequence[str], now: datetime) -> dict[str, Wait]:
    """Orders of which every item was put off."""
    query = (
        select(
            OrderItem.order_id,
            func.min(OrderItem.due_at),
            func.min(OrderItem.error_message),
            func.count().filter(OrderItem.error_category == ErrorCategory.SPEND_CAP.value),
        )
        .where(OrderItem.order_id.in_(order_ids), OrderItem.status == ItemStatus.PENDING)
        .group_by(OrderItem.order_id)
    )
    found = {}
    for order_id, due_at, message, capped in session.execute(query):
        if capped:
            found[order_id] = Wait(message or "The cap of the day is reached.", needs_somebody=True)
        elif due_at is not None and due_at > now:
            found[order_id] = Wait(f"A call failed and is tried again. {message or ''}".rstrip(), due_at)
    return found


def _behind_others(session: Session, row: Provider, now: datetime) -> Wait | None:
    """Room that other orders take."""
    limit = row.rate_limit_requests
    if limit is not None and count_begun(session, row.id, now=now) >= limit:
        calls = "call" if limit == 1 else "calls"
        return Wait(f"{row.name} has had its {limit:,} {calls} of this minute.")
    most = row.concurrent_limit
    if most is not None and count_under_way(session, row.id) >= most:
        return Wait(f"{row.name} is busy with other items; it takes {most:,} at once.")
    return None
