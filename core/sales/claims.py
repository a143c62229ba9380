"""What clients that set prices ask for: the next piece, more time, and a way to say how it went.

A claim is one conditional update. It gives the client a lease (``processing_by``, ``locked_at``) and
raises the fence (``claim_version``); every answer carries both, so whoever lost a piece to somebody
else changes nothing. A lease that ran out costs nothing until somebody else takes the piece.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, update
from sqlalchemy.orm import Session, aliased

from core.media.blobs import remove_objects
from core.sales import proof as proofs
from core.sales.access import get_sale, is_shown, move
from core.sales.leases import (
    LEASE_RAN_OUT,
    LEASE_SECONDS,
    is_late_answer,
    is_same_claim,
    is_stale,
    last_client,
    next_try_after,
    read_client,
    read_details,
    read_message,
    require_claim,
)
from core.sales.models import PricePreset, SaleQueue, SaleQueueStatus
from core.sales.money import money
from core.sales.proof import StoredProof
from core.system import audit
from core.system.actors import Actor
from core.system.notifications import notify

MAX_ATTEMPTS = 3

_S = SaleQueueStatus


@dataclass(frozen=True, slots=True)
class ClaimedSale:
    """A piece to be priced, and the claim to answer with. ``price`` is in cents (whole units for yen and won).

    ``is_resumed``: the client held it already, from a claim whose answer it may never have seen; the lease
    is as it was.
    """

    sale_id: str
    claim_version: int
    attempts: int  # this one included
    deviation_id: str
    title: str
    url: str
    price: int
    currency: str
    price_preset_id: str
    price_preset_name: str
    cover_blob_id: str | None
    lease_expires_at: datetime
    is_resumed: bool


def claim_next(
    session: Session, actor: Actor, *, client: str, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> ClaimedSale | None:
    """The next piece for ``client`` (its own name for itself); ``None`` when nothing waits.

    First what this client holds already, then what another let run out, then the longest waiting whose
    pause is over. Raises :class:`SaleRefused` for a name that cannot be used.
    """
    client = read_client(client)
    lease = timedelta(seconds=lease_seconds)
    _wait_for_itself(session, actor, client)
    held = _find_held(session, actor, client, now=now, lease=lease)
    if held is not None:
        return _claimed(session, held, lease=lease, is_resumed=True)
    _give_up_abandoned(session, actor, now=now, lease=lease)
    row = aliased(SaleQueue, name="waiting")
    abandoned = and_(row.status == _S.PROCESSING, row.attempts < MAX_ATTEMPTS, is_stale(row, now=now, lease=lease))
    # Word for word as in the partial index; SQLite compares the text.
    waiting = and_(literal_column("waiting.status = 'pending'"), or_(row.not_before.is_(None), row.not_before <= now))
    sale = _take(session, actor, client, row, abandoned, now=now) or _take(
        session, actor, client, row, waiting, now=now
    )
    return _claimed(session, sale, lease=lease) if sale is not None else None


def heartbeat(
    session: Session,
    actor: Actor,
    sale_id: str,
    *,
    client: str,
    claim_version: int,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> datetime:
    """Renew the lease of a claim; until when it is good now. Raises :class:`SaleNotFound` or :class:`ClaimLost`."""
    sale = get_sale(session, actor, sale_id)
    require_claim(sale, read_client(client), claim_version)
    sale.locked_at = sale.updated_at = now
    session.flush()
    return now + timedelta(seconds=lease_seconds)


def complete(
    session: Session,
    actor: Actor,
    sale_id: str,
    *,
    client: str,
    claim_version: int,
    proof: StoredProof | None = None,
    now: datetime,
) -> SaleQueue:
    """Say that the price is set. The same answer again changes nothing, so a lost one may be repeated.

    Accepted also after the lease ran out, as long as nobody else took the piece. ``proof`` comes from
    ``proof.stored``. Raises :class:`SaleNotFound` or :class:`ClaimLost`.
    """
    client = read_client(client)
    sale = get_sale(session, actor, sale_id)
    if sale.status is _S.COMPLETED and is_same_claim(sale, sale.completed_by, client, claim_version):
        _keep_first_proof(session, sale, proof, now=now)
        return sale
    if not is_late_answer(sale, client, claim_version):
        require_claim(sale, client, claim_version)
    if proof is not None:
        proofs.put_on(session, sale, proof, now=now)
    move(
        session, actor, sale, _S.COMPLETED, "sale.completed", reason=f"priced by {client}",
        completed_at=now, completed_by=client, error_message=None, error_details=None, not_before=None, now=now,
    )  # fmt: skip
    notify(
        session,
        sale.user_id,
        f"sale.completed:{sale.id}",
        f"“{sale.title}” is priced at {money(sale.price, sale.currency)}",
        body=f"{client} set the price.",
        link="sales",
        now=now,
    )
    return sale


def fail(
    session: Session,
    actor: Actor,
    sale_id: str,
    *,
    client: str,
    claim_version: int,
    message: str,
    details: dict[str, Any] | None = None,
    proof: StoredProof | None = None,
    now: datetime,
) -> SaleQueue:
    """Say that the price could not be set: the piece waits (1, then 5 minutes) for its next try, or has failed.

    The same answer again changes nothing. Raises :class:`SaleNotFound`, :class:`ClaimLost`, or
    :class:`SaleRefused` without a message or for details that are too long.
    """
    client, message, details = read_client(client), read_message(message), read_details(details)
    sale = get_sale(session, actor, sale_id)
    if sale.status in {_S.PENDING, _S.FAILED} and is_same_claim(sale, last_client(sale), client, claim_version):
        _keep_first_proof(session, sale, proof, now=now)
        return sale
    require_claim(sale, client, claim_version)
    if proof is not None:
        proofs.put_on(session, sale, proof, now=now)
    _end_try(session, actor, sale, message, {"client": client, "details": details}, now=now)
    return sale


def _wait_for_itself(session: Session, actor: Actor, client: str) -> None:
    """Let a client that asks twice at once, as after a time-out, get one piece and not two."""
    if session.get_bind().dialect.name == "postgresql":  # on SQLite there is one writer at a time anyhow
        name = f"sale-claim:{actor.user_id}:{client}"
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def _find_held(session: Session, actor: Actor, client: str, *, now: datetime, lease: timedelta) -> SaleQueue | None:
    query = select(SaleQueue).where(
        SaleQueue.user_id == actor.user_id,
        SaleQueue.status == _S.PROCESSING,
        SaleQueue.processing_by == client,
        ~is_stale(SaleQueue, now=now, lease=lease),
        is_shown(),
    )
    return session.scalar(query.order_by(SaleQueue.created_at, SaleQueue.id).limit(1))


def _take(
    session: Session, actor: Actor, client: str, row: Any, condition: ColumnElement[bool], *, now: datetime
) -> SaleQueue | None:
    """Claim the oldest that meets ``condition``, passing over what others are claiming at this moment."""
    first = (
        select(row.id)
        .where(row.user_id == actor.user_id, condition, is_shown(row))
        .order_by(row.created_at, row.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=row)
        .scalar_subquery()
    )
    taken = session.execute(
        update(SaleQueue)
        .where(SaleQueue.id == first)
        .values(
            status=_S.PROCESSING,
            processing_by=client,
            locked_at=now,
            last_attempt_at=now,
            attempts=SaleQueue.attempts + 1,
            claim_version=SaleQueue.claim_version + 1,
            not_before=None,
            updated_at=now,
        )
        .returning(SaleQueue),
        execution_options={"populate_existing": True, "synchronize_session": False},
    ).scalar_one_or_none()
    if taken is not None:
        after = {"status": _S.PROCESSING.value, "client": client, "attempts": taken.attempts}
        audit.record(session, actor, "sale.claimed", taken.id, after=after, reason=f"claimed by {client}", now=now)
    return taken


def _give_up_abandoned(session: Session, actor: Actor, *, now: datetime, lease: timedelta) -> None:
    """Fail what ran out of its lease on its last try."""
    query = select(SaleQueue).where(
        SaleQueue.user_id == actor.user_id,
        SaleQueue.status == _S.PROCESSING,
        SaleQueue.attempts >= MAX_ATTEMPTS,
        is_stale(SaleQueue, now=now, lease=lease),
    )
    for sale in session.scalars(query.with_for_update(skip_locked=True)):
        message = f"{sale.processing_by} took it and was not heard of again; that was try {sale.attempts}."
        _end_try(session, actor, sale, message, {"client": sale.processing_by, "why": LEASE_RAN_OUT}, now=now)


def _end_try(
    session: Session, actor: Actor, sale: SaleQueue, message: str, details: dict[str, Any], *, now: datetime
) -> None:
    is_last = sale.attempts >= MAX_ATTEMPTS
    move(
        session,
        actor,
        sale,
        _S.FAILED if is_last else _S.PENDING,
        "sale.failed" if is_last else "sale.tried",
        reason=message,
        not_before=None if is_last else now + next_try_after(sale.attempts),
        error_message=message,
        error_details=details,
        now=now,
    )
    if is_last:
        topic, title = f"sale.failed:{sale.id}", f"“{sale.title}” could not be priced"
        notify(session, sale.user_id, topic, title, body=message, link="sales", level="warning", now=now)


def _keep_first_proof(session: Session, sale: SaleQueue, proof: StoredProof | None, *, now: datetime) -> None:
    """A repeated answer brings its screenshot again: kept if there is none yet."""
    if proof is None or proof.key == sale.screenshot_key:
        return
    if sale.screenshot_key is None:
        proofs.put_on(session, sale, proof, now=now)
    else:
        remove_objects(session, [proof.key], now=now)


def _claimed(session: Session, sale: SaleQueue, *, lease: timedelta, is_resumed: bool = False) -> ClaimedSale:
    preset_name = session.scalar(select(PricePreset.name).where(PricePreset.id == sale.price_preset_id))
    assert sale.locked_at is not None  # a processing sale has a lease, see the table's checks
    return ClaimedSale(
        sale_id=sale.id,
        claim_version=sale.claim_version,
        attempts=sale.attempts,
        deviation_id=sale.deviation_id,
        title=sale.title,
        url=sale.url,
        price=sale.price,
        currency=sale.currency,
        price_preset_id=sale.price_preset_id,
        price_preset_name=preset_name or "",
        cover_blob_id=sale.cover_blob_id,
        lease_expires_at=sale.locked_at + lease,
        is_resumed=is_resumed,
    )
