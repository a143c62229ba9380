"""One product with everything that is known of it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.media.models import Blob
from core.studio.orders.models import Order, OrderItem
from core.studio.products.errors import not_found
from core.studio.products.models import Product, ProductOriginal
from core.studio.products.views import ProductView, views_of
from core.studio.shelves.models import Tag, TagAssociation, TaggedKind
from core.system.actors import Actor

# What lies with the provider's own words and is ours.
HOOKS = ("hooks_before", "hooks_after")


@dataclass(frozen=True, slots=True)
class TagView:
    id: str
    name: str
    color: str | None


@dataclass(frozen=True, slots=True)
class ProductDetail:
    """One product. ``parameters`` are in plain names; ``returned`` is what the provider said of it besides.

    ``original_blob_id`` is the picture as the provider sent it, where hooks changed it since; ``hooks_before`` and
    ``hooks_after`` are the names of those that ran.
    """

    view: ProductView
    prompt: str | None
    negative_prompt: str | None
    parameters: dict[str, Any]
    choices: dict[str, Any]
    returned: dict[str, Any]
    embedded: dict[str, Any] | None
    notes: str | None
    sha256: str
    tags: tuple[TagView, ...]
    order_id: str | None
    item_number: int | None
    output_index: int | None
    original_blob_id: str | None
    hooks_before: tuple[str, ...] = ()
    hooks_after: tuple[str, ...] = ()


def get_product(session: Session, actor: Actor, product_id: str) -> ProductDetail:
    """A product of the person, in the trash or not. Raises :class:`ProductNotFound`."""
    query = (
        select(
            Product,
            Blob.sha256,
            Blob.embedded,
            Order.id.label("order_id"),
            OrderItem.sequence_number,
            ProductOriginal.blob_id.label("original"),
        )
        .join(Blob, Blob.id == Product.blob_id)
        .outerjoin(ProductOriginal, ProductOriginal.product_id == Product.id)
        .outerjoin(OrderItem, OrderItem.id == Product.order_item_id)
        .outerjoin(Order, Order.id == OrderItem.order_id)
        .where(Product.id == product_id, Product.user_id == actor.user_id)
        .execution_options(populate_existing=True)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise not_found()
    product: Product = row.Product
    (view,) = views_of(session, actor.user_id, [product_id])
    return ProductDetail(
        view,
        prompt=product.prompt,
        negative_prompt=product.negative_prompt,
        parameters=product.parameters,
        choices=product.choices,
        returned={name: one for name, one in product.provider_metadata.items() if name not in HOOKS},
        embedded=row.embedded,
        notes=product.notes,
        sha256=row.sha256,
        tags=_tags(session, product_id),
        order_id=row.order_id,
        item_number=row.sequence_number,
        output_index=product.output_index,
        original_blob_id=row.original,
        hooks_before=tuple(product.provider_metadata.get("hooks_before") or ()),
        hooks_after=tuple(product.provider_metadata.get("hooks_after") or ()),
    )


def _tags(session: Session, product_id: str) -> tuple[TagView, ...]:
    query = select(Tag.id, Tag.name, Tag.color).join(TagAssociation, TagAssociation.tag_id == Tag.id)
    query = query.where(TagAssociation.entity_type == TaggedKind.PRODUCT, TagAssociation.entity_id == product_id)
    return tuple(TagView(*row) for row in session.execute(query.order_by(Tag.name_key)))
