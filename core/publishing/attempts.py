"""The execution log: every call made for a person's posts, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from core.db.ids import decode
from core.identity.models import Account
from core.publishing.models import Deviation, PublishAttempt
from core.system.actors import Actor

MAX_PAGE_SIZE = 200
CSV_HEADER = (
    "started_at", "title", "deviation_id", "account", "number", "step", "outcome", "category", "http_status",
    "provider_code", "duration_ms", "message", "correlation_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AttemptFilter:
    """Which calls; ``None`` means: any. Times are half-open: from included, before not."""

    outcome: str | None = None
    category: str | None = None
    step: str | None = None
    account_id: str | None = None
    deviation_id: str | None = None
    started_from: datetime | None = None
    started_before: datetime | None = None

    def described(self) -> str:
        """The filter in words, for the head of an export."""
        named = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name) is not None}
        return ", ".join(f"{name} = {value}" for name, value in named.items()) or "none"


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One call. ``number`` 1 is the first try of a post."""

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


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """Some calls, and where the next page begins: ``None`` when this is the last."""

    rows: tuple[AttemptView, ...]
    next_cursor: str | None


def list_attempts(
    session: Session, actor: Actor, wanted: AttemptFilter, *, cursor: str | None = None, limit: int = 50
) -> AttemptPage:
    """A page of calls; a ``cursor`` that cannot be read begins at the newest."""
    limit = min(max(limit, 1), MAX_PAGE_SIZE)
    query = _query(actor, wanted).limit(limit + 1)
    place = _read_cursor(cursor)
    if place is not None:
        query = query.where(_older_than(*place))
    rows = [AttemptView(*row) for row in session.execute(query)]
    more = len(rows) > limit
    rows = rows[:limit]
    return AttemptPage(tuple(rows), _cursor(rows[-1]) if more else None)


def csv_rows(session: Session, actor: Actor, wanted: AttemptFilter) -> Iterator[list[str]]:
    """All that match as rows of a CSV file: the filter that was used, the header, the calls."""
    yield ["filter", _cell(wanted.described())]
    yield list(CSV_HEADER)
    cursor: str | None = None
    while True:
        page = list_attempts(session, actor, wanted, cursor=cursor, limit=MAX_PAGE_SIZE)
        yield from (_csv_row(row) for row in page.rows)
        cursor = page.next_cursor
        if cursor is None:
            return


def _query(actor: Actor, wanted: AttemptFilter) -> Select[*tuple[Any, ...]]:
    a = PublishAttempt
    query: Select[*tuple[Any, ...]] = (
        select(
            a.id, a.started_at, a.deviation_id, Deviation.title, Account.username, a.number, a.step, a.outcome,
            a.category, a.http_status, a.provider_code, a.message, a.duration_ms, a.correlation_id,
        )
        .join(Deviation, Deviation.id == a.deviation_id)
        .outerjoin(Account, Account.id == a.account_id)
        .where(a.user_id == actor.user_id)
        .order_by(a.started_at.desc(), a.id.desc())
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
    return query


def _older_than(started_at: datetime, attempt_id: str) -> ColumnElement[bool]:
    a = PublishAttempt
    return or_(a.started_at < started_at, and_(a.started_at == started_at, a.id < attempt_id))


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
    return [_cell(value) for value in values]


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    # A spreadsheet would take these for formulas.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
