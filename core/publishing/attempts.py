"""The execution log: every call made for a person's posts, newest first, and what else happened to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from core.db.ids import decode
from core.identity.models import Account
from core.publishing.csv_cells import cell
from core.publishing.models import Deviation, DeviationStatus, PublishAttempt
from core.publishing.searching import folded
from core.system.actors import Actor
from core.system.models import AuditEvent

MAX_PAGE_SIZE = 200
CSV_HEADER = (
    "started_at", "title", "deviation_id", "account", "number", "step", "outcome", "category", "http_status",
    "provider_code", "duration_ms", "message", "correlation_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AttemptFilter:
    """Which calls; ``None`` means: any. Times are half-open: from included, before not.

    ``text`` is looked for in the post's title and in the message, whatever the case.
    """

    outcome: str | None = None
    category: str | None = None
    step: str | None = None
    account_id: str | None = None
    deviation_id: str | None = None
    started_from: datetime | None = None
    started_before: datetime | None = None
    text: str | None = None

    def described(self) -> str:
        """The filter in words, for the head of an export."""
        named = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name) is not None}
        return ", ".join(f"{name} = {value}" for name, value in named.items()) or "none"


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One call, and the post as it stands today. ``number`` 1 is the first try of a post."""

    id: str
    started_at: datetime
    deviation_id: str
    title: str
    account_name: str | None
    number: int
    step: str
    outcome: str
    category: str | None
    http_status: int | None
    provider_code: int | None
    message: str | None
    duration_ms: int
    correlation_id: str | None
    status: DeviationStatus
    deleted_at: datetime | None

    @property
    def may_be_retried(self) -> bool:
        """Whether the post was given up and still is."""
        return self.status is DeviationStatus.FAILED and self.deleted_at is None


@dataclass(frozen=True, slots=True)
class AttemptSummary:
    """How many calls there are, how many of them failed or stayed without an answer, and their median duration."""

    count: int
    failed: int
    unknown: int
    median_ms: int | None


@dataclass(frozen=True, slots=True)
class Moment:
    """Something in a post's history: a call, or a change somebody made. Exactly one of the two is given."""

    at: datetime
    attempt: AttemptView | None = None
    event: AuditEvent | None = None


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """Some calls, and where the pages with older and with newer ones begin: ``None`` when there is none."""

    rows: tuple[AttemptView, ...]
    next_cursor: str | None
    previous_cursor: str | None = None


def list_attempts(
    session: Session,
    actor: Actor,
    wanted: AttemptFilter,
    *,
    cursor: str | None = None,
    newer: bool = False,
    limit: int = 50,
) -> AttemptPage:
    """A page of calls: those after ``cursor`` in the order of the list, or, with ``newer``, those before it.

    A cursor that cannot be read begins at the newest.
    """
    limit = min(max(limit, 1), MAX_PAGE_SIZE)
    place = _read_cursor(cursor)
    upwards = newer and place is not None
    query = _ordered(_query(session, actor, wanted), upwards=upwards).limit(limit + 1)
    if place is not None:
        query = query.where(_beyond(*place, upwards=upwards))
    rows = [_view(row) for row in session.execute(query)]
    more, rows = len(rows) > limit, rows[:limit]
    if upwards:
        rows.reverse()
    older, newer_still = (place is not None, more) if upwards else (more, place is not None)
    return AttemptPage(
        tuple(rows),
        next_cursor=_cursor(rows[-1]) if rows and older else None,
        previous_cursor=_cursor(rows[0]) if rows and newer_still else None,
    )


def summarise(session: Session, actor: Actor, wanted: AttemptFilter) -> AttemptSummary:
    """Sum up all that match, not only one page of it."""
    query = _query(session, actor, wanted)
    counted = query.with_only_columns(PublishAttempt.outcome, func.count()).group_by(PublishAttempt.outcome)
    counts: dict[str, int] = {row[0]: row[1] for row in session.execute(counted)}
    total = sum(counts.values())
    # The lower median, found by its place: SQLite has no percentile function, and both engines should say the same.
    durations = query.with_only_columns(PublishAttempt.duration_ms).order_by(PublishAttempt.duration_ms)
    median = session.scalar(durations.offset(max(total - 1, 0) // 2).limit(1))
    return AttemptSummary(total, counts.get("failed", 0), counts.get("unknown", 0), median)


def list_categories(session: Session, actor: Actor) -> list[str]:
    """The error categories that occur in a person's log."""
    a = PublishAttempt
    query = select(a.category).where(a.user_id == actor.user_id, a.category.is_not(None)).distinct()
    return [category for category in session.scalars(query.order_by(a.category)) if category]


def history(session: Session, actor: Actor, deviation_id: str, *, limit: int = 200) -> list[Moment]:
    """What happened to one post, newest first: the latest ``limit`` calls, and as many changes."""
    calls = _ordered(_query(session, actor, AttemptFilter(deviation_id=deviation_id)), upwards=False).limit(limit)
    events = select(AuditEvent).where(AuditEvent.subject_id == deviation_id, AuditEvent.owner_id == actor.user_id)
    events = events.order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(limit)
    moments = [Moment(attempt.started_at, attempt=attempt) for attempt in map(_view, session.execute(calls))]
    moments += [Moment(event.at, event=event) for event in session.scalars(events)]
    return sorted(moments, key=lambda moment: moment.at, reverse=True)


def csv_rows(session: Session, actor: Actor, wanted: AttemptFilter) -> Iterator[list[str]]:
    """All that match as rows of a CSV file: the filter that was used, the header, the calls."""
    yield ["filter", cell(wanted.described())]
    yield list(CSV_HEADER)
    cursor: str | None = None
    while True:
        page = list_attempts(session, actor, wanted, cursor=cursor, limit=MAX_PAGE_SIZE)
        yield from (_csv_row(row) for row in page.rows)
        cursor = page.next_cursor
        if cursor is None:
            return


def _view(row: Any) -> AttemptView:
    return AttemptView(*row)


def _query(session: Session, actor: Actor, wanted: AttemptFilter) -> Select[*tuple[Any, ...]]:
    a = PublishAttempt
    query: Select[*tuple[Any, ...]] = (
        select(
            a.id, a.started_at, a.deviation_id, Deviation.title, Account.username, a.number, a.step, a.outcome,
            a.category, a.http_status, a.provider_code, a.message, a.duration_ms, a.correlation_id,
            Deviation.status, Deviation.deleted_at,
        )
        .join(Deviation, Deviation.id == a.deviation_id)
        .outerjoin(Account, Account.id == a.account_id)
        .where(a.user_id == actor.user_id)
    )  # fmt: skip
    for column, value in (
        (a.outcome, wanted.outcome),
        (a.category, wanted.category),
        (a.step, wanted.step),
        (a.account_id, wanted.account_id),
        (a.deviation_id, wanted.deviation_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.started_from is not None:
        query = query.where(a.started_at >= wanted.started_from)
    if wanted.started_before is not None:
        query = query.where(a.started_at < wanted.started_before)
    if wanted.text:
        places = [folded(session, column) for column in (Deviation.title, a.message)]
        query = query.where(or_(*(place.contains(wanted.text.lower(), autoescape=True) for place in places)))
    return query


def _ordered(query: Select[*tuple[Any, ...]], *, upwards: bool) -> Select[*tuple[Any, ...]]:
    """Newest first, or from the cursor upwards. Two calls can begin in one instant: their ids decide."""
    a = PublishAttempt
    return query.order_by(a.started_at, a.id) if upwards else query.order_by(a.started_at.desc(), a.id.desc())


def _beyond(started_at: datetime, attempt_id: str, *, upwards: bool) -> ColumnElement[bool]:
    a = PublishAttempt
    place = tuple_(a.started_at, a.id)
    # A bare value in a tuple does not learn its column's type, and would be compared as text.
    here = tuple_(literal(started_at, a.started_at.type), literal(attempt_id, a.id.type))
    return place > here if upwards else place < here


def _cursor(row: AttemptView) -> str:
    return f"{row.started_at.astimezone(UTC).isoformat()}~{row.id}"


def _read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    started_at, _, attempt_id = (cursor or "").partition("~")
    try:
        instant = datetime.fromisoformat(started_at)
    except ValueError:
        return None
    if instant.tzinfo is None or decode("atm", attempt_id) is None:
        return None
    return instant, attempt_id


def _csv_row(row: AttemptView) -> list[str]:
    values = (
        row.started_at.astimezone(UTC).isoformat(), row.title, row.deviation_id, row.account_name, row.number, row.step,
        row.outcome, row.category, row.http_status, row.provider_code, row.duration_ms, row.message, row.correlation_id,
    )  # fmt: skip
    return [cell(value) for value in values]
