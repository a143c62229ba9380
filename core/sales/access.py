"""Finding a person's sales, and changing one along the table of moves."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from core.db.base import Base
from core.sales.errors import PresetNotFound, SaleNotFound
from core.sales.models import PricePreset, SaleQueue, SaleQueueStatus
from core.sales.states import require_move
from core.system import audit
from core.system.actors import Actor

BY_HAND = "by hand"


def is_shown(sale: Any = SaleQueue) -> ColumnElement[bool]:
    """Not of a post in the trash: those wait until it is restored. What is priced already stays in sight."""
    # The table of posts belongs to a context above this one, so it is known by name only.
    posts = Base.metadata.tables["deviations"]
    is_thrown_away = exists().where(posts.c.id == sale.deviation_id, posts.c.deleted_at.is_not(None))
    return or_(sale.status == SaleQueueStatus.COMPLETED, ~is_thrown_away)


def get_sale(session: Session, actor: Actor, sale_id: str, *, lock: bool = True) -> SaleQueue:
    """The person's sale, locked for a change unless told otherwise. Raises :class:`SaleNotFound`."""
    query = select(SaleQueue).where(SaleQueue.id == sale_id, SaleQueue.user_id == actor.user_id, is_shown())
    query = query.execution_options(populate_existing=True)
    sale = session.scalar(query.with_for_update(of=SaleQueue) if lock else query)
    if sale is None:
        raise SaleNotFound("There is no such sale in your queue. It may have been removed; reload the page.")
    return sale


def find_waiting(session: Session, actor: Actor, deviation_id: str) -> SaleQueue | None:
    """The sale of a post, while it waits for its price; locked for a change."""
    query = select(SaleQueue).where(SaleQueue.deviation_id == deviation_id, SaleQueue.user_id == actor.user_id)
    query = query.where(SaleQueue.status == SaleQueueStatus.PENDING).execution_options(populate_existing=True)
    return session.scalar(query.with_for_update(of=SaleQueue))


def get_preset(session: Session, actor: Actor, preset_id: str, *, archived: bool = False) -> PricePreset:
    """The person's preset, kept from being deleted until the transaction ends. Raises :class:`PresetNotFound`.

    ``archived`` also finds one that was deleted while finished sales refer to it.
    """
    query = select(PricePreset).where(PricePreset.id == preset_id, PricePreset.user_id == actor.user_id)
    if not archived:
        query = query.where(PricePreset.archived_at.is_(None))
    preset = session.scalar(query.with_for_update(read=True, key_share=True))
    if preset is None:
        raise PresetNotFound("There is no such price preset. Choose one of yours under Sell › Price presets.")
    return preset


def move(
    session: Session,
    actor: Actor,
    sale: SaleQueue,
    target: SaleQueueStatus,
    action: str,
    *,
    reason: str | None = None,
    now: datetime,
    **values: Any,
) -> None:
    """Bring a locked sale to ``target`` and set ``values``; one audit event called ``action``.

    The lease goes unless it is among ``values``. Raises :class:`IllegalMove`, and then changed nothing.
    """
    require_move(sale.title, sale.status, target)
    wanted = {"status": target, "processing_by": None, "locked_at": None} | values
    before, after = audit.changes(plain(sale, wanted), {name: _plain(value) for name, value in wanted.items()})
    for name, value in wanted.items():
        setattr(sale, name, value)
    sale.updated_at = now
    session.flush()
    audit.record(session, actor, action, sale.id, before=before, after=after, reason=reason, now=now)


def plain(row: Any, names: Any) -> dict[str, Any]:
    """The named fields as JSON values, for the audit trail."""
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
