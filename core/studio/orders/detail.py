"""One order with its items, for its screen: where each stands, what it gave, what it cost, what went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from core.paging import Page, nearest_page
from core.studio.orders.access import get_item, get_order
from core.studio.orders.listing import OrderView, views_of
from core.studio.orders.models import AttemptState, GenerationAttempt, GenerationLog, ItemStatus, OrderItem
from core.studio.products.models import Product
from core.system.actors import Actor

ITEMS_PER_PAGE = 24


@dataclass(frozen=True, slots=True)
class PictureView:
    """A product as an item shows it."""

    id: str
    blob_id: str
    liked: bool
    rejected: bool
    rating: int | None


@dataclass(frozen=True, slots=True)
class ItemView:
    """An item as its order shows it. ``progress`` is from 0 to 1 while the provider says so; ``before`` and ``after``
    are its hooks. ``has_lost_call``: a call before the newest was lost, and may be charged; of the newest,
    ``error_message`` tells."""

    id: str
    order_id: str
    number: int
    batch: int
    status: ItemStatus
    images: int
    prompt: str
    negative_prompt: str
    parameters: dict[str, Any]
    choices: dict[str, Any]
    progress: float | None
    due_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    error_message: str | None
    error_category: str | None
    retry_count: int
    is_cancelling: bool
    has_lost_call: bool
    cost: Decimal | None
    estimated_cost: Decimal | None
    pictures: tuple[PictureView, ...]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


ItemPage = Page[ItemView]


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One call for an item."""

    number: int
    state: AttemptState
    opened_at: datetime
    latency_ms: int | None
    cost: Decimal | None
    error_category: str | None
    error_message: str | None
    http_status: int | None
    provider_request_id: str | None


def order_view(session: Session, actor: Actor, order_id: str) -> OrderView:
    """The order as a list shows it. Raises ``OrderNotFound``."""
    return views_of(session, [get_order(session, actor, order_id)])[0]


def list_items(
    session: Session,
    actor: Actor,
    order_id: str,
    *,
    statuses: Sequence[ItemStatus] = (),
    page: int = 1,
    size: int = ITEMS_PER_PAGE,
) -> ItemPage:
    """One page of an order's items. Raises ``OrderNotFound``."""
    get_order(session, actor, order_id)
    conditions = [OrderItem.order_id == order_id]
    if statuses:
        conditions.append(OrderItem.status.in_(statuses))
    total = session.scalar(select(func.count()).select_from(OrderItem).where(*conditions)) or 0
    number = nearest_page(page, total=total, size=size)
    query = select(OrderItem).where(*conditions).order_by(OrderItem.sequence_number)
    rows = list(session.scalars(query.offset((number - 1) * size).limit(size)))
    ids = [row.id for row in rows]
    pictures, lost = _pictures(session, ids), _with_lost_call(session, ids)
    views = tuple(_view(row, pictures.get(row.id, ()), has_lost_call=row.id in lost) for row in rows)
    return ItemPage(views, total, number, size)


def list_attempts(session: Session, actor: Actor, item_id: str) -> list[AttemptView]:
    """Every call made for an item, the first first. Raises ``OrderNotFound``."""
    get_item(session, actor, item_id)
    query = select(GenerationAttempt).where(GenerationAttempt.order_item_id == item_id)
    return [
        AttemptView(
            row.number,
            row.state,
            row.opened_at,
            row.latency_ms,
            row.cost,
            row.error_category,
            row.error_message,
            row.http_status,
            row.provider_request_id,
        )
        for row in session.scalars(query.order_by(GenerationAttempt.number))
    ]


def recent_logs(session: Session, actor: Actor, order_id: str, *, limit: int = 50) -> list[GenerationLog]:
    """The latest lines about an order, newest first. Raises ``OrderNotFound``."""
    get_order(session, actor, order_id)
    query = select(GenerationLog).where(GenerationLog.order_id == order_id)
    return list(session.scalars(query.order_by(GenerationLog.timestamp.desc(), GenerationLog.id.desc()).limit(limit)))


def _pictures(session: Session, ids: Sequence[str]) -> dict[str, tuple[PictureView, ...]]:
    query = (
        select(Product.order_item_id, Product.id, Product.blob_id, Product.liked, Product.rejected, Product.rating)
        .where(Product.order_item_id.in_(ids), Product.deleted_at.is_(None))
        .order_by(Product.output_index)
    )
    found: dict[str, list[PictureView]] = {}
    for row in session.execute(query):
        picture = PictureView(row.id, row.blob_id, row.liked, row.rejected, row.rating)
        found.setdefault(row.order_item_id or "", []).append(picture)
    return {item_id: tuple(pictures) for item_id, pictures in found.items()}


def _with_lost_call(session: Session, ids: Sequence[str]) -> set[str]:
    """The items of which a call was lost, and another made after it."""
    newer = aliased(GenerationAttempt)
    query = (
        select(GenerationAttempt.order_item_id)
        .join(newer, newer.order_item_id == GenerationAttempt.order_item_id)
        .where(
            GenerationAttempt.order_item_id.in_(ids),
            GenerationAttempt.state == AttemptState.UNKNOWN,
            newer.number > GenerationAttempt.number,
        )
    )
    return set(session.scalars(query))


def _view(row: OrderItem, pictures: tuple[PictureView, ...], *, has_lost_call: bool) -> ItemView:
    made = row.generation_parameter_set
    return ItemView(
        id=row.id,
        order_id=row.order_id,
        number=row.sequence_number,
        batch=row.batch_number,
        status=row.status,
        images=row.images,
        prompt=str(made.get("prompt", "")),
        negative_prompt=str(made.get("negative_prompt", "")),
        parameters=dict(made.get("parameters") or {}),
        choices=dict(row.choices),
        progress=row.progress,
        due_at=row.due_at,
        started_at=row.started_at,
        completed_at=row.completed_at,
        error_message=row.error_message,
        error_category=row.error_category,
        retry_count=row.retry_count,
        is_cancelling=row.cancel_requested_at is not None and row.status in (ItemStatus.PENDING, ItemStatus.GENERATING),
        has_lost_call=has_lost_call,
        cost=row.cost,
        estimated_cost=row.estimated_cost,
        pictures=pictures,
        before=tuple(made.get("before") or ()),
        after=tuple(made.get("after") or ()),
    )
