"""Products as screens show them: plain values, no rows of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from core.db.base import Base
from core.db.chunks import chunked
from core.media.models import Blob
from core.studio.products.models import Product, ProductSource, ProductType
from core.studio.shelves.models import Project

_PROMPT_SHOWN = 400


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product as a list shows it.

    Width and height are in pixels, ``duration`` in seconds, ``cost`` in US dollars (``None``: unknown). ``prompt`` is
    cut after 400 characters. ``drafts`` counts the posts outside the trash that show it.
    """

    id: str
    name: str
    type: ProductType
    source: ProductSource
    blob_id: str
    storage_key: str
    mime_type: str
    file_size: int
    width: int | None
    height: int | None
    duration: float | None
    provider: str | None
    model: str | None
    prompt: str | None
    seed: str | None
    cost: Decimal | None
    cost_is_estimated: bool
    liked: bool
    rejected: bool
    rating: int | None
    has_notes: bool
    project_id: str | None
    project_name: str | None
    order_item_id: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    drafts: int


_COLUMNS: tuple[Any, ...] = (
    Product.id,
    Product.name,
    Product.type,
    Product.source,
    Product.blob_id,
    Blob.storage_key,
    Blob.mime_type,
    Blob.file_size,
    Blob.width,
    Blob.height,
    Blob.duration,
    Product.provider,
    Product.model,
    func.substr(Product.prompt, 1, _PROMPT_SHOWN).label("prompt"),
    Product.seed,
    Product.cost,
    Product.cost_is_estimated,
    Product.liked,
    Product.rejected,
    Product.rating,
    Product.notes.is_not(None).label("has_notes"),
    Product.project_id,
    Project.name.label("project_name"),
    Product.order_item_id,
    Product.created_at,
    Product.updated_at,
    Product.deleted_at,
)


def views_of(session: Session, user_id: str, ids: Sequence[str]) -> tuple[ProductView, ...]:
    """Those of ``ids`` that are the person's, in this order, in the trash or not."""
    found: dict[str, ProductView] = {}
    for some in chunked(ids):
        query = select(*_COLUMNS).join(Blob, Blob.id == Product.blob_id)
        query = query.outerjoin(Project, Project.id == Product.project_id)
        drafts = drafts_of(session, some)
        for row in session.execute(query.where(Product.id.in_(some), Product.user_id == user_id)):
            found[row.id] = ProductView(**row._mapping, drafts=drafts.get(row.id, 0))
    return tuple(found[one] for one in ids if one in found)


def drafts_of(session: Session, ids: Sequence[str]) -> dict[str, int]:
    """How many posts outside the trash show each of ``ids``; by the tables' names, for publishing stands above."""
    files, posts = (Base.metadata.tables[name] for name in ("deviation_files", "deviations"))
    # Not an inner join with a condition on posts: SQLite might begin with all posts there are.
    live = func.count(case((posts.c.deleted_at.is_(None), posts.c.id)).distinct())
    query = select(files.c.product_id, live).outerjoin(posts, posts.c.id == files.c.deviation_id)
    query = query.where(files.c.product_id.in_(ids)).group_by(files.c.product_id)
    return {row[0]: row[1] for row in session.execute(query)}
