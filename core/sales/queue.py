"""The sale queue: pieces come in with a price of their own, and go out when nobody wants them priced."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.base import Base
from core.db.ids import new_id
from core.db.upsert import insert_ignoring
from core.media.blobs import remove_objects
from core.sales.access import get_preset, get_sale, plain
from core.sales.drawing import draw_price
from core.sales.errors import IllegalMove, SaleHeld, SaleRefused
from core.sales.models import PricePreset, SaleQueue, SaleQueueStatus
from core.system import audit
from core.system.actors import Actor

TITLE_LENGTH = 200
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Piece:
    """A published post to be priced, as it is now: title, address, and the blob of its picture."""

    deviation_id: str
    title: str
    url: str
    cover_blob_id: str | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """A piece that was taken in, with the price drawn for it."""

    sale_id: str
    deviation_id: str
    price: int
    currency: str


@dataclass(frozen=True, slots=True)
class EnqueueReport:
    """What was taken in; ids of posts that were in the queue before, whatever their state; ids of no such post."""

    added: tuple[Queued, ...] = ()
    already: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def enqueue(
    session: Session,
    actor: Actor,
    pieces: Sequence[Piece],
    preset_id: str,
    *,
    rng: random.Random,
    even_archived: bool = False,
    now: datetime,
) -> EnqueueReport:
    """Take pieces into the queue, each with a draw of its own from the preset; those in it already stay as they are.

    ``even_archived``: for posts that chose the preset before it was archived. Raises
    :class:`PresetNotFound`, and :class:`SaleRefused` for a piece without an address.
    """
    preset = get_preset(session, actor, preset_id, archived=even_archived)
    wanted = {piece.deviation_id: piece for piece in pieces}
    for piece in wanted.values():
        if not piece.url.startswith(("https://", "http://")):
            raise SaleRefused(f"“{piece.title}” has no address at the site, so nobody could price it there.")
    own = _own_posts(session, actor, list(wanted))
    added, already = list[Queued](), list[str]()
    for one in (piece for piece in wanted.values() if piece.deviation_id in own):
        queued = _insert(session, actor, one, preset, draw_price(preset, rng), now=now)
        if queued is None:
            already.append(one.deviation_id)
        else:
            added.append(queued)
    audit.record_all(session, [_queued_event(actor, one, preset, now) for one in added])
    return EnqueueReport(tuple(added), tuple(already), tuple(one for one in wanted if one not in own))


def remove(session: Session, actor: Actor, sale_id: str, *, now: datetime) -> None:
    """Take a sale out of the queue for good, with its screenshot. Raises :class:`SaleHeld` while a client has it."""
    sale = get_sale(session, actor, sale_id)
    if sale.status is SaleQueueStatus.PROCESSING:
        raise SaleHeld(f"{sale.processing_by} is pricing “{sale.title}”. Release it first, or wait until it is done.")
    if sale.screenshot_key is not None:
        remove_objects(session, [sale.screenshot_key], now=now)
    before = plain(sale, ["title", "status", "price", "currency", "url", "deviation_id"])
    session.delete(sale)
    session.flush()
    audit.record(session, actor, "sale.removed", sale.id, before=before, now=now)


def change_preset(
    session: Session, actor: Actor, sale_id: str, preset_id: str, *, rng: random.Random, now: datetime
) -> SaleQueue:
    """Price a waiting piece by another preset. Raises :class:`PresetNotFound` or :class:`IllegalMove`."""
    sale = _get_waiting(session, actor, sale_id)
    _reprice(session, actor, sale, get_preset(session, actor, preset_id), rng, now=now)
    return sale


def redraw(session: Session, actor: Actor, sale_id: str, *, rng: random.Random, now: datetime) -> SaleQueue:
    """Draw the price of a waiting piece again, from the preset as it is now. Raises as :func:`change_preset`."""
    sale = _get_waiting(session, actor, sale_id)
    _reprice(session, actor, sale, get_preset(session, actor, sale.price_preset_id, archived=True), rng, now=now)
    return sale


def _reprice(
    session: Session, actor: Actor, sale: SaleQueue, preset: PricePreset, rng: random.Random, *, now: datetime
) -> None:
    names = ["price", "currency", "price_preset_id"]
    before = plain(sale, names)
    sale.price, sale.currency, sale.price_preset_id = draw_price(preset, rng), preset.currency, preset.id
    sale.updated_at = now
    session.flush()
    before, after = audit.changes(before, plain(sale, names))
    audit.record(session, actor, "sale.repriced", sale.id, before=before, after=after, now=now)


def _get_waiting(session: Session, actor: Actor, sale_id: str) -> SaleQueue:
    sale = get_sale(session, actor, sale_id)
    if sale.status is not SaleQueueStatus.PENDING:
        raise IllegalMove(f"The price of “{sale.title}” is fixed: only a piece that waits can get another one.")
    return sale


def _own_posts(session: Session, actor: Actor, ids: Sequence[str]) -> set[str]:
    """Those of ``ids`` that are posts of the person, outside the trash."""
    posts = Base.metadata.tables["deviations"]
    own = set[str]()
    for start in range(0, len(ids), _CHUNK):
        is_mine = (posts.c.user_id == actor.user_id) & posts.c.deleted_at.is_(None)
        query = select(posts.c.id).where(posts.c.id.in_(ids[start : start + _CHUNK]), is_mine)
        own |= set(session.scalars(query))
    return own


def _insert(
    session: Session, actor: Actor, piece: Piece, preset: PricePreset, price: int, *, now: datetime
) -> Queued | None:
    sale_id = new_id("sal")
    values = {
        "id": sale_id,
        "user_id": actor.user_id,
        "deviation_id": piece.deviation_id,
        "price_preset_id": preset.id,
        "price": price,
        "currency": preset.currency,
        "title": piece.title[:TITLE_LENGTH],
        "url": piece.url,
        "cover_blob_id": piece.cover_blob_id,
        "created_at": now,
        "updated_at": now,
    }
    if not insert_ignoring(session, SaleQueue, values):
        return None
    return Queued(sale_id, piece.deviation_id, price, preset.currency)


def _queued_event(actor: Actor, one: Queued, preset: PricePreset, now: datetime) -> dict[str, object]:
    after = {
        "price": one.price,
        "currency": one.currency,
        "price_preset_id": preset.id,
        "deviation_id": one.deviation_id,
    }
    return audit.event_row(actor, "sale.queued", one.sale_id, after=after, now=now)
