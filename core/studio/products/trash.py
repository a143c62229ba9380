"""The trash of products: throwing away, keeping the liked and binning the rest, taking back, clearing out for good."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete as delete_rows
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.chunks import chunked
from core.media import blobs
from core.studio.products import listing
from core.studio.products.changing import MOST_AT_ONCE, ChangeSet, apply
from core.studio.products.errors import ProductChangeRefused
from core.studio.products.filters import ProductFilter
from core.studio.products.models import Product, ProductOriginal
from core.system import audit
from core.system.actors import Actor


def throw_away(session: Session, actor: Actor, product_ids: Sequence[str], *, now: datetime) -> ChangeSet:
    """Move products to the trash. Posts that show them keep their picture."""
    return apply(session, actor, {key: {"deleted_at": now} for key in product_ids}, "product.deleted", now=now)


def restore(session: Session, actor: Actor, product_ids: Sequence[str], *, now: datetime) -> ChangeSet:
    """Take products out of the trash, as they were when they came in."""
    wanted = {key: {"deleted_at": None} for key in product_ids}
    return apply(session, actor, wanted, "product.restored", in_trash=True, now=now)


def list_rest(session: Session, actor: Actor, scope: ProductFilter | Sequence[str]) -> list[str]:
    """Those of a filter or a selection that nobody liked: what “keep the liked, bin the rest” would bin.

    Raises :class:`ProductChangeRefused` when more than 10,000 match.
    """
    if isinstance(scope, ProductFilter):
        if scope.trashed:
            raise ProductChangeRefused("These are in the trash already.")
        ids = listing.list_ids(session, actor, scope, limit=MOST_AT_ONCE + 1)
        if len(ids) > MOST_AT_ONCE:
            raise ProductChangeRefused(f"More than {MOST_AT_ONCE:,} pictures match. Narrow the filter first.")
    else:
        ids = list(dict.fromkeys(scope))
    liked: set[str] = set()
    for some in chunked(ids):
        query = select(Product.id).where(Product.id.in_(some), Product.user_id == actor.user_id, Product.liked)
        liked |= set(session.scalars(query))
    return [one for one in ids if one not in liked]


def bin_the_rest(session: Session, actor: Actor, scope: ProductFilter | Sequence[str], *, now: datetime) -> ChangeSet:
    """Keep the liked ones of a filter (an order's, say) or a selection, and move the rest to the trash."""
    return throw_away(session, actor, list_rest(session, actor, scope), now=now)


def purge(session: Session, actor: Actor, product_ids: Sequence[str], *, now: datetime) -> ChangeSet:
    """Delete products that are in the trash for good, with every stored file that nothing else shows."""
    gone: list[str] = []
    for some in chunked(sorted(set(product_ids))):
        query = select(Product.id, Product.name, Product.blob_id).where(
            Product.id.in_(some), Product.user_id == actor.user_id, Product.deleted_at.is_not(None)
        )
        rows = session.execute(query.order_by(Product.id).with_for_update()).all()
        ids = [row.id for row in rows]
        shown = {row.blob_id for row in rows} | set(
            session.scalars(select(ProductOriginal.blob_id).where(ProductOriginal.product_id.in_(ids)))
        )
        session.execute(
            delete_rows(Product).where(Product.id.in_(ids)), execution_options={"synchronize_session": "fetch"}
        )
        blobs.release(session, actor.user_id, shown, now=now)
        events = [audit.event_row(actor, "product.purged", row.id, before={"name": row.name}, now=now) for row in rows]
        audit.record_all(session, events)
        gone += ids
    return ChangeSet(tuple(gone), tuple(one for one in product_ids if one not in set(gone)))


def purge_expired(session: Session, *, older_than: timedelta, limit: int = 200, now: datetime) -> int:
    """Clear out what has been in anybody's trash for ``older_than``; how many went, at most ``limit``."""
    query = select(Product.id, Product.user_id).where(Product.deleted_at < now - older_than)
    by_owner: dict[str, list[str]] = {}
    for row in session.execute(query.order_by(Product.deleted_at).limit(limit)):
        by_owner.setdefault(row.user_id, []).append(row.id)
    return sum(
        len(purge(session, Actor.sidecar(user_id), ids, now=now).changed) for user_id, ids in sorted(by_owner.items())
    )
