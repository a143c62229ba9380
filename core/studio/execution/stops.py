"""What holds items back: refusals before a call, the day's money, and providers that are stopped or slowed down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from core.studio.catalogue.models import Provider
from core.studio.execution import logbook, notices
from core.studio.execution.limits import next_day
from core.studio.execution.retries import SLOWING, STOPPING, wait_for
from core.studio.orders.models import ItemStatus, LogLevel, OrderItem
from core.studio.orders.states import require_item_move
from core.studio.providers import ErrorCategory, GenerationError


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call is not even begun."""

    category: ErrorCategory
    message: str


NO_MODEL = Refusal(
    ErrorCategory.VALIDATION,
    "The model is no longer in the catalogue. Refresh the models of its provider, or order again with another one.",
)


def no_price(provider: Provider) -> Refusal:
    return Refusal(
        ErrorCategory.SPEND_CAP,
        f"What this model costs is not known, so the daily cap of {provider.name} could not be kept. Set a price for "
        "the model, or take the cap away, then retry.",
    )


def refuse(session: Session, item: OrderItem, refusal: Refusal, *, now: datetime) -> None:
    """End an item without a call. The caller holds its order and rolls it up."""
    require_item_move(item.status, ItemStatus.FAILED)
    item.status, item.completed_at, item.due_at, item.updated_at = ItemStatus.FAILED, now, None, now
    item.error_category, item.error_message = refusal.category.value, refusal.message
    logbook.write(
        session, item.user_id, item.order_id, item.id, LogLevel.ERROR, "refused", refusal.message, now=now,
        category=refusal.category.value, provider=item.provider,
    )  # fmt: skip


def hold_for_cap(session: Session, provider: Provider, *, now: datetime) -> None:
    """Say on all items that wait for a provider that today's money is spent. They go on when it is not."""
    until = next_day(session, now)
    message = (
        f"The daily cap of {provider.name} (${provider.daily_spend_cap:,.2f}) leaves too little for this call. It is "
        f"made after {until:%d %B, %H:%M} UTC; raise the cap to have it made now."
    )
    category = ErrorCategory.SPEND_CAP.value
    told = (
        update(OrderItem)
        .where(
            OrderItem.provider == provider.id,
            OrderItem.status == ItemStatus.PENDING,
            or_(OrderItem.error_category.is_(None), OrderItem.error_category != category),
        )
        .values(error_category=category, error_message=message, updated_at=now)
        .returning(OrderItem.id, OrderItem.user_id, OrderItem.order_id)
    )
    rows = session.execute(told, execution_options={"synchronize_session": False}).all()
    for user_id, order_id in sorted({(row.user_id, row.order_id) for row in rows}):
        logbook.write(
            session, user_id, order_id, None, LogLevel.WARNING, "held", message, now=now, provider=provider.id
        )
    if rows:
        notices.tell_stopped(session, provider, message, now=now)


def note_failure(session: Session, provider: Provider, error: GenerationError, *, now: datetime) -> None:
    """What an error means for the provider's other items: stopped until somebody acts or the day changes, or slowed."""
    if error.category in STOPPING:
        provider.failures_in_a_row += 1
        provider.paused_until = next_day(session, now)
        provider.checked_at, provider.check_passed, provider.check_message = now, False, str(error)
        provider.updated_at = now
        until = f"{provider.paused_until:%d %B, %H:%M} UTC"
        notices.tell_stopped(
            session, provider, f"{error} Its other items wait until somebody sees to it, or {until}.", now=now
        )
    elif error.category in SLOWING:
        wait = wait_for(error.category, provider.failures_in_a_row, error.retry_after) or 0
        provider.failures_in_a_row += 1
        provider.paused_until = max(provider.paused_until or now, now + timedelta(seconds=wait))
        provider.updated_at = now


def note_recovered(session: Session, ids: Sequence[str], *, now: datetime) -> None:
    """Say in the log of items that their worker fell silent."""
    query = select(OrderItem.id, OrderItem.user_id, OrderItem.order_id).where(OrderItem.id.in_(ids))
    for item_id, user_id, order_id in session.execute(query).all():
        logbook.write(
            session, user_id, order_id, item_id, LogLevel.WARNING, "recovered",
            "The worker fell silent; another one looks after the call.", now=now,
        )  # fmt: skip
