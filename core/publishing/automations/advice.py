"""Telling a person whose chosen times break what an account keeps to. Nothing is moved: the person decided."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.chunks import chunked
from core.identity.models import User
from core.publishing.automations.loading import load_boards, load_promises
from core.publishing.automations.models import BlackoutWindow, PostingLimits
from core.publishing.models import Deviation, DeviationStatus
from core.publishing.reports import BatchReport, ItemOutcome, ItemResult
from core.system.actors import Actor

_MARGIN = timedelta(days=8)


def with_limits(session: Session, actor: Actor, report: BatchReport, *, now: datetime) -> BatchReport:
    """The report with a warning on every changed item whose time breaks a limit of its account."""
    found = broken_limits(session, actor, [item.id for item in report.changed], now=now)
    if not found:
        return report

    def told(item: ItemResult) -> ItemResult:
        if item.id not in found or item.outcome is not ItemOutcome.CHANGED:
            return item
        return replace(item, warnings=(*item.warnings, f"“{item.title}” {found[item.id]}."))

    return replace(report, items=tuple(told(item) for item in report.items))


def broken_limits(session: Session, actor: Actor, ids: Sequence[str], *, now: datetime) -> dict[str, str]:
    """For those of ``ids`` whose promise breaks a limit: which, to follow the post's name in a sentence."""
    if not ids or not _has_limits(session, actor):
        return {}
    posts = _promised(session, actor, ids)
    accounts = {post.account_id for post in posts if post.account_id}
    if not accounts:
        return {}
    promises = load_promises(
        session,
        actor.user_id,
        accounts,
        start=now - _MARGIN,
        end=max(post.actual_publish_at for post in posts if post.actual_publish_at) + _MARGIN,
        without=frozenset(ids),
    )
    boards = load_boards(session, session.get_one(User, actor.user_id), accounts, promises)
    found: dict[str, str] = {}
    for post in posts:
        if post.account_id is None or post.actual_publish_at is None:
            continue
        board = boards[post.account_id]
        broken = board.first_break(post.actual_publish_at)
        if broken is not None:
            found[post.id] = f"goes out against {broken}"
        board.take(post.actual_publish_at)
    return found


def _has_limits(session: Session, actor: Actor) -> bool:
    for model in (PostingLimits, BlackoutWindow):
        if session.scalar(select(model.id).where(model.user_id == actor.user_id).limit(1)) is not None:
            return True
    return False


def _promised(session: Session, actor: Actor, ids: Sequence[str]) -> list[Deviation]:
    found: list[Deviation] = []
    for some in chunked(ids):
        query = select(Deviation).where(Deviation.id.in_(some), Deviation.user_id == actor.user_id)
        query = query.where(Deviation.status == DeviationStatus.SCHEDULED, Deviation.actual_publish_at.is_not(None))
        found += session.scalars(query)
    return sorted(found, key=lambda post: (post.actual_publish_at, post.id))
