"""Gallery folders as last read from the site: fresh for five minutes, shown stale for up to two hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.db.upsert import insert_or_update
from core.errors import UnavailableError
from core.identity import pacing, tokens
from core.identity.account_errors import RefreshUnderWay
from core.identity.accounts import get_account
from core.identity.models import Account
from core.publishing.models import GalleryCache
from core.publishing.providers import ErrorCategory, GalleryFolder, ProviderError
from core.publishing.site import Site
from core.system.actors import Actor

FRESH = timedelta(minutes=5)
STALE = timedelta(hours=2)
TOKEN_WAIT_SECONDS = 5.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Galleries:
    """An account's folders in the site's order. ``problem`` says why they are not fresh, in a sentence."""

    folders: Sequence[GalleryFolder]
    cached_at: datetime | None
    problem: str | None = None


def cached_galleries(session: Session, actor: Actor, account_id: str) -> Galleries:
    """What is stored, without a call and however old; empty for an account of somebody else."""
    rows = session.scalars(
        select(GalleryCache)
        .where(GalleryCache.account_id == account_id, GalleryCache.user_id == actor.user_id)
        .order_by(GalleryCache.position)
    ).all()
    folders = [GalleryFolder(row.folder_id, row.name, row.parent_id, row.size) for row in rows]
    return Galleries(folders, min((row.cached_at for row in rows), default=None))


def galleries(
    database: Database,
    sites: Mapping[str, Site],
    actor: Actor,
    account_id: str,
    *,
    now: datetime,
    floor_seconds: float,
    refresh: bool = False,
) -> Galleries:
    """The account's folders, read from the site when what is stored is older than five minutes.

    ``refresh`` reads in any case. Makes a call, so no transaction may be open. When the site limits,
    is away or busy with the account's posts, what was read within two hours is given with the
    ``problem``; with nothing to give the error is raised.
    """
    with database.read() as session:
        account = get_account(session, actor, account_id)
        known = cached_galleries(session, actor, account_id)
    if not refresh and known.cached_at is not None and known.cached_at > now - FRESH:
        return known
    try:
        folders = _read(database, sites, account, now=now, floor_seconds=floor_seconds)
    except (UnavailableError, RefreshUnderWay) as error:
        if known.cached_at is None or known.cached_at <= now - STALE:
            raise
        log.warning("Galleries are shown stale", account_id=account_id)
        return Galleries(known.folders, known.cached_at, str(error))
    with database.session() as session:
        store_folders(session, account, folders, now=now)
    return Galleries(folders, now)


def _read(
    database: Database, sites: Mapping[str, Site], account: Account, *, now: datetime, floor_seconds: float
) -> list[GalleryFolder]:
    token = tokens.usable_token(
        database, account.id, sites, now=now, holder="galleries", wait_seconds=TOKEN_WAIT_SECONDS
    )
    _take_slot(database, account, now=now, floor_seconds=floor_seconds)
    try:
        return sites[account.provider].list_folders(token)
    except ProviderError as error:
        if error.category is ErrorCategory.AUTH:  # perhaps revoked at the site: a refresh tells
            tokens.force_refresh(database, account.id, sites, used_token=token, now=now, holder="galleries")
        _slow_down(database, account.id, error, now=now, floor_seconds=floor_seconds)
        raise


def _take_slot(database: Database, account: Account, *, now: datetime, floor_seconds: float) -> None:
    with database.connection() as connection:
        if pacing.take_call(connection, account.id, now=now, floor_seconds=floor_seconds):
            return
        seconds = (pacing.peek_next_call(connection, account.id, now=now) - now).total_seconds()
    raise ProviderError(
        f"{account.username} is being called for its posts. Try again in {max(round(seconds), 1)} s.",
        ErrorCategory.RATE_LIMITED,
        retry_after=seconds,
    )


def _slow_down(
    database: Database, account_id: str, error: ProviderError, *, now: datetime, floor_seconds: float
) -> None:
    note = {
        ErrorCategory.RATE_LIMITED: pacing.record_throttled,
        ErrorCategory.OUTAGE: pacing.record_outage,
    }.get(error.category)
    if note is not None:
        with database.connection() as connection:
            note(connection, account_id, now=now, floor_seconds=floor_seconds, retry_after=error.retry_after)


def store_folders(session: Session, account: Account, folders: Sequence[GalleryFolder], *, now: datetime) -> None:
    """Keep what the site has just shown, and nothing else."""
    kept = [folder.folder_id for folder in folders]
    session.execute(
        delete(GalleryCache).where(GalleryCache.account_id == account.id, GalleryCache.folder_id.not_in(kept))
    )
    # In the order of the key, so that two refreshing at once do not wait for each other in a circle.
    for position, folder in sorted(enumerate(folders), key=lambda one: one[1].folder_id):
        insert_or_update(
            session,
            GalleryCache,
            ["account_id", "folder_id"],
            {
                "user_id": account.user_id,
                "account_id": account.id,
                "folder_id": folder.folder_id,
                "name": folder.name[:120],
                "parent_id": folder.parent_id,
                "size": folder.size,
                "position": position,
                "cached_at": now,
            },
        )
