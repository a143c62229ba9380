"""Which products are looked at."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_

from core.studio.products.models import Product
from core.system.actors import Actor

KEPT_RATING = 4


@dataclass(frozen=True, slots=True)
class Scope:
    """A span of time (the end is not included), and a project; products in the trash count as not kept."""

    since: datetime | None = None
    until: datetime | None = None
    project_id: str | None = None
    model: str | None = None


def conditions(actor: Actor, scope: Scope) -> list[ColumnElement[bool]]:
    """The person's own products in the scope, those in the trash too: binning is a verdict."""
    found: list[ColumnElement[bool]] = [Product.user_id == actor.user_id]
    if scope.since is not None:
        found.append(Product.created_at >= scope.since)
    if scope.until is not None:
        found.append(Product.created_at < scope.until)
    if scope.project_id is not None:
        found.append(Product.project_id == scope.project_id)
    if scope.model is not None:
        found.append(Product.model == scope.model)
    return found


def is_kept() -> ColumnElement[bool]:
    """Liked, or rated four or five; and not thrown away."""
    return and_(or_(Product.liked, Product.rating >= KEPT_RATING), Product.deleted_at.is_(None))


def kept_count() -> ColumnElement[int]:
    return func.sum(case((is_kept(), 1), else_=0))


def judged_count() -> ColumnElement[int]:
    """How many somebody looked at: liked, rated, rejected or thrown away."""
    judged = or_(Product.liked, Product.rejected, Product.rating.is_not(None), Product.deleted_at.is_not(None))
    return func.sum(case((judged, 1), else_=0))
