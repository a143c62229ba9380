"""Proof that a price was set: a screenshot in the object store, its key on the sale.

The object comes first, the row second. Each screenshot gets a key of its own, so that one removed
late can never be one that was stored again meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.errors import ConflictError, InvalidInputError, NotFoundError
from core.media.blobs import remove_objects
from core.media.sniff import HEAD_BYTES, MediaType, sniff
from core.media.storage import ObjectStore
from core.sales.access import get_sale
from core.sales.errors import ProofRefused
from core.sales.models import SaleQueue
from core.system import audit
from core.system.actors import Actor

MAX_PROOF_BYTES = 10 * 1024 * 1024
PROOF_TYPES = (MediaType.PNG, MediaType.JPEG, MediaType.WEBP)


@dataclass(frozen=True, slots=True)
class StoredProof:
    """A screenshot that lies in the store; ``mime`` is what its content says."""

    key: str
    mime: str


@contextmanager
def stored(store: ObjectStore, actor: Actor, content: bytes) -> Iterator[StoredProof]:
    """Put a screenshot into the store for the block that writes it down; taken away again if that refuses.

    Open the transaction inside the block, never around it: storing may take long. Raises
    :class:`ProofRefused` before anything is stored.
    """
    kind = require_screenshot(content)
    kept = StoredProof(f"{actor.user_id}/proofs/{new_id('prf')}.{kind.extension}", kind.mime)
    store.put(kept.key, content, content_type=kept.mime)
    try:
        yield kept
    except (ConflictError, InvalidInputError, NotFoundError):
        # Nothing was written. After any other error it might have been, and the object is needed.
        store.delete(kept.key)
        raise


def require_screenshot(content: bytes) -> MediaType:
    """The type of a screenshot, from its content. Raises :class:`ProofRefused`."""
    if len(content) > MAX_PROOF_BYTES:
        raise ProofRefused("The screenshot is larger than 10 MB. Save it as JPEG or WebP, or cut it, and try again.")
    kind = sniff(content[:HEAD_BYTES])
    if kind not in PROOF_TYPES:
        raise ProofRefused("The screenshot is no PNG, JPEG or WebP picture. Take it again in one of these formats.")
    return kind


def attach(session: Session, actor: Actor, sale_id: str, proof: StoredProof, *, now: datetime) -> SaleQueue:
    """Give a sale a screenshot, whatever its state; one it had before is removed from the store."""
    sale = get_sale(session, actor, sale_id)
    had_one = put_on(session, sale, proof, now=now)
    audit.record(
        session, actor, "sale.proof_attached", sale.id, before={"proof": had_one}, after={"proof": True}, now=now
    )
    return sale


def detach(session: Session, actor: Actor, sale_id: str, *, now: datetime) -> SaleQueue:
    """Take the screenshot off a sale; one without is left as it is."""
    sale = get_sale(session, actor, sale_id)
    if sale.screenshot_key is not None:
        remove_objects(session, [sale.screenshot_key], now=now)
        sale.screenshot_key = sale.screenshot_mime = None
        sale.updated_at = now
        session.flush()
        audit.record(
            session, actor, "sale.proof_removed", sale.id, before={"proof": True}, after={"proof": False}, now=now
        )
    return sale


def put_on(session: Session, sale: SaleQueue, proof: StoredProof, *, now: datetime) -> bool:
    """Write a stored screenshot onto a locked sale; whether it replaced another. The caller records the event."""
    replaced = sale.screenshot_key
    if replaced is not None:
        remove_objects(session, [replaced], now=now)
    sale.screenshot_key, sale.screenshot_mime = proof.key, proof.mime
    sale.updated_at = now
    session.flush()
    return replaced is not None


def let_go(session: Session, deviation_id: str, *, now: datetime) -> None:
    """Hand over the screenshot of a post that is about to be deleted for good, with its sale, for removal."""
    key = session.scalar(select(SaleQueue.screenshot_key).where(SaleQueue.deviation_id == deviation_id))
    if key is not None:
        remove_objects(session, [key], now=now)


def find_proof(session: Session, actor: Actor, sale_id: str) -> StoredProof | None:
    """The screenshot of the person's sale; ``None`` when there is no such sale or none on it."""
    query = select(SaleQueue.screenshot_key, SaleQueue.screenshot_mime)
    row = session.execute(query.where(SaleQueue.id == sale_id, SaleQueue.user_id == actor.user_id)).first()
    if row is None or row.screenshot_key is None or row.screenshot_mime is None:
        return None
    return StoredProof(row.screenshot_key, row.screenshot_mime)
