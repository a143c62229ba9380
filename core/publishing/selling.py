"""Posts and their prices: choosing a preset before a post is out, and queueing it for its price afterwards."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.db.base import table_of
from core.errors import AtelierError
from core.publishing import bulk
from core.publishing.access import LEASE_SECONDS, Post, load_posts
from core.publishing.editing import edit_post
from core.publishing.errors import ChangeRefused
from core.publishing.execution.ledger import Ledger
from core.publishing.models import Deviation, DeviationFile, DeviationStatus
from core.publishing.protection import forced_protection as forced_protection
from core.publishing.reports import BatchReport, Change, run_batch
from core.publishing.validation import warnings
from core.sales import queue
from core.sales.access import find_waiting, get_preset
from core.sales.errors import SalesError
from core.sales.money import money
from core.sales.queue import Piece
from core.system.actors import Actor

log = structlog.get_logger(__name__)
_RNG = random.SystemRandom()


def enqueue_published(ledger: Ledger) -> None:
    """Queue the post of ``ledger``, all of whose files are out, in the transaction that writes so.

    Only a post with a preset and an address. Nothing that goes wrong here stands in the way of the post.
    """
    work = ledger.work
    url = work.files[0].remote_url
    if work.row.sale_preset_id is None or work.stash_only or url is None:
        return
    try:
        # What fails is undone to here; an error would otherwise spoil the whole transaction on PostgreSQL.
        with (
            ledger.connection.begin_nested(),
            # The ORM session joins the transaction under way; it neither commits nor closes it.
            Session(ledger.connection, join_transaction_mode="rollback_only") as session,
        ):
            files = table_of(DeviationFile)
            cover = session.scalar(select(files.c.blob_id).where(files.c.id == work.files[0].id))
            piece = Piece(work.id, work.row.title, url, cover)
            actor = Actor.sidecar(work.user_id)
            queue.enqueue(
                session, actor, [piece], work.row.sale_preset_id, rng=_RNG, even_archived=True, now=ledger.now
            )
    except (AtelierError, SQLAlchemyError) as error:
        log.error("A published post could not be queued for its price.", deviation_id=work.id, error=str(error))


def sell(
    session: Session, actor: Actor, ids: Sequence[str], preset_id: str, *, rng: random.Random, now: datetime
) -> BatchReport:
    """Queue published posts for their price, each with a draw of its own.

    Those in the queue already stay as they are. Raises :class:`PresetNotFound`.
    """
    get_preset(session, actor, preset_id)

    def change(post: Post) -> Change:
        with _refusing():
            report = queue.enqueue(session, actor, [_piece(post)], preset_id, rng=rng, now=now)
        if not report.added:
            return Change(False, (f"“{post.row.title}” is in the sale queue already, at the price it was given.",))
        price = money(report.added[0].price, report.added[0].currency)
        return Change(warnings=(f"“{post.row.title}” waits for its price, {price}.", *_unprotected(post.row)))

    return run_batch(ids, load_posts(session, actor, ids), change)


def withdraw(session: Session, actor: Actor, ids: Sequence[str], *, now: datetime) -> BatchReport:
    """Take posts out of the sale queue that wait there; what is being priced, or is priced, stays."""

    def change(post: Post) -> Change:
        sale = find_waiting(session, actor, post.row.id)
        if sale is None:
            raise ChangeRefused(f"“{post.row.title}” does not wait for its price any more. See Sell › Sale queue.")
        with _refusing():
            queue.remove(session, actor, sale.id, now=now)
        return Change()

    return run_batch(ids, load_posts(session, actor, ids), change)


def choose_preset(
    session: Session,
    actor: Actor,
    ids: Sequence[str],
    preset_id: str | None,
    *,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> BatchReport:
    """Say what posts are sold at once they are out, and protect them for it; ``None``: they are not sold.

    Can be undone by ``bulk.undo``. Raises :class:`PresetNotFound`.
    """
    if preset_id is not None:
        get_preset(session, actor, preset_id)

    def change(post: Post, trail: bulk.Trail) -> Change:
        values: dict[str, Any] = {"sale_preset_id": preset_id}
        if preset_id is not None:
            _require_public(post)
            # Also for one that has this very preset: it may have been chosen before it was protected.
            values |= forced_protection({"display_resolution": post.row.display_resolution})
        changed = edit_post(session, actor, post, values, trail=trail, now=now, lease_seconds=lease_seconds)
        return Change(bool(changed), warnings(post))

    return bulk.run_as_one(session, actor, ids, change)


@contextmanager
def _refusing() -> Iterator[None]:
    """What the queue refuses about one post is that post's affair, not the batch's."""
    try:
        yield
    except SalesError as error:
        raise ChangeRefused(str(error)) from error


def _piece(post: Post) -> Piece:
    """The published post as the queue takes it. Raises :class:`ChangeRefused`."""
    row = post.row
    if row.status is not DeviationStatus.PUBLISHED:
        raise ChangeRefused(
            f"“{row.title}” is not published yet. Choose its price preset, and it is queued when it is."
        )
    _require_public(post)
    if not row.deviation_url:
        raise ChangeRefused(f"The address of “{row.title}” at DeviantArt is not known, so nobody could price it there.")
    return Piece(row.id, row.title, row.deviation_url, post.files[0].blob_id if post.files else None)


def _require_public(post: Post) -> None:
    if post.row.stash_only:
        raise ChangeRefused(f"“{post.row.title}” is kept in Sta.sh only, where nothing is sold.")


def _unprotected(row: Deviation) -> tuple[str, ...]:
    if row.allow_free_download:
        return (f"“{row.title}” was published with a free download. Switch that off at DeviantArt before you sell it.",)
    return ()
