"""Collections put together by hand: members in an order of one's own, and a cover. For those by rule see ``smart``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.studio.own_rows import change, find_own
from core.studio.products.models import Product
from core.studio.shelves.errors import CollectionNotFound, ShelfInUse, ShelfRefused
from core.studio.shelves.models import Collection, CollectionProduct
from core.system import audit
from core.system.actors import Actor

NAME_LENGTH = 255
MOST_MEMBERS = 10_000


@dataclass(frozen=True, slots=True)
class CollectionForm:
    """What a person says about a collection."""

    name: str
    description: str | None = None
    is_public: bool = False


def list_collections(session: Session, actor: Actor) -> list[Collection]:
    """A person's collections by name."""
    query = select(Collection).where(Collection.user_id == actor.user_id, Collection.deleted_at.is_(None))
    return sorted(session.scalars(query), key=lambda row: (row.name.casefold(), row.id))


def list_trashed_collections(session: Session, actor: Actor) -> list[Collection]:
    """Those in the trash, the latest first."""
    query = select(Collection).where(Collection.user_id == actor.user_id, Collection.deleted_at.is_not(None))
    return list(session.scalars(query.order_by(Collection.deleted_at.desc(), Collection.id)))


def get_collection(session: Session, actor: Actor, collection_id: str) -> Collection:
    """Raises :class:`CollectionNotFound`."""
    return _find(session, actor, collection_id, in_trash=False)


def create_collection(session: Session, actor: Actor, form: CollectionForm, *, now: datetime) -> Collection:
    """A new, empty collection. Raises :class:`ShelfRefused`."""
    values = read_form(form)
    row = Collection(id=new_id("col"), user_id=actor.user_id, created_at=now, updated_at=now, **values)
    session.add(row)
    session.flush()
    audit.record(session, actor, "collection.created", row.id, after=values, now=now)
    return row


def edit_collection(
    session: Session, actor: Actor, collection_id: str, form: CollectionForm, *, now: datetime
) -> Collection:
    """Rename, describe, show or hide it."""
    row = get_collection(session, actor, collection_id)
    values = read_form(form)
    change(session, actor, row, values, "collection.edited", now=now)
    return row


def delete_collection(session: Session, actor: Actor, collection_id: str, *, now: datetime) -> None:
    """Into the trash; its products stay where they are."""
    row = get_collection(session, actor, collection_id)
    row.deleted_at = row.updated_at = now
    session.flush()
    audit.record(session, actor, "collection.deleted", row.id, now=now)


def restore_collection(session: Session, actor: Actor, collection_id: str, *, now: datetime) -> Collection:
    """Out of the trash again."""
    row = _find(session, actor, collection_id, in_trash=True)
    row.deleted_at, row.updated_at = None, now
    session.flush()
    audit.record(session, actor, "collection.restored", row.id, now=now)
    return row


def member_ids(session: Session, actor: Actor, collection_id: str) -> list[str]:
    """The products of a collection in its order, without those in the trash."""
    get_collection(session, actor, collection_id)
    query = (
        select(CollectionProduct.product_id)
        .join(Product, Product.id == CollectionProduct.product_id)
        .where(CollectionProduct.collection_id == collection_id, Product.deleted_at.is_(None))
        .order_by(CollectionProduct.position, CollectionProduct.added_at, CollectionProduct.product_id)
    )
    return list(session.scalars(query))


def add_products(
    session: Session, actor: Actor, collection_id: str, product_ids: Sequence[str], *, now: datetime
) -> int:
    """Put products at the end; how many were not in it yet. Raises :class:`ShelfRefused` for what is not one's own."""
    row = _by_hand(session, actor, collection_id)
    wanted = _require_own(session, actor, product_ids)
    there = set(session.scalars(select(CollectionProduct.product_id).where(CollectionProduct.collection_id == row.id)))
    fresh = [one for one in wanted if one not in there]
    if len(there) + len(fresh) > MOST_MEMBERS:
        raise ShelfRefused(f"A collection holds at most {MOST_MEMBERS:,} products. Make a second one.")
    last = session.scalar(select(func.max(CollectionProduct.position)).where(CollectionProduct.collection_id == row.id))
    begin = -1 if last is None else last
    session.add_all(
        CollectionProduct(collection_id=row.id, product_id=one, position=begin + number, added_at=now)
        for number, one in enumerate(fresh, start=1)
    )
    session.flush()
    session.refresh(row)
    if fresh:
        audit.record(session, actor, "collection.added", row.id, after={"products": fresh[:100], "count": len(fresh)},
                     now=now)  # fmt: skip
    return len(fresh)


def remove_products(
    session: Session, actor: Actor, collection_id: str, product_ids: Sequence[str], *, now: datetime
) -> None:
    """Take products out; a cover that goes is no cover any more."""
    row = _by_hand(session, actor, collection_id)
    session.execute(
        delete(CollectionProduct).where(
            CollectionProduct.collection_id == row.id, CollectionProduct.product_id.in_(product_ids)
        ),
        execution_options={"synchronize_session": "fetch"},
    )
    if row.cover_product_id in set(product_ids):
        row.cover_product_id = None
    session.flush()
    session.refresh(row)
    audit.record(session, actor, "collection.removed", row.id,
                 before={"products": list(product_ids)[:100], "count": len(product_ids)}, now=now)  # fmt: skip


def reorder(session: Session, actor: Actor, collection_id: str, product_ids: Sequence[str], *, now: datetime) -> None:
    """Put members into this order; those not named follow as they were."""
    row = _by_hand(session, actor, collection_id)
    before = member_ids(session, actor, collection_id)
    if not set(product_ids) <= set(before):
        raise ShelfRefused("One of these products is no longer in the collection. Reload the page.")
    order = list(dict.fromkeys([*product_ids, *before]))
    if order == before:
        return
    for position, product_id in enumerate(order):
        session.execute(
            update(CollectionProduct)
            .where(CollectionProduct.collection_id == row.id, CollectionProduct.product_id == product_id)
            .values(position=position),
            execution_options={"synchronize_session": False},
        )
    session.expire_all()
    audit.record(session, actor, "collection.reordered", row.id, before={"first": before[:20]},
                 after={"first": order[:20]}, now=now)  # fmt: skip


def put_first(session: Session, actor: Actor, collection_id: str, product_id: str, *, now: datetime) -> None:
    """Move a member to the front."""
    reorder(session, actor, collection_id, [product_id], now=now)


def move(
    session: Session, actor: Actor, collection_id: str, product_id: str, *, before: str | None, now: datetime
) -> None:
    """Put a member in front of another; ``None`` puts it at the end. Raises :class:`ShelfRefused`."""
    order = member_ids(session, actor, collection_id)
    if product_id not in order or (before is not None and before not in order):
        raise ShelfRefused("One of these products is no longer in the collection. Reload the page.")
    if before == product_id:
        return
    order.remove(product_id)
    order.insert(len(order) if before is None else order.index(before), product_id)
    reorder(session, actor, collection_id, order, now=now)


def set_cover(
    session: Session, actor: Actor, collection_id: str, product_id: str | None, *, now: datetime
) -> Collection:
    """Show this product as the collection's cover; ``None`` shows its first."""
    row = get_collection(session, actor, collection_id)
    if product_id is not None:
        _require_own(session, actor, [product_id])
    before = {"cover": row.cover_product_id}
    row.cover_product_id, row.updated_at = product_id, now
    session.flush()
    audit.record(session, actor, "collection.covered", row.id, before=before, after={"cover": product_id}, now=now)
    return row


def _by_hand(session: Session, actor: Actor, collection_id: str) -> Collection:
    row = get_collection(session, actor, collection_id)
    if row.rule is not None:
        raise ShelfInUse("This collection follows a rule. Change the rule, or make a collection by hand.")
    return row


def _require_own(session: Session, actor: Actor, product_ids: Sequence[str]) -> list[str]:
    wanted = list(dict.fromkeys(product_ids))
    own = select(Product.id).where(
        Product.id.in_(wanted), Product.user_id == actor.user_id, Product.deleted_at.is_(None)
    )
    if set(session.scalars(own)) != set(wanted):
        raise ShelfRefused("One of these products is no longer there. Reload the page.")
    return wanted


def _find(session: Session, actor: Actor, collection_id: str, *, in_trash: bool) -> Collection:
    row = find_own(session, Collection, actor, collection_id, in_trash=in_trash)
    if row is None:
        raise CollectionNotFound("There is no such collection any more. Reload the page.")
    return row


def read_form(form: CollectionForm) -> dict[str, Any]:
    """What was said, checked, as the columns take it. Raises :class:`ShelfRefused`."""
    name = " ".join(form.name.split())
    if not name or len(name) > NAME_LENGTH:
        raise ShelfRefused(f"Give the collection a name of at most {NAME_LENGTH} characters.")
    return {"name": name, "description": (form.description or "").strip()[:5000] or None, "is_public": form.is_public}
