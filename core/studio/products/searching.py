"""A filter as conditions of one query on ``products``."""

from operator import ge, le
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal, literal_column, select, text, true
from sqlalchemy.orm import Session

from core.db.base import Base
from core.db.search import FEW, Searchable, matching, text_of
from core.studio.orders.models import OrderItem
from core.studio.products.filters import ProductFilter
from core.studio.products.models import IMPORTED, LIKED, LIVE, REJECTED, UNSORTED, Product, ProductSource
from core.studio.shelves.models import Collection, CollectionProduct, Tag, TagAssociation, TaggedKind
from core.system.actors import Actor

Conditions = list[ColumnElement[bool]]


def search_text(
    *, name: str, prompt: str | None, provider: str | None, model: str | None, notes: str | None = None
) -> str:
    """What ``search_text`` of a product holds; whoever writes one of these writes it anew."""
    return text_of(name, prompt, model, provider, notes)


def conditions(session: Session, actor: Actor, wanted: ProductFilter, *, by_time: bool = False) -> Conditions:
    """The filter as conditions; always the person's own rows. ``rating_from`` is left to the listing.

    ``by_time``: the rows are wanted in the order they were made, which no index of another column gives.
    """
    found: Conditions = [
        Product.user_id == actor.user_id,
        _partial("deleted_at IS NOT NULL" if wanted.trashed else LIVE),
    ]
    for column, value in (
        (Product.project_id, wanted.project_id),
        (Product.provider, wanted.provider),
        (Product.model, wanted.model),
        (Product.type, wanted.type),
    ):
        if value is not None:
            found.append(column == value)
    found += _states(wanted)
    found += _times(wanted)
    found += _costs(session, actor, wanted, by_time)
    found += _memberships(session, actor, wanted)
    if wanted.drafted is not None:
        found.append(_is_drafted() if wanted.drafted else ~_is_drafted())
    if wanted.words:
        found.append(matching(session, Searchable.PRODUCTS, wanted.words))
    return found


def _partial(words: str) -> ColumnElement[bool]:
    """The condition of a partial index, word for word."""
    return and_(text(words))


def _states(wanted: ProductFilter) -> Conditions:
    found: Conditions = []
    if wanted.no_project:
        found.append(Product.project_id.is_(None))
    if wanted.unrated:
        found.append(Product.rating.is_(None))
    if wanted.unsorted:
        found += [Product.liked == false(), Product.rejected == false(), Product.rating.is_(None)]
    for column, value in ((Product.liked, wanted.liked), (Product.rejected, wanted.rejected)):
        if value is not None:
            found.append(column == (true() if value else false()))
    if wanted.source is not None:
        found.append(Product.source == wanted.source)
    # What the partial indexes say, besides the columns it is about.
    partial = ((wanted.unsorted, UNSORTED), (wanted.liked, LIKED), (wanted.rejected, REJECTED),
               (wanted.source is ProductSource.IMPORTED, IMPORTED))  # fmt: skip
    return found + [_partial(words) for applies, words in partial if applies and not wanted.trashed]


def _times(wanted: ProductFilter) -> Conditions:
    found: Conditions = []
    if wanted.created_from is not None:
        found.append(Product.created_at >= wanted.created_from)
    if wanted.created_before is not None:
        found.append(Product.created_at < wanted.created_before)
    return found


def _costs(session: Session, actor: Actor, wanted: ProductFilter, by_time: bool) -> Conditions:
    found: Conditions = [Product.cost.is_(None)] if wanted.cost_unknown else []
    ends = [(one, sign) for one, sign in ((wanted.cost_from, ge), (wanted.cost_to, le)) if one is not None]
    ranged: Conditions = [sign(Product.cost, one) for one, sign in ends]
    if ranged and by_time and session.get_bind().dialect.name != "postgresql":
        mine: Select[Any] = select(literal_column("1")).where(Product.user_id == actor.user_id, _partial(LIVE), *ranged)
        if _has_more(session, mine):
            # All of them would be sorted. The index of costs does not fit a sum.
            ranged = [sign(Product.cost + 0, literal(one, Product.cost.type)) for one, sign in ends]
    return found + ranged


def _has_more(session: Session, query: Select[Any]) -> bool:
    """Whether there are more rows than are looked up one by one."""
    some = query.limit(FEW + 1).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) > FEW


def _memberships(session: Session, actor: Actor, wanted: ProductFilter) -> Conditions:
    found: Conditions = []
    if wanted.tag_id is not None:
        tagged = select(TagAssociation.entity_id).join(Tag, Tag.id == TagAssociation.tag_id)
        tagged = tagged.where(
            Tag.id == wanted.tag_id, Tag.user_id == actor.user_id, TagAssociation.entity_type == TaggedKind.PRODUCT
        )
        found.append(_is_among(session, Product.id, tagged, TagAssociation.entity_id))
    if wanted.collection_id is not None:
        members = select(CollectionProduct.product_id).join(
            Collection, Collection.id == CollectionProduct.collection_id
        )
        members = members.where(Collection.id == wanted.collection_id, Collection.user_id == actor.user_id)
        found.append(_is_among(session, Product.id, members, CollectionProduct.product_id))
    if wanted.order_id is not None:
        items = select(OrderItem.id).where(OrderItem.order_id == wanted.order_id, OrderItem.user_id == actor.user_id)
        found.append(_is_among(session, Product.order_item_id, items, OrderItem.id))
    return found


def _is_among(session: Session, column: Any, members: Select[Any], key: Any) -> ColumnElement[bool]:
    """That ``column`` is one of ``members``, asked so that it is quick for few and for many of them.

    PostgreSQL decides by itself. SQLite does not know how many there are: few are looked up one by one, of many the
    list is walked until a page is full.
    """
    if session.get_bind().dialect.name == "postgresql":
        condition: ColumnElement[bool] = column.in_(members)
        return condition
    if not _has_more(session, members):
        listed: ColumnElement[bool] = column.in_(members)
        return listed
    return exists(members.with_only_columns(literal_column("1")).where(key == column).correlate(Product))


def _is_drafted() -> ColumnElement[bool]:
    """That a post outside the trash shows it. By the names of the tables: publishing stands above the studio."""
    files, posts = (Base.metadata.tables[name] for name in ("deviation_files", "deviations"))
    # One in the other, not joined: SQLite might begin with all posts there are.
    is_live = exists().where(posts.c.id == files.c.deviation_id, posts.c.deleted_at.is_(None)).correlate(files)
    return exists().where(files.c.product_id == Product.id, is_live).correlate(Product)
