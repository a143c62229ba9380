"""Taking posts back to draft: what is scheduled, what waits for another try, what has failed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.publishing.access import LEASE_SECONDS, Post, load_posts
from core.publishing.errors import IllegalMove
from core.publishing.models import DeviationStatus
from core.publishing.moves import move
from core.publishing.reports import BatchReport, Change, run_batch
from core.publishing.states import IN_PROGRESS, QUEUED
from core.system.actors import Actor

# A draft has no time: an automation would otherwise never pick it.
_UNPLANNED: dict[str, Any] = {
    "scheduled_at": None,
    "jitter_seconds": 0,
    "actual_publish_at": None,
    "due_at": None,
    "hold_reason": None,
    "error_message": None,
    "error_category": None,
    "retry_count": 0,
    "last_retry_at": None,
    "automation_id": None,
}


def cancel(
    session: Session, actor: Actor, ids: Sequence[str], *, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> BatchReport:
    """Take scheduled posts back to draft; begun ones too, as long as nothing of them is public or may be."""
    return run_batch(
        ids,
        load_posts(session, actor, ids),
        lambda post: cancel_post(session, actor, post, now=now, lease_seconds=lease_seconds),
    )


def cancel_post(session: Session, actor: Actor, post: Post, *, now: datetime, lease_seconds: float) -> Change:
    """Cancel one loaded post. Raises :class:`IllegalMove`, :class:`DeviationBusy` or :class:`OutcomeUnknown`."""
    row = post.row
    if row.status not in QUEUED:
        raise IllegalMove(f"“{row.title}” is not scheduled, so there is nothing to cancel.")
    if row.status in IN_PROGRESS and post.has_published_files:
        raise IllegalMove(
            f"Some files of “{row.title}” are on DeviantArt already. Let it finish, or delete them there afterwards."
        )
    move(session, actor, post, DeviationStatus.DRAFT, "deviation.cancelled", _UNPLANNED, now=now,
         lease_seconds=lease_seconds)  # fmt: skip
    return Change()


def take_back(
    session: Session, actor: Actor, ids: Sequence[str], *, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> BatchReport:
    """Take failed posts back to draft, to work on them without hurry."""

    def change(post: Post) -> Change:
        if post.row.status is not DeviationStatus.FAILED:
            raise IllegalMove(f"“{post.row.title}” has not failed; only failed posts are taken back this way.")
        move(session, actor, post, DeviationStatus.DRAFT, "deviation.taken_back", _UNPLANNED, now=now,
             lease_seconds=lease_seconds)  # fmt: skip
        return Change()

    return run_batch(ids, load_posts(session, actor, ids), change)
