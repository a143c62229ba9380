"""Lists of a person's orders for screens: plain values, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.db.search import Searchable, matching
from core.paging import Page, nearest_page
from core.studio.catalogue.models import Provider
from core.studio.orders.models import ItemStatus, Order, OrderItem, OrderStatus
from core.studio.orders.states import ENDED_ORDERS
from core.studio.products.models import Product
from core.studio.shelves.models import Project
from core.system.actors import Actor

PAGE_SIZE = 20
COVERS = 8


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What to list. ``words`` are looked for in prompts; the days are instants, the end is not included."""

    statuses: tuple[OrderStatus, ...] = ()
    provider: str | None = None
    model: str | None = None
    project_id: str | None = None
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None
    in_trash: bool = False


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as a list shows it.

    ``cost`` is what its calls cost so far, in US dollars; ``unpriced`` is of how many ended items nobody knows.
    ``covers`` are the blobs of its latest pictures, ``images`` is how many pictures it asked for in all.
    """

    id: str
    prompt: str
    provider: str
    provider_name: str
    model: str
    model_name: str
    project_id: str | None
    project: str | None
    status: OrderStatus
    total: int
    completed: int
    failed: int
    cancelled: int
    generating: int
    products: int
    images: int
    estimated_cost: Decimal | None
    cost: Decimal | None
    unpriced: int
    created_at: datetime
    completed_at: datetime | None
    paused_at: datetime | None
    is_cancelling: bool
    covers: tuple[str, ...]

    @property
    def ended(self) -> int:
        return self.completed + self.failed + self.cancelled

    @property
    def pending(self) -> int:
        """Items that have not begun."""
        return self.total - self.ended - self.generating

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED_ORDERS

    @property
    def progress(self) -> float:
        """From 0 to 1."""
        return self.ended / self.total if self.total else 0.0


OrderPage = Page[OrderView]
_RUNNING = OrderFilter(statuses=(OrderStatus.PENDING, OrderStatus.PROCESSING))


def list_orders(
    session: Session, actor: Actor, wanted: OrderFilter, *, page: int = 1, size: int = PAGE_SIZE
) -> OrderPage:
    """One page of a person's orders; a page beyond the last gives the last."""
    conditions = _conditions(session, actor, wanted)
    total = session.scalar(select(func.count()).select_from(Order).where(*conditions)) or 0
    number = nearest_page(page, total=total, size=size)
    query = select(Order).where(*conditions).order_by(Order.created_at.desc(), Order.id.desc())
    rows = list(session.scalars(query.offset((number - 1) * size).limit(size)))
    return OrderPage(tuple(views_of(session, rows)), total, number, size)


def list_running(session: Session, actor: Actor, *, limit: int = 10) -> list[OrderView]:
    """The orders that are waiting or being made, newest first."""
    return list(list_orders(session, actor, _RUNNING, size=limit).rows)


def is_any_running(session: Session, actor: Actor) -> bool:
    """Whether :func:`list_running` has any, for a fraction of its queries."""
    query = select(Order.id).where(*_conditions(session, actor, _RUNNING)).limit(1)
    return session.scalar(query) is not None


def views_of(session: Session, rows: Sequence[Order]) -> list[OrderView]:
    """Orders with their sums and covers; a handful of queries, however many they are."""
    ids = [row.id for row in rows]
    sums = _sums(session, ids)
    covers, products = _covers(session, ids), _product_counts(session, ids)
    wanted = {row.project_id for row in rows if row.project_id}
    of = {row.provider for row in rows}
    providers = dict(session.execute(select(Provider.id, Provider.name).where(Provider.id.in_(of))).all())
    projects = dict(session.execute(select(Project.id, Project.name).where(Project.id.in_(wanted))).all())
    return [
        OrderView(
            id=row.id,
            prompt=str(row.base_parameter_set.get("prompt", "")),
            provider=row.provider,
            provider_name=providers.get(row.provider, row.provider),
            model=row.model,
            model_name=row.model_name,
            project_id=row.project_id,
            project=projects.get(row.project_id or ""),
            status=row.status,
            total=row.expanded_count,
            completed=row.completed_count,
            failed=row.failed_count,
            cancelled=row.cancelled_count,
            generating=sums[row.id].generating if row.id in sums else 0,
            products=products.get(row.id, 0),
            images=row.expanded_count * int(row.base_parameter_set.get("images_per_item") or 1),
            estimated_cost=row.estimated_cost,
            cost=sums[row.id].cost if row.id in sums else None,
            unpriced=sums[row.id].unpriced if row.id in sums else 0,
            created_at=row.created_at,
            completed_at=row.completed_at,
            paused_at=row.paused_at,
            is_cancelling=bool(sums[row.id].cancelling) if row.id in sums else False,
            covers=covers.get(row.id, ()),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class _Sums:
    generating: int
    cancelling: int
    unpriced: int
    cost: Decimal | None


def _sums(session: Session, ids: Sequence[str]) -> dict[str, _Sums]:
    running = OrderItem.status.in_((ItemStatus.PENDING, ItemStatus.GENERATING))
    query = (
        select(
            OrderItem.order_id,
            func.count().filter(OrderItem.status == ItemStatus.GENERATING),
            func.count().filter(running, OrderItem.cancel_requested_at.is_not(None)),
            func.count().filter(OrderItem.status == ItemStatus.COMPLETE, OrderItem.cost.is_(None)),
            func.sum(OrderItem.cost),
        )
        .where(OrderItem.order_id.in_(ids))
        .group_by(OrderItem.order_id)
    )
    return {row[0]: _Sums(*row[1:]) for row in session.execute(query)}


def _product_counts(session: Session, ids: Sequence[str]) -> dict[str, int]:
    query = (
        select(OrderItem.order_id, func.count())
        .join(Product, Product.order_item_id == OrderItem.id)
        .where(OrderItem.order_id.in_(ids), Product.deleted_at.is_(None))
        .group_by(OrderItem.order_id)
    )
    return dict(session.execute(query).all())


def _covers(session: Session, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    rank = func.row_number().over(partition_by=OrderItem.order_id, order_by=Product.created_at.desc()).label("rank")
    ranked = (
        select(OrderItem.order_id, Product.blob_id, rank)
        .join(Product, Product.order_item_id == OrderItem.id)
        .where(OrderItem.order_id.in_(ids), Product.deleted_at.is_(None))
        .subquery()
    )
    query = select(ranked.c.order_id, ranked.c.blob_id).where(ranked.c.rank <= COVERS).order_by(ranked.c.rank)
    found: dict[str, list[str]] = {}
    for order_id, blob_id in session.execute(query):
        found.setdefault(order_id, []).append(blob_id)
    return {order_id: tuple(blobs) for order_id, blobs in found.items()}


def _conditions(session: Session, actor: Actor, wanted: OrderFilter) -> list[ColumnElement[bool]]:
    gone = Order.deleted_at.is_not(None) if wanted.in_trash else Order.deleted_at.is_(None)
    found: list[ColumnElement[bool]] = [Order.user_id == actor.user_id, gone]
    if wanted.statuses:
        found.append(Order.status.in_(wanted.statuses))
    if wanted.provider:
        found.append(Order.provider == wanted.provider)
    if wanted.model:
        found.append(Order.model == wanted.model)
    if wanted.project_id:
        found.append(Order.project_id == wanted.project_id)
    if wanted.since is not None:
        found.append(Order.created_at >= wanted.since)
    if wanted.until is not None:
        found.append(Order.created_at < wanted.until)
    if wanted.words.strip():
        found.append(matching(session, Searchable.ORDERS, wanted.words))
    return found
