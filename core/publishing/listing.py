"""Lists of a person's deviations for screens: plain values, no rows of the database.

A page costs three short queries: the ids in order (from an index, where the filter and the order
have one), the fields of just these rows, and their first files.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, null, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.db.chunks import chunked
from core.identity.models import Account, AccountState
from core.paging import Page, nearest_page
from core.publishing.access import LEASE_SECONDS
from core.publishing.models import Deviation, DeviationFile, DeviationStatus, HoldReason, UploadMode
from core.publishing.searching import DeviationFilter, conditions, folded
from core.publishing.states import QUEUED
from core.system.actors import Actor

MAX_PAGE_SIZE = 200
MAX_SELECTION = 10_000


class Order(enum.StrEnum):
    """Orders of a list. ``next`` is by promised time, ``published`` by the time it went out, ``rating`` best first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    TITLE = "title"
    NEXT = "next"
    PUBLISHED = "published"
    CHANGED = "changed"
    RATING = "rating"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as a card shows it. Its thumbnails lie beside ``storage_key``, see ``blobs.thumbnail_key``."""

    id: str
    blob_id: str
    name: str
    storage_key: str
    mime_type: str
    file_size: int
    width: int | None
    height: int | None
    duration: float | None


@dataclass(frozen=True, slots=True)
class DeviationView:
    """A deviation as a list shows it.

    ``is_busy``: a worker holds it now. ``waits_for_account``: queued, but its account must be
    reconnected. The jitter window of a scheduled post goes from ``scheduled_at`` to ``actual_publish_at``.
    """

    id: str
    title: str
    status: DeviationStatus
    tags: tuple[str, ...]
    upload_mode: UploadMode
    account_id: str | None
    account_name: str | None
    automation_id: str | None
    is_mature: bool
    is_ai_generated: bool
    stash_only: bool
    rating: int | None
    project: str | None
    sale_preset_id: str | None
    imported_at: datetime | None
    created_at: datetime
    updated_at: datetime
    scheduled_at: datetime | None
    jitter_seconds: int
    actual_publish_at: datetime | None
    due_at: datetime | None
    published_at: datetime | None
    deleted_at: datetime | None
    hold_reason: HoldReason | None
    deviation_url: str | None
    error_message: str | None
    error_category: str | None
    retry_count: int
    is_busy: bool
    waits_for_account: bool
    file_count: int
    first_file: FileView | None


DeviationPage = Page[DeviationView]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are in each state, outside the trash, and in the trash."""

    by_status: dict[DeviationStatus, int]
    trashed: int

    def of(self, *statuses: DeviationStatus) -> int:
        return sum(self.by_status.get(status, 0) for status in statuses)


def list_deviations(
    session: Session,
    actor: Actor,
    wanted: DeviationFilter | None = None,
    *,
    order: Order = Order.NEWEST,
    page: int = 1,
    page_size: int = 50,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> DeviationPage:
    """One page of what matches. A ``page`` behind the last shows the last."""
    where = conditions(session, actor, wanted or DeviationFilter())
    size = min(max(page_size, 1), MAX_PAGE_SIZE)
    total = session.scalar(select(func.count()).select_from(Deviation).where(*where)) or 0
    number = nearest_page(page, total=total, size=size)
    query = select(Deviation.id).where(*where).order_by(*_ordering(session, order))
    ids = list(session.scalars(query.limit(size).offset((number - 1) * size)))
    return DeviationPage(views_of(session, ids, now=now, lease_seconds=lease_seconds), total, number, size)


def list_ids(
    session: Session,
    actor: Actor,
    wanted: DeviationFilter,
    *,
    order: Order = Order.NEWEST,
    limit: int = MAX_SELECTION,
) -> list[str]:
    """The ids of all that match, in order: what “all that match” means to a bulk action."""
    query = select(Deviation.id).where(*conditions(session, actor, wanted)).order_by(*_ordering(session, order))
    return list(session.scalars(query.limit(limit)))


def count_by_status(session: Session, actor: Actor) -> Counts:
    """All counts of a person's deviations, in one query."""
    mine = Deviation.user_id == actor.user_id
    live = select(Deviation.status, func.count().label("number")).where(mine, Deviation.deleted_at.is_(None))
    binned = select(null(), func.count()).select_from(Deviation).where(mine, Deviation.deleted_at.is_not(None))
    rows = session.execute(live.group_by(Deviation.status).union_all(binned)).all()
    by_status = {row.status: row.number for row in rows if row.status is not None}
    return Counts(by_status, next(row.number for row in rows if row.status is None))


def views_of(
    session: Session, ids: Sequence[str], *, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> tuple[DeviationView, ...]:
    """The deviations ``ids``, whose owner was checked, in this order."""
    live_since = now - timedelta(seconds=lease_seconds)
    rows: dict[str, Any] = {}
    files: dict[str, tuple[FileView, int]] = {}
    for some in chunked(ids):
        query = select(*_COLUMNS).outerjoin(Account, Account.id == Deviation.account_id)
        rows |= {row.id: row for row in session.execute(query.where(Deviation.id.in_(some)))}
        files |= _first_files(session, some)
    return tuple(_view(rows[one], files.get(one), live_since) for one in ids if one in rows)


_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    Deviation.id,
    Deviation.title,
    Deviation.status,
    Deviation.tags,
    Deviation.upload_mode,
    Deviation.account_id,
    Deviation.automation_id,
    Deviation.is_mature,
    Deviation.is_ai_generated,
    Deviation.stash_only,
    Deviation.rating,
    Deviation.project,
    Deviation.sale_preset_id,
    Deviation.imported_at,
    Deviation.created_at,
    Deviation.updated_at,
    Deviation.scheduled_at,
    Deviation.jitter_seconds,
    Deviation.actual_publish_at,
    Deviation.due_at,
    Deviation.published_at,
    Deviation.deleted_at,
    Deviation.hold_reason,
    Deviation.deviation_url,
    Deviation.error_message,
    Deviation.error_category,
    Deviation.retry_count,
    Deviation.execution_locked_at,
    Account.username,
    Account.state,
)


def _view(row: Any, files: tuple[FileView, int] | None, live_since: datetime) -> DeviationView:
    values = row._asdict()
    locked_at, account_state = values.pop("execution_locked_at"), values.pop("state")
    values |= {"tags": tuple(row.tags), "account_name": values.pop("username")}
    return DeviationView(
        **values,
        is_busy=locked_at is not None and locked_at >= live_since,
        waits_for_account=row.status in QUEUED and account_state is not AccountState.CONNECTED,
        file_count=files[1] if files else 0,
        first_file=files[0] if files else None,
    )


def _first_files(session: Session, ids: Sequence[str]) -> dict[str, tuple[FileView, int]]:
    """The first file of each of ``ids``, with the number of files."""
    place = func.row_number().over(
        partition_by=DeviationFile.deviation_id, order_by=(DeviationFile.sort_order, DeviationFile.id)
    )
    number = func.count().over(partition_by=DeviationFile.deviation_id)
    ranked = select(*FILE_COLUMNS, DeviationFile.deviation_id, place.label("place"), number.label("number"))
    ranked_files = ranked.where(DeviationFile.deviation_id.in_(ids)).subquery()
    rows = session.execute(select(ranked_files).where(ranked_files.c.place == 1))
    return {row.deviation_id: (file_view(row), row.number) for row in rows}


FILE_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    DeviationFile.id,
    DeviationFile.blob_id,
    DeviationFile.original_filename,
    DeviationFile.storage_key,
    DeviationFile.mime_type,
    DeviationFile.file_size,
    DeviationFile.width,
    DeviationFile.height,
    DeviationFile.duration,
)


def file_view(row: Any) -> FileView:
    """From a row that has ``FILE_COLUMNS``."""
    return FileView(
        row.id, row.blob_id, row.original_filename, row.storage_key, row.mime_type, row.file_size,
        row.width, row.height, row.duration,
    )  # fmt: skip


def _ordering(session: Session, order: Order) -> tuple[ColumnElement[Any], ...]:
    # The id settles what the first column leaves open, so that no row is on two pages.
    match order:
        case Order.NEWEST:
            return Deviation.created_at.desc(), Deviation.id.desc()
        case Order.OLDEST:
            return Deviation.created_at.asc(), Deviation.id.asc()
        case Order.TITLE:
            return folded(session, Deviation.title).asc(), Deviation.id.asc()
        case Order.NEXT:
            return Deviation.actual_publish_at.asc().nulls_last(), Deviation.id.asc()
        case Order.PUBLISHED:
            return Deviation.published_at.desc().nulls_last(), Deviation.id.desc()
        case Order.CHANGED:
            return Deviation.updated_at.desc(), Deviation.id.desc()
        case Order.RATING:
            return Deviation.rating.desc().nulls_last(), Deviation.created_at.desc(), Deviation.id.desc()
        case Order.PROJECT:
            return (
                folded(session, Deviation.project).asc().nulls_last(),
                Deviation.created_at.desc(),
                Deviation.id.desc(),
            )
