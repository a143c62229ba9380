"""Judging what programs delivered: approve, reject, and taking an approval back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from core.publishing.access import LEASE_SECONDS, Post, load_posts
from core.publishing.errors import IllegalMove
from core.publishing.models import DeviationStatus
from core.publishing.moves import move
from core.publishing.reports import BatchReport, Change, run_batch
from core.publishing.trash import throw_away
from core.system.actors import Actor


def approve(session: Session, actor: Actor, ids: Sequence[str], *, now: datetime) -> BatchReport:
    """Make drafts of what awaits review."""

    def change(post: Post) -> Change:
        _require(post, DeviationStatus.REVIEW, "is not awaiting review any more")
        move(session, actor, post, DeviationStatus.DRAFT, "deviation.approved", {}, now=now,
             lease_seconds=LEASE_SECONDS)  # fmt: skip
        return Change()

    return run_batch(ids, load_posts(session, actor, ids), change)


def undo_approve(session: Session, actor: Actor, ids: Sequence[str], *, now: datetime) -> BatchReport:
    """Put drafts back into review."""

    def change(post: Post) -> Change:
        _require(post, DeviationStatus.DRAFT, "is not a draft any more, so the approval stays")
        move(session, actor, post, DeviationStatus.REVIEW, "deviation.approval_undone", {}, now=now,
             lease_seconds=LEASE_SECONDS)  # fmt: skip
        return Change()

    return run_batch(ids, load_posts(session, actor, ids), change)


def reject(session: Session, actor: Actor, ids: Sequence[str], *, now: datetime) -> BatchReport:
    """Move what awaits review to the trash; restoring it brings it back into review."""

    def change(post: Post) -> Change:
        _require(post, DeviationStatus.REVIEW, "is not awaiting review any more")
        return throw_away(session, actor, post, "deviation.rejected", now=now, lease_seconds=LEASE_SECONDS)

    return run_batch(ids, load_posts(session, actor, ids), change)


def _require(post: Post, status: DeviationStatus, otherwise: str) -> None:
    if post.row.status is not status:
        raise IllegalMove(f"“{post.row.title}” {otherwise}.")
