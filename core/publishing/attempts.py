"""The execution log: every call made for a person's posts, filtered, page by page, summed up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from core.identity.models import Account
from core.publishing.models import Deviation, DeviationStatus, PublishAttempt
from core.publishing.searching import folded
from core.system.actors import Actor
from core.system.models import AuditEvent

STEPS = ("prepare", "token", "submit", "publish", "lookup")
OUTCOMES = ("done", "failed", "unknown")
# An export reads so many rows at a time.
BATCH = 1000


@dataclass(frozen=True, slots=True)
class AttemptFilter:
    """Which attempts are wanted; ``None`` means any. ``since`` is included, ``until`` is not.

    ``text`` is looked for in the post's title and in the message, without regard to case.
    """

    outcome: str | None = None
    category: str | None = None
    step: str | None = None
    account_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call as the log shows it, with the post as it stands today."""

    id: str
    deviation_id: str
    title: str
    status: DeviationStatus
    is_trashed: bool
    account: str | None
    number: int
    step: str
    outcome: str
    category: str | None
    http_status: int | None
    provider_code: int | None
    message: str | None
    started_at: datetime
    duration_ms: int
    correlation_id: str | None

    @property
    def may_be_retried(self) -> bool:
        """Whether the post has been given up, and still is."""
        return self.status is DeviationStatus.FAILED and not self.is_trashed


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """Attempts, newest first. ``older`` and ``newer`` are what to ask for next; ``None`` at an end."""

    items: tuple[Attempt, ...]
    older: str | None
    newer: str | None


@dataclass(frozen=True, slots=True)
class AttemptSummary:
    """How many attempts a filter finds, how many of them failed, and their median duration."""

    count: int
    failed: int
    unknown: int
    median_ms: int | None


@dataclass(frozen=True, slots=True)
class Moment:
    """Something in a post's history: a call, or a change somebody made. Exactly one of the two is given."""

    at: datetime
    attempt: Attempt | None = None
    event: AuditEvent | None = None


def list_attempts(
    session: Session,
    actor: Actor,
    wanted: AttemptFilter,
    *,
    older_than: str | None = None,
    newer_than: str | None = None,
    limit: int = 50,
) -> AttemptPage:
    """One page. The cursors are attempt ids; one that is not the person's, or was cleared away, is ignored."""
    upwards = newer_than is not None and older_than is None
    cursor = _cursor(session, actor, newer_than if upwards else older_than)
    query = _order(_filtered(session, _query(actor), wanted), cursor, upwards=upwards)
    found = [_attempt(*row) for row in session.execute(query.limit(limit + 1))]
    has_more, found = len(found) > limit, found[:limit]
    if upwards:
        found.reverse()
    has_newer, has_older = (has_more, cursor is not None) if upwards else (cursor is not None, has_more)
    return AttemptPage(
        tuple(found),
        older=found[-1].id if found and has_older else None,
        newer=found[0].id if found and has_newer else None,
    )


def summarise(session: Session, actor: Actor, wanted: AttemptFilter) -> AttemptSummary:
    """Sum up all attempts of a filter, not only one page of them."""
    counted = _filtered(session, _query(actor), wanted).with_only_columns(PublishAttempt.outcome, func.count())
    counts = dict(session.execute(counted.group_by(PublishAttempt.outcome)).tuples())
    total = sum(counts.values())
    durations = _filtered(session, _query(actor), wanted).with_only_columns(PublishAttempt.duration_ms)
    # The lower median: SQLite has no percentile function, and both engines should say the same.
    middle = durations.order_by(PublishAttempt.duration_ms).offset(max(total - 1, 0) // 2).limit(1)
    return AttemptSummary(total, counts.get("failed", 0), counts.get("unknown", 0), session.scalar(middle))


def iterate_attempts(session: Session, actor: Actor, wanted: AttemptFilter, *, limit: int) -> Iterator[Attempt]:
    """Up to ``limit`` attempts, newest first, read in batches."""
    query = _order(_filtered(session, _query(actor), wanted), None, upwards=False).limit(limit)
    for row in session.execute(query.execution_options(yield_per=BATCH)):
        yield _attempt(*row)


def list_categories(session: Session, actor: Actor) -> list[str]:
    """The error categories that occur in a person's log."""
    query = select(PublishAttempt.category).where(
        PublishAttempt.user_id == actor.user_id, PublishAttempt.category.is_not(None)
    )
    return [category for category in session.scalars(query.distinct().order_by(PublishAttempt.category)) if category]


def history(session: Session, actor: Actor, deviation_id: str, *, limit: int = 200) -> list[Moment]:
    """What happened to one post, newest first: calls and changes, the latest ``limit`` of each."""
    calls = _order(_query(actor).where(PublishAttempt.deviation_id == deviation_id), None, upwards=False)
    events = (
        select(AuditEvent)
        .where(AuditEvent.subject_id == deviation_id, AuditEvent.owner_id == actor.user_id)
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .limit(limit)
    )
    attempts = [_attempt(*row) for row in session.execute(calls.limit(limit))]
    moments = [Moment(one.started_at, attempt=one) for one in attempts]
    moments += [Moment(event.at, event=event) for event in session.scalars(events)]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def _query(actor: Actor) -> Select[Any]:
    query: Any = (
        select(PublishAttempt, Deviation.title, Deviation.status, Deviation.deleted_at, Account.username)
        .join(Deviation, Deviation.id == PublishAttempt.deviation_id)
        .outerjoin(Account, Account.id == PublishAttempt.account_id)
        .where(PublishAttempt.user_id == actor.user_id)
    )
    rows: Select[Any] = query  # its row type would have to be repeated at every use
    return rows


def _filtered(session: Session, query: Select[Any], wanted: AttemptFilter) -> Select[Any]:
    for name in ("outcome", "category", "step", "account_id"):
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(getattr(PublishAttempt, name) == value)
    if wanted.since is not None:
        query = query.where(PublishAttempt.started_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(PublishAttempt.started_at < wanted.until)
    if wanted.text:
        places = [folded(session, column) for column in (Deviation.title, PublishAttempt.message)]
        query = query.where(or_(*(place.contains(wanted.text.lower(), autoescape=True) for place in places)))
    return query


def _cursor(session: Session, actor: Actor, attempt_id: str | None) -> PublishAttempt | None:
    if attempt_id is None:
        return None
    query = select(PublishAttempt).where(and_(PublishAttempt.id == attempt_id, PublishAttempt.user_id == actor.user_id))
    return session.scalars(query).one_or_none()


def _order(query: Select[Any], cursor: PublishAttempt | None, *, upwards: bool) -> Select[Any]:
    """Two calls can begin in the same instant, so the id decides between them."""
    place = tuple_(PublishAttempt.started_at, PublishAttempt.id)
    if upwards:
        query = query.order_by(PublishAttempt.started_at, PublishAttempt.id)
    else:
        query = query.order_by(PublishAttempt.started_at.desc(), PublishAttempt.id.desc())
    if cursor is None:
        return query
    here = tuple_(cursor.started_at, cursor.id)
    return query.where(place > here if upwards else place < here)


def _attempt(
    row: PublishAttempt, title: str, status: DeviationStatus, deleted_at: datetime | None, account: str | None
) -> Attempt:
    return Attempt(
        id=row.id,
        deviation_id=row.deviation_id,
        title=title,
        status=status,
        is_trashed=deleted_at is not None,
        account=account,
        number=row.number,
        step=row.step,
        outcome=row.outcome,
        category=row.category,
        http_status=row.http_status,
        provider_code=row.provider_code,
        message=row.message,
        started_at=row.started_at,
        duration_ms=row.duration_ms,
        correlation_id=row.correlation_id,
    )
