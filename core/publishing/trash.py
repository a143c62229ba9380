"""The trash: throwing away, taking back, and clearing out for good."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.identity.roles import require_admin
from core.media import blobs
from core.publishing.access import LEASE_SECONDS, Post, load_posts, may_be_public, require_untouched
from core.publishing.cancelling import cancel_post
from core.publishing.editing import touch
from core.publishing.models import Deviation
from core.publishing.reports import BatchReport, Change, run_batch
from core.publishing.states import QUEUED
from core.sales import proof
from core.system import audit
from core.system.actors import Actor


def throw_away(
    session: Session, actor: Actor, post: Post, action: str, *, now: datetime, lease_seconds: float
) -> Change:
    """Move one loaded post to the trash; a queued one is cancelled first, which may be refused."""
    told: tuple[str, ...] = ()
    if post.row.status in QUEUED:
        cancel_post(session, actor, post, now=now, lease_seconds=lease_seconds)
        told = (f"“{post.row.title}” was scheduled; if you restore it, it comes back as a draft.",)
    require_untouched(post, now=now, lease_seconds=lease_seconds)
    if post.outcome_unknown:
        told += (f"{may_be_public(post)} Look at your gallery there.",)
    post.row.deleted_at = now
    touch(post.row, now=now)
    session.flush()
    after = {"deleted_at": now.isoformat()}
    audit.record(session, actor, action, post.row.id, before={"deleted_at": None}, after=after, now=now)
    return Change(warnings=told)


def delete(
    session: Session, actor: Actor, ids: Sequence[str], *, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> BatchReport:
    """Move posts to the trash. What is public on DeviantArt stays there; only our record goes."""
    return run_batch(
        ids,
        load_posts(session, actor, ids),
        lambda post: throw_away(session, actor, post, "deviation.deleted", now=now, lease_seconds=lease_seconds),
    )


def restore(session: Session, actor: Actor, ids: Sequence[str], *, now: datetime) -> BatchReport:
    """Take posts out of the trash, as they were when they came in."""

    def change(post: Post) -> Change:
        before = {"deleted_at": post.row.deleted_at.isoformat() if post.row.deleted_at else None}
        post.row.deleted_at = None
        touch(post.row, now=now)
        session.flush()
        audit.record(session, actor, "deviation.restored", post.row.id, before=before, after={"deleted_at": None},
                     now=now)  # fmt: skip
        return Change()

    return run_batch(ids, load_posts(session, actor, ids, trashed=True), change)


def purge(session: Session, actor: Actor, ids: Sequence[str], *, now: datetime) -> BatchReport:
    """Delete posts that are in the trash for good, with every stored file that no other post shows."""

    def change(post: Post) -> Change:
        purge_post(session, actor, post, now=now)
        return Change()

    return run_batch(ids, load_posts(session, actor, ids, trashed=True), change)


def purge_expired(session: Session, *, older_than: timedelta, limit: int = 200, now: datetime) -> int:
    """Clear out what has been in anybody's trash for ``older_than``; how many went, at most ``limit``."""
    query = select(Deviation.id, Deviation.user_id).where(Deviation.deleted_at < now - older_than)
    by_owner: dict[str, list[str]] = {}
    for row in session.execute(query.order_by(Deviation.deleted_at).limit(limit)):
        by_owner.setdefault(row.user_id, []).append(row.id)
    purged = 0
    for user_id, ids in sorted(by_owner.items()):
        purged += len(purge(session, Actor.sidecar(user_id), ids, now=now).changed)
    return purged


def trash_of_house(session: Session, actor: Actor) -> tuple[int, datetime | None]:
    """How many posts of everybody's lie in the trash, and since when the oldest. For administrators."""
    require_admin(session, actor)
    query = select(func.count(), func.min(Deviation.deleted_at)).where(Deviation.deleted_at.is_not(None))
    count, oldest = session.execute(query).one()
    return count, oldest


def empty_trash(session: Session, actor: Actor, *, now: datetime) -> int:
    """Clear out one batch of everybody's trash at once, whatever its age; how many went. For administrators."""
    require_admin(session, actor)
    gone = purge_expired(session, older_than=timedelta(seconds=-1), now=now)
    if gone:
        audit.record(session, actor, "trash.emptied", "posts", after={"count": gone}, now=now)
    return gone


def purge_post(session: Session, actor: Actor, post: Post, *, now: datetime) -> None:
    """Delete one loaded post, its files and attempts; the store lets go of the objects afterwards."""
    blob_ids = {file.blob_id for file in post.files}
    before = {"title": post.row.title, "status": post.row.status.value, "url": post.row.deviation_url}
    proof.let_go(session, post.row.id, now=now)  # its sale goes with the row
    session.execute(
        delete_rows(Deviation).where(Deviation.id == post.row.id), execution_options={"synchronize_session": False}
    )
    session.expunge(post.row)
    for file in post.files:
        session.expunge(file)
    blobs.release(session, actor.user_id, blob_ids, now=now)
    audit.record(session, actor, "deviation.purged", post.row.id, before=before, now=now)
