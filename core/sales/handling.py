"""What a person does with a sale: price it by hand, leave it out, try it again, take it from a dead client."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.sales import proof as proofs
from core.sales.access import BY_HAND, get_sale, is_shown, move
from core.sales.errors import IllegalMove, SaleHeld, SalesError
from core.sales.models import SaleQueue, SaleQueueStatus
from core.sales.proof import StoredProof
from core.system.actors import Actor

_S = SaleQueueStatus


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of several sales: how many changed, and why the others did not."""

    done: int
    refusals: tuple[str, ...]


def mark_done(
    session: Session, actor: Actor, sale_id: str, *, proof: StoredProof | None = None, now: datetime
) -> SaleQueue:
    """Say that a person has set the price at the site. Raises :class:`SaleHeld` while a client has it."""
    sale = _get_free(session, actor, sale_id)
    if proof is not None:
        proofs.put_on(session, sale, proof, now=now)
    move(
        session, actor, sale, _S.COMPLETED, "sale.completed", reason=f"priced {BY_HAND}",
        completed_at=now, completed_by=BY_HAND, error_message=None, error_details=None, not_before=None, now=now,
    )  # fmt: skip
    return sale


def reopen(session: Session, actor: Actor, sale_id: str, *, now: datetime) -> SaleQueue:
    """Take back a “done” that was a mistake; a screenshot stays."""
    sale = _get_in(session, actor, sale_id, _S.COMPLETED)
    _to_pending(session, actor, sale, "sale.reopened", now=now)
    return sale


def skip(session: Session, actor: Actor, sale_id: str, *, now: datetime) -> SaleQueue:
    """Leave a waiting or failed piece out until somebody takes it in again."""
    sale = _get_free(session, actor, sale_id)
    move(session, actor, sale, _S.SKIPPED, "sale.skipped", not_before=None, now=now)
    return sale


def unskip(session: Session, actor: Actor, sale_id: str, *, now: datetime) -> SaleQueue:
    """Let a skipped piece wait for its price again."""
    sale = _get_in(session, actor, sale_id, _S.SKIPPED)
    _to_pending(session, actor, sale, "sale.unskipped", now=now)
    return sale


def retry(session: Session, actor: Actor, sale_id: str, *, now: datetime) -> SaleQueue:
    """Give a failed piece all its tries again, from now on."""
    sale = _get_in(session, actor, sale_id, _S.FAILED)
    _to_pending(session, actor, sale, "sale.retried", now=now)
    return sale


def retry_all_failed(session: Session, actor: Actor, *, now: datetime) -> int:
    """:func:`retry` every failed piece of the person; how many."""
    failed = select(SaleQueue.id).where(SaleQueue.user_id == actor.user_id, SaleQueue.status == _S.FAILED, is_shown())
    ids = list(session.scalars(failed.order_by(SaleQueue.id)))
    return for_each(ids, lambda one: retry(session, actor, one, now=now)).done


def release(session: Session, actor: Actor, sale_id: str, *, now: datetime) -> SaleQueue:
    """Take a piece from the client that holds it, dead or alive; what that client says later changes nothing."""
    sale = _get_in(session, actor, sale_id, _S.PROCESSING)
    reason = f"taken from {sale.processing_by}"
    version = sale.claim_version + 1
    move(
        session,
        actor,
        sale,
        _S.PENDING,
        "sale.released",
        reason=reason,
        claim_version=version,
        not_before=None,
        now=now,
    )
    return sale


def for_each(ids: Sequence[str], change: Callable[[str], object]) -> Outcome:
    """Apply ``change`` to each sale; one refusal never stops the others."""
    refusals = list[str]()
    for one in dict.fromkeys(ids):
        try:
            change(one)
        except SalesError as error:
            refusals.append(str(error))
    return Outcome(len(set(ids)) - len(refusals), tuple(refusals))


def _to_pending(session: Session, actor: Actor, sale: SaleQueue, action: str, *, now: datetime) -> None:
    move(
        session, actor, sale, _S.PENDING, action, attempts=0, not_before=None, completed_at=None, completed_by=None,
        error_message=None, error_details=None, now=now,
    )  # fmt: skip


def _get_free(session: Session, actor: Actor, sale_id: str) -> SaleQueue:
    sale = get_sale(session, actor, sale_id)
    if sale.status is _S.PROCESSING:
        raise SaleHeld(f"{sale.processing_by} is pricing “{sale.title}”. Release it first, or wait until it is done.")
    return sale


def _get_in(session: Session, actor: Actor, sale_id: str, wanted: SaleQueueStatus) -> SaleQueue:
    """The sale, which must be in one state: the table of moves alone would also let others end up in the queue."""
    sale = get_sale(session, actor, sale_id)
    if sale.status is not wanted:
        raise IllegalMove(f"“{sale.title}” is no longer {wanted.value}. Reload the page to see where it stands.")
    return sale
