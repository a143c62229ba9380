"""Pictures that nobody has judged yet."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.studio.products.models import Product, ProductSource
from core.system.actors import Actor


def count_unjudged(session: Session, actor: Actor, *, limit: int) -> int:
    """How many made pictures are neither liked, rated nor rejected; counts no further than ``limit``."""
    waiting = (
        select(Product.id)
        .where(
            Product.user_id == actor.user_id,
            Product.deleted_at.is_(None),
            Product.source == ProductSource.GENERATED,
            Product.liked.is_(False),
            Product.rejected.is_(False),
            Product.rating.is_(None),
        )
        .limit(limit)
    )
    return session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
