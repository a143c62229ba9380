"""What there is to filter by: the models and providers of a person's products."""

from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core.studio.products.models import LIVE, Product
from core.system.actors import Actor

MOST = 100


def list_models(session: Session, actor: Actor) -> list[str]:
    """Models that pictures outside the trash were made with, in order of their names."""
    return _values(session, actor, Product.model)


def list_providers(session: Session, actor: Actor) -> list[str]:
    """Providers that pictures outside the trash came from, in order of their names."""
    return _values(session, actor, Product.provider)


def _values(session: Session, actor: Actor, column: Any) -> list[str]:
    """From each value to the next by the index: as quick for a hundred thousand pictures as for ten."""
    found: list[str] = []
    query = select(func.min(column)).where(Product.user_id == actor.user_id, text(LIVE))
    while len(found) < MOST:
        value = session.scalar(query.where(column > found[-1]) if found else query.where(column.is_not(None)))
        if value is None:
            break
        found.append(value)
    return found
