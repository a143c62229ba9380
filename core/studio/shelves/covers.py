"""The pictures on the cards of collections and projects."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.errors import AtelierError
from core.studio.products.models import Product
from core.studio.products.views import views_of
from core.studio.shelves.models import Collection, CollectionProduct, Project
from core.studio.shelves.smart import smart_ids
from core.system.actors import Actor

MOST = 4


def covers_of_collections(session: Session, actor: Actor, rows: Sequence[Collection]) -> Mapping[str, list[str]]:
    """Up to four blobs for each: the cover, then the first members."""
    members = _first_members(session, [row.id for row in rows if row.rule is None])
    chosen: dict[str, list[str]] = {}
    for row in rows:
        found = members.get(row.id, []) if row.rule is None else _matching(session, actor, row)
        first = [row.cover_product_id] if row.cover_product_id else []
        chosen[row.id] = list(dict.fromkeys([*first, *found]))
    return _blobs(session, actor, chosen)


def covers_of_projects(session: Session, actor: Actor, rows: Sequence[Project]) -> Mapping[str, list[str]]:
    """Up to four blobs for each: those featured, or the latest."""
    chosen = {row.id: list(row.featured_product_ids) or _latest(session, actor, row.id) for row in rows}
    return _blobs(session, actor, chosen)


def _first_members(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    place = func.row_number().over(
        partition_by=CollectionProduct.collection_id,
        order_by=(CollectionProduct.position, CollectionProduct.added_at, CollectionProduct.product_id),
    )
    numbered = (
        select(CollectionProduct.collection_id, CollectionProduct.product_id, place.label("place"))
        .join(Product, Product.id == CollectionProduct.product_id)
        .where(CollectionProduct.collection_id.in_(ids), Product.deleted_at.is_(None))
        .subquery()
    )
    found: dict[str, list[str]] = {}
    for row in session.execute(select(numbered).where(numbered.c.place <= MOST).order_by(numbered.c.place)):
        found.setdefault(row.collection_id, []).append(row.product_id)
    return found


def _matching(session: Session, actor: Actor, row: Collection) -> list[str]:
    try:
        return smart_ids(session, actor, row, limit=MOST)
    except AtelierError:
        return []  # a rule nobody can read any more: its card says so


def _latest(session: Session, actor: Actor, project_id: str) -> list[str]:
    query = select(Product.id).where(
        Product.user_id == actor.user_id, Product.project_id == project_id, Product.deleted_at.is_(None)
    )
    return list(session.scalars(query.order_by(Product.created_at.desc(), Product.id.desc()).limit(MOST)))


def _blobs(session: Session, actor: Actor, chosen: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    wanted = list(dict.fromkeys(one for ids in chosen.values() for one in ids))
    views = views_of(session, actor.user_id, wanted)
    blobs = {view.id: view.blob_id for view in views if view.deleted_at is None}
    return {key: [blobs[one] for one in ids if one in blobs][:MOST] for key, ids in chosen.items()}
