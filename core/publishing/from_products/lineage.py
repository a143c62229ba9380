"""Where a product comes from and what became of it: inputs → order → product → used in → post → sale."""

import enum
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.publishing.models import Deviation, DeviationFile
from core.sales.models import SaleQueue
from core.sales.money import money
from core.studio.orders.models import Order, OrderItem, OrderItemInput
from core.studio.products.detail import get_product
from core.studio.products.models import Product, ProductSource
from core.system.actors import Actor

SHOWN = 24


class StepKind(enum.StrEnum):
    INPUT = "input"
    ORDER = "order"
    FILE = "file"
    PRODUCT = "product"
    USE = "use"
    POST = "post"
    SALE = "sale"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing on the way. ``state`` is its word for where it stands; ``address`` leads to its screen."""

    kind: StepKind
    id: str
    title: str
    state: str | None = None
    address: str | None = None
    blob_id: str | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Lineage:
    """The way of one product, in the order it went; ``more_uses`` and ``more_posts`` are not listed."""

    inputs: tuple[Step, ...]
    origin: Step | None
    product: Step
    uses: tuple[Step, ...]
    posts: tuple[Step, ...]
    sales: tuple[Step, ...]
    more_uses: int = 0
    more_posts: int = 0

    @property
    def columns(self) -> tuple[tuple[str, tuple[Step, ...]], ...]:
        """The steps with something in them, each with its heading."""
        origin = (self.origin,) if self.origin else ()
        all_of_them = (
            ("Made with", self.inputs),
            ("Made by", origin),
            ("Picture", (self.product,)),
            ("Used for", self.uses),
            ("Posts", self.posts),
            ("Sales", self.sales),
        )
        return tuple((heading, steps) for heading, steps in all_of_them if steps)


def lineage(session: Session, actor: Actor, product_id: str) -> Lineage:
    """The lineage of a product of the person. Raises :class:`ProductNotFound`."""
    detail = get_product(session, actor, product_id)
    view = detail.view
    uses, more_uses = _uses(session, actor, product_id)
    posts, more_posts = _posts(session, actor, product_id)
    return Lineage(
        inputs=_inputs(session, actor, view.order_item_id),
        origin=_origin(session, actor, view.order_item_id)
        if view.source is ProductSource.GENERATED
        else _file(view.name),
        product=Step(StepKind.PRODUCT, view.id, view.name, blob_id=view.blob_id, cost=view.cost),
        uses=uses,
        posts=posts,
        sales=_sales(session, actor, [post.id for post in posts]),
        more_uses=more_uses,
        more_posts=more_posts,
    )


def _file(name: str) -> Step:
    return Step(StepKind.FILE, "", f"Imported from {name}")


def _inputs(session: Session, actor: Actor, item_id: str | None) -> tuple[Step, ...]:
    if item_id is None:
        return ()
    query = select(*_PRODUCT, OrderItemInput.parameter.label("state"))
    query = query.join(OrderItemInput, OrderItemInput.product_id == Product.id)
    query = query.where(OrderItemInput.order_item_id == item_id, Product.user_id == actor.user_id)
    return tuple(_picture(StepKind.INPUT, row, row.state) for row in session.execute(query.order_by(Product.id)))


def _origin(session: Session, actor: Actor, item_id: str | None) -> Step | None:
    query = select(Order.id, Order.model_name, OrderItem.sequence_number, OrderItem.cost)
    query = query.join(OrderItem, OrderItem.order_id == Order.id)
    row = session.execute(query.where(OrderItem.id == item_id, Order.user_id == actor.user_id)).one_or_none()
    if row is None:
        return None
    title = f"Order with {row.model_name}"
    return Step(StepKind.ORDER, row.id, title, f"item {row.sequence_number}", f"orders?order={row.id}", cost=row.cost)


def _uses(session: Session, actor: Actor, product_id: str) -> tuple[tuple[Step, ...], int]:
    """The products of those items that this one went into."""
    query = select(*_PRODUCT).join(OrderItemInput, OrderItemInput.order_item_id == Product.order_item_id)
    query = query.where(
        OrderItemInput.product_id == product_id, Product.user_id == actor.user_id, Product.deleted_at.is_(None)
    )
    rows = session.execute(query.distinct().order_by(Product.id).limit(SHOWN)).all()
    more = session.scalar(select(func.count()).select_from(query.distinct().subquery())) or 0
    return tuple(_picture(StepKind.USE, row) for row in rows), more - len(rows)


def _posts(session: Session, actor: Actor, product_id: str) -> tuple[tuple[Step, ...], int]:
    shown = select(DeviationFile.deviation_id, DeviationFile.blob_id).where(DeviationFile.product_id == product_id)
    blob_of = {row.deviation_id: row.blob_id for row in session.execute(shown)}
    query = select(Deviation.id, Deviation.title, Deviation.status).where(Deviation.id.in_(blob_of))
    query = query.where(Deviation.user_id == actor.user_id, Deviation.deleted_at.is_(None))
    rows = session.execute(query.order_by(Deviation.created_at, Deviation.id)).all()
    steps = {
        row.id: Step(StepKind.POST, row.id, row.title, row.status.value, f"content?open={row.id}", blob_of[row.id])
        for row in rows
    }
    return tuple(steps.values())[:SHOWN], max(0, len(steps) - SHOWN)


def _sales(session: Session, actor: Actor, post_ids: list[str]) -> tuple[Step, ...]:
    query = select(SaleQueue.id, SaleQueue.title, SaleQueue.status, SaleQueue.price, SaleQueue.currency)
    query = query.where(SaleQueue.deviation_id.in_(post_ids), SaleQueue.user_id == actor.user_id)
    return tuple(
        Step(StepKind.SALE, row.id, money(row.price, row.currency), row.status.value, f"sales?open={row.id}")
        for row in session.execute(query.order_by(SaleQueue.created_at, SaleQueue.id))
    )


_PRODUCT: tuple[Any, ...] = (Product.id, Product.name, Product.blob_id, Product.cost)


def _picture(kind: StepKind, row: Any, state: str | None = None) -> Step:
    return Step(kind, row.id, row.name, state, f"product?id={row.id}", row.blob_id, row.cost)
