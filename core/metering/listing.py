"""The latest calls, page by page, and as a CSV file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select, tuple_
from sqlalchemy.orm import Session

from core.db.base import Base
from core.db.ids import decode
from core.identity.models import User
from core.metering.access import person_wanted
from core.metering.days import ONE_DAY, begin_of
from core.metering.figures import UsageFilter
from core.metering.models import Usage, UsageStatus
from core.metering.state import summed_zone
from core.system.actors import Actor

MAX_PAGE_SIZE = 500
CSV_LIMIT = 200_000
CSV_HEADER = (
    "id", "occurred_at", "person", "provider", "model", "model_answered", "type", "operation", "modality", "status",
    "images", "megapixels", "seconds", "tokens_in", "tokens_cached", "tokens_out", "tokens_total", "cost_usd",
    "estimated", "price_source", "price_version", "price_note", "latency_ms", "project", "api_key_id", "subject",
    "request_id", "trace_id", "corrects_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallView:
    """One call, with the names of its person and project (``None``: none, or erased)."""

    usage: Usage
    person: str | None
    project: str | None


@dataclass(frozen=True, slots=True)
class CallPage:
    """Some calls, newest first, and where the pages with older and with newer ones begin: ``None``: there is none."""

    rows: tuple[CallView, ...]
    next_cursor: str | None
    previous_cursor: str | None = None


def list_calls(
    session: Session,
    actor: Actor,
    wanted: UsageFilter,
    *,
    status: UsageStatus | None = None,
    unpriced_only: bool = False,
    cursor: str | None = None,
    newer: bool = False,
    limit: int = 50,
) -> CallPage:
    """A page of calls: those after ``cursor`` in the order of the list, or, with ``newer``, those before it.

    A cursor that cannot be read begins at the newest.
    """
    limit = min(max(limit, 1), MAX_PAGE_SIZE)
    place = _read_cursor(cursor)
    upwards = newer and place is not None
    query = _query(session, actor, wanted, status, unpriced_only)
    order = (Usage.occurred_at, Usage.id) if upwards else (Usage.occurred_at.desc(), Usage.id.desc())
    if place is not None:
        query = query.where(_beyond(*place, upwards=upwards))
    rows = [
        CallView(row[0], row[1] or row[2], row[3]) for row in session.execute(query.order_by(*order).limit(limit + 1))
    ]
    more, rows = len(rows) > limit, rows[:limit]
    if upwards:
        rows.reverse()
    has_older, has_newer = (place is not None, more) if upwards else (more, place is not None)
    return CallPage(
        tuple(rows),
        next_cursor=_cursor(rows[-1].usage) if rows and has_older else None,
        previous_cursor=_cursor(rows[0].usage) if rows and has_newer else None,
    )


def csv_rows(
    session: Session,
    actor: Actor,
    wanted: UsageFilter,
    *,
    status: UsageStatus | None = None,
    unpriced_only: bool = False,
) -> Iterator[Sequence[object]]:
    """All that match as rows of a CSV file, at most ``CSV_LIMIT``: the filter, the header, the calls. Times in UTC."""
    words = [wanted.described(), *([f"status = {status}"] if status else []), *(["unpriced"] if unpriced_only else [])]
    yield ["filter", f"{', '.join(words)}, days of {summed_zone(session)}, at most {CSV_LIMIT:,} newest"]
    yield CSV_HEADER
    cursor: str | None = None
    for _ in range(CSV_LIMIT // MAX_PAGE_SIZE):
        page = list_calls(
            session, actor, wanted, status=status, unpriced_only=unpriced_only, cursor=cursor, limit=MAX_PAGE_SIZE
        )
        yield from (_csv_row(view) for view in page.rows)
        session.expunge_all()  # a year of calls need not stay in memory
        cursor = page.next_cursor
        if cursor is None:
            return


def _query(
    session: Session, actor: Actor, wanted: UsageFilter, status: UsageStatus | None, unpriced_only: bool
) -> Select[Any]:
    projects = Base.metadata.tables["projects"].c
    zone = summed_zone(session)
    person = person_wanted(session, actor, wanted.user_id)
    query: Select[Any] = (
        select(Usage, User.name, User.username, projects.name)
        .outerjoin(User, User.id == Usage.user_id)
        .outerjoin(projects.id.table, projects.id == Usage.project_id)
        .where(Usage.occurred_at >= begin_of(wanted.days.first, zone))
        .where(Usage.occurred_at < begin_of(wanted.days.last + ONE_DAY, zone))
    )
    if person is not None:
        query = query.where(Usage.user_id == person)
    for column, value in (
        (Usage.provider, wanted.provider), (Usage.model, wanted.model), (Usage.type, wanted.type),
        (Usage.api_key_id, wanted.api_key_id), (Usage.project_id, wanted.project_id), (Usage.status, status),
    ):  # fmt: skip
        if value is not None:
            query = query.where(column == value if value != "" else column.is_(None))
    if unpriced_only:
        query = query.where(Usage.cost.is_(None), Usage.corrects_id.is_(None))
    return query


def _beyond(occurred_at: datetime, usage_id: str, *, upwards: bool) -> ColumnElement[bool]:
    place = tuple_(Usage.occurred_at, Usage.id)
    # A bare value in a tuple does not learn its column's type, and would be compared as text.
    here = tuple_(literal(occurred_at, Usage.occurred_at.type), literal(usage_id, Usage.id.type))
    return place > here if upwards else place < here


def _cursor(row: Usage) -> str:
    return f"{row.occurred_at.astimezone(UTC).isoformat()}~{row.id}"


def _read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    occurred_at, _, usage_id = (cursor or "").partition("~")
    try:
        instant = datetime.fromisoformat(occurred_at)
        if not instant.tzinfo or not decode("use", usage_id):
            return None
        return instant.astimezone(UTC), usage_id
    except (ValueError, OverflowError):
        return None


def _csv_row(view: CallView) -> list[object]:
    row = view.usage
    special: dict[str, object] = {
        "occurred_at": row.occurred_at.isoformat(),
        "person": view.person,
        "project": view.project,
        "status": row.status.value,
        "cost_usd": _exactly(row.cost),
        "estimated": "yes" if row.estimated else "no",
    }
    values = (special[name] if name in special else getattr(row, name) for name in CSV_HEADER)
    return ["" if value is None else value for value in values]


def _exactly(cost: Decimal | None) -> str | None:
    """All nine decimals, never in the short form with an exponent; unknown stays empty."""
    return None if cost is None else f"{cost:f}"
