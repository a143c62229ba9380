"""What the studio throws away for good, and when: the trash after its time, generation logs after theirs.

Everything goes in bounded batches, one transaction each, with an event in the trail for each thing that had an owner.
"""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from core.identity.roles import require_admin
from core.studio.orders.models import WAITING, GenerationLog, Order, OrderItem, ProviderWebhook
from core.studio.products import trash as products_trash
from core.studio.products.models import Product
from core.studio.shelves.models import Collection, Project
from core.studio.wording.models import GenerationTemplate, Lookup
from core.system import audit
from core.system.actors import Actor

LOGS_AT_A_TIME = 5_000


class TrashKind(enum.StrEnum):
    """What has a trash, in the order it is emptied: products before the orders and projects they came from."""

    PRODUCTS = "products"
    ORDERS = "orders"
    PROJECTS = "projects"
    COLLECTIONS = "collections"
    TEMPLATES = "templates"
    LOOKUPS = "lookups"


@dataclass(frozen=True, slots=True)
class TrashHeap:
    """Everybody's trash of one kind; ``oldest_at`` is ``None`` when it is empty."""

    kind: TrashKind
    count: int
    oldest_at: datetime | None


_MODELS: Mapping[TrashKind, type[Any]] = {
    TrashKind.PRODUCTS: Product,
    TrashKind.ORDERS: Order,
    TrashKind.PROJECTS: Project,
    TrashKind.COLLECTIONS: Collection,
    TrashKind.TEMPLATES: GenerationTemplate,
    TrashKind.LOOKUPS: Lookup,
}
# An order takes up to a thousand items with it, a project lets go of all that is in it.
AT_A_TIME: Mapping[TrashKind, int] = {
    TrashKind.PRODUCTS: 200,
    TrashKind.ORDERS: 10,
    TrashKind.PROJECTS: 5,
    TrashKind.COLLECTIONS: 20,
    TrashKind.TEMPLATES: 200,
    TrashKind.LOOKUPS: 200,
}


def trash_of_house(session: Session, actor: Actor) -> list[TrashHeap]:
    """How much of everybody's lies in the trash, by kind. For administrators."""
    require_admin(session, actor)
    found = []
    for kind, model in _MODELS.items():
        query = select(func.count(), func.min(model.deleted_at)).where(model.deleted_at.is_not(None))
        count, oldest = session.execute(query).one()
        found.append(TrashHeap(kind, count, oldest))
    return found


def purge_expired(session: Session, kind: TrashKind, *, older_than: timedelta, now: datetime) -> int:
    """Clear out one batch of what has been in anybody's trash for ``older_than``; how many went, 0: nothing is left."""
    if kind is TrashKind.PRODUCTS:
        return products_trash.purge_expired(session, older_than=older_than, limit=AT_A_TIME[kind], now=now)
    model = _MODELS[kind]
    query = select(model).where(model.deleted_at < now - older_than).order_by(model.deleted_at, model.id)
    if kind is TrashKind.ORDERS:
        query = query.where(~_has_waiting_items())
    rows = list(session.scalars(query.limit(AT_A_TIME[kind]).with_for_update(skip_locked=True)))
    if not rows:
        return 0
    if kind is TrashKind.PROJECTS:
        _let_go(session, [row.id for row in rows])
    told = _NAMES[kind]
    events = [
        audit.event_row(
            Actor.sidecar(row.user_id), f"{told[0]}.purged", row.id, before={told[1]: told[2](row)}, now=now
        )
        for row in rows
    ]
    ids = [row.id for row in rows]
    for row in rows:
        session.expunge(row)
    session.execute(delete(model).where(model.id.in_(ids)), execution_options={"synchronize_session": False})
    audit.record_all(session, events)
    return len(ids)


def empty_trash(session: Session, actor: Actor, kind: TrashKind, *, now: datetime) -> int:
    """Clear out one batch of everybody's trash at once, whatever its age; how many went. For administrators."""
    require_admin(session, actor)
    gone = purge_expired(session, kind, older_than=timedelta(seconds=-1), now=now)
    if gone:
        audit.record(session, actor, "trash.emptied", kind.value, after={"count": gone}, now=now)
    return gone


def forget_logs(session: Session, *, older_than: timedelta, now: datetime) -> int:
    """Delete one batch of generation logs and of noted webhooks; how many rows."""
    gone = 0
    for model, at in ((GenerationLog, GenerationLog.timestamp), (ProviderWebhook, ProviderWebhook.received_at)):
        some = select(model.id).where(at < now - older_than).order_by(at).limit(LOGS_AT_A_TIME)
        done = session.execute(
            delete(model).where(model.id.in_(some.scalar_subquery())),
            execution_options={"synchronize_session": False},
        )
        gone += done.rowcount  # type: ignore[attr-defined]  # DELETE
    return gone


def _has_waiting_items() -> Any:
    """An order that something of is still to be done for stays; it should not be in the trash at all."""
    return select(OrderItem.id).where(OrderItem.order_id == Order.id, text(f"order_items.{WAITING}")).exists()


def _let_go(session: Session, project_ids: list[str]) -> None:
    """Whatever is still in these projects stays without one: the database would delete it, files and all forgotten.

    Templates of a project alone can be used everywhere from then on.
    """
    for model in (Order, Product):
        session.execute(
            update(model).where(model.project_id.in_(project_ids)).values(project_id=None),
            execution_options={"synchronize_session": False},
        )
    session.execute(
        update(GenerationTemplate)
        .where(GenerationTemplate.project_id.in_(project_ids))
        .values(project_id=None, is_global=True),
        execution_options={"synchronize_session": False},
    )
    session.expire_all()


_NAMES: Mapping[TrashKind, tuple[str, str, Callable[[Any], Any]]] = {
    TrashKind.ORDERS: ("order", "items", lambda row: row.expanded_count),
    TrashKind.PROJECTS: ("project", "name", lambda row: row.name),
    TrashKind.COLLECTIONS: ("collection", "name", lambda row: row.name),
    TrashKind.TEMPLATES: ("template", "name", lambda row: row.name),
    TrashKind.LOOKUPS: ("lookup", "key", lambda row: row.key.rpartition("~")[0]),
}
