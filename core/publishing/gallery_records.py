"""What a change at the site means for what is kept here: the folders as last read, and which folders posts name."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.identity.models import Account
from core.publishing.access import LEASE_SECONDS, load_posts
from core.publishing.editing import edit_post
from core.publishing.errors import PublishingError
from core.publishing.gallery_actions import Request, Result
from core.publishing.models import Deviation, DeviationStatus, GalleryCache
from core.publishing.searching import DeviationFilter, conditions
from core.system.actors import Actor

log = structlog.get_logger(__name__)


def note_done(
    session: Session, account: Account, action: str, request: Request, result: Result, *, now: datetime
) -> None:
    """Bring what is kept here to what the site shows after ``action``."""
    _NOTES[action](session, account, request, result, now)


def cached_rows(session: Session, account_id: str) -> list[GalleryCache]:
    """The account's folders as last read, in the site's order."""
    query = select(GalleryCache).where(GalleryCache.account_id == account_id)
    return list(session.scalars(query.order_by(GalleryCache.position, GalleryCache.id)))


def _created(session: Session, account: Account, request: Request, result: Result, now: datetime) -> None:
    rows = cached_rows(session, account.id)
    if not rows or any(row.folder_id == result["folder_id"] for row in rows):
        return  # never read, or read again since: the new one comes, or came, with the others
    session.add(
        GalleryCache(
            user_id=account.user_id,
            account_id=account.id,
            folder_id=result["folder_id"],
            name=request["name"],
            parent_id=request["parent_id"],
            size=0,
            position=rows[-1].position + 1,
            cached_at=rows[0].cached_at,
        )
    )
    session.flush()


def _edited(session: Session, account: Account, request: Request, _: Result, now: datetime) -> None:
    if request["name"] is not None:
        _set(session, account, request["folder_id"], name=request["name"])


def _moved(session: Session, account: Account, request: Request, _: Result, now: datetime) -> None:
    _set(session, account, request["folder_id"], parent_id=request["parent_id"])


def _placed(session: Session, account: Account, request: Request, _: Result, now: datetime) -> None:
    rows = cached_rows(session, account.id)
    moved = [row for row in rows if row.folder_id == request["folder_id"]]
    rest = [row for row in rows if row not in moved]
    for position, row in enumerate([*rest[: request["position"]], *moved, *rest[request["position"] :]]):
        row.position = position
    session.flush()


def _removed(session: Session, account: Account, request: Request, _: Result, now: datetime) -> None:
    mine = GalleryCache.account_id == account.id
    session.execute(delete(GalleryCache).where(mine, GalleryCache.folder_id == request["folder_id"]))
    # As the site does: what hung below it moves to the top.
    session.execute(
        update(GalleryCache).where(mine, GalleryCache.parent_id == request["folder_id"]).values(parent_id=None)
    )


def _posts_added(session: Session, account: Account, request: Request, _: Result, now: datetime) -> None:
    new = put_in(session, account.user_id, request["posts"], request["folder_id"], now=now)
    _grow(session, account, request["folder_id"], new)


def _posts_moved(session: Session, account: Account, request: Request, _: Result, now: datetime) -> None:
    _grow(session, account, request["source_id"], -len(request["works"]))
    take_out(session, account.user_id, request["posts"], request["source_id"], now=now)
    new = put_in(session, account.user_id, request["posts"], request["folder_id"], now=now)
    _grow(session, account, request["folder_id"], new)


def _posts_taken_out(session: Session, account: Account, request: Request, _: Result, now: datetime) -> None:
    _grow(session, account, request["folder_id"], -len(request["works"]))
    take_out(session, account.user_id, request["posts"], request["folder_id"], now=now)


Note = Callable[[Session, Account, Request, Result, datetime], None]
_NOTES: dict[str, Note] = {
    "created": _created,
    "edited": _edited,
    "moved": _moved,
    "placed": _placed,
    "removed": _removed,
    "posts_added": _posts_added,
    "posts_moved": _posts_moved,
    "posts_taken_out": _posts_taken_out,
}


def put_in(session: Session, user_id: str, post_ids: Sequence[str], folder_id: str, *, now: datetime) -> int:
    """Note that published posts are in a folder; how many were not yet."""
    rows = [row for row in _published(session, user_id, post_ids) if folder_id not in row.gallery_ids]
    for row in rows:
        _name_folders(row, [*row.gallery_ids, folder_id], now)
    session.flush()
    return len(rows)


def take_out(session: Session, user_id: str, post_ids: Sequence[str], folder_id: str, *, now: datetime) -> int:
    """Note that published posts are not in a folder; how many were."""
    rows = [row for row in _published(session, user_id, post_ids) if folder_id in row.gallery_ids]
    for row in rows:
        _name_folders(row, [one for one in row.gallery_ids if one != folder_id], now)
    session.flush()
    return len(rows)


def let_go(
    session: Session,
    actor: Actor,
    account_id: str,
    folder_id: str,
    *,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> int:
    """Let posts that have not gone out no longer name a folder that was removed; how many did.

    One that is on its way right now is left alone.
    """
    wanted = DeviationFilter(account_id=account_id, gallery_id=folder_id)
    ids = list(session.scalars(select(Deviation.id).where(*conditions(session, actor, wanted))))
    done = 0
    for post in load_posts(session, actor, ids).values():
        if post.row.status is DeviationStatus.PUBLISHED:
            _name_folders(post.row, [one for one in post.row.gallery_ids if one != folder_id], now)
            continue
        values = {"gallery_ids": [one for one in post.row.gallery_ids if one != folder_id]}
        try:
            edit_post(
                session, actor, post, values, reason="the folder was removed", now=now, lease_seconds=lease_seconds
            )
        except PublishingError:
            log.warning("A post still names a folder that was removed.", deviation_id=post.row.id)
        else:
            done += 1
    session.flush()
    return done


def _published(session: Session, user_id: str, post_ids: Sequence[str]) -> list[Deviation]:
    query = select(Deviation).where(
        Deviation.id.in_(list(post_ids)),
        Deviation.user_id == user_id,
        Deviation.status == DeviationStatus.PUBLISHED,
    )
    return list(session.scalars(query.order_by(Deviation.id).with_for_update()))


def _name_folders(row: Deviation, folder_ids: list[str], now: datetime) -> None:
    row.gallery_ids = folder_ids
    row.updated_at = max(now, row.updated_at + timedelta(microseconds=1))


def _set(session: Session, account: Account, folder_id: str, **values: Any) -> None:
    session.execute(
        update(GalleryCache)
        .where(GalleryCache.account_id == account.id, GalleryCache.folder_id == folder_id)
        .values(**values)
    )


def _grow(session: Session, account: Account, folder_id: str, by: int) -> None:
    """Change the number shown; what it is exactly comes with the next reading."""
    for row in cached_rows(session, account.id):
        if row.folder_id == folder_id and row.size is not None:
            row.size = max(row.size + by, 0)
    session.flush()
