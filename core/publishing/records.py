"""Deviations as programs see them: whole records, in pages that stay put while new ones arrive."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from core.identity.models import Account
from core.media.models import Blob
from core.publishing.access import not_found
from core.publishing.errors import ChangeRefused
from core.publishing.models import Deviation, DeviationFile, DeviationStatus, MatureLevel
from core.system.actors import Actor

MOST_RECORDS = 100


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file. ``embedded`` is what it says about its making; only asked for with a single record."""

    id: str
    name: str
    mime_type: str
    size_bytes: int
    sha256: str
    width: int | None
    height: int | None
    duration_seconds: float | None
    embedded: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class DeviationRecord:
    """One deviation. ``goes_out_at`` is the promise, with the random delay; ``url`` its address once it is out."""

    id: str
    status: DeviationStatus
    title: str
    description: str | None
    tags: tuple[str, ...]
    is_mature: bool
    mature_level: MatureLevel | None
    is_ai_generated: bool
    no_ai: bool
    gallery_ids: tuple[str, ...]
    rating: int | None
    project: str | None
    account_id: str | None
    account_name: str | None
    created_at: datetime
    updated_at: datetime
    goes_out_at: datetime | None
    published_at: datetime | None
    url: str | None
    error: str | None
    files: tuple[FileRecord, ...]


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Some records, newest first; ``next_cursor`` asks for those behind them, ``None``: these were the last."""

    records: tuple[DeviationRecord, ...]
    next_cursor: str | None


def get_record(session: Session, actor: Actor, deviation_id: str, *, with_embedded: bool = True) -> DeviationRecord:
    """One deviation outside the trash. Raises :class:`DeviationNotFound`."""
    query = _mine(actor).where(Deviation.id == deviation_id).execution_options(populate_existing=True)
    row = session.execute(query).one_or_none()
    if row is None:
        raise not_found()
    files = _files(session, [deviation_id], with_embedded=with_embedded)
    return _record(row.Deviation, row.username, files.get(deviation_id, []))


def list_records(
    session: Session,
    actor: Actor,
    *,
    statuses: Sequence[DeviationStatus] = (),
    cursor: str | None = None,
    limit: int = 50,
) -> RecordPage:
    """The person's deviations outside the trash, newest first. Raises :class:`ChangeRefused` for a made-up cursor."""
    size = min(max(limit, 1), MOST_RECORDS)
    query = _mine(actor).order_by(Deviation.created_at.desc(), Deviation.id.desc())
    if statuses:
        query = query.where(Deviation.status.in_(statuses))
    if cursor is not None:
        at, last = _read_cursor(cursor)
        behind = and_(Deviation.created_at == at, Deviation.id < last)
        query = query.where(or_(Deviation.created_at < at, behind))
    rows = session.execute(query.limit(size + 1)).all()
    shown = rows[:size]
    files = _files(session, [row.Deviation.id for row in shown], with_embedded=False)
    records = tuple(_record(row.Deviation, row.username, files.get(row.Deviation.id, [])) for row in shown)
    return RecordPage(records, _cursor(records[-1]) if len(rows) > size else None)


def _mine(actor: Actor) -> Any:
    query = select(Deviation, Account.username).outerjoin(Account, Account.id == Deviation.account_id)
    return query.where(Deviation.user_id == actor.user_id, Deviation.deleted_at.is_(None))


def _files(session: Session, ids: Sequence[str], *, with_embedded: bool) -> dict[str, list[FileRecord]]:
    columns: list[Any] = [
        DeviationFile.deviation_id, DeviationFile.id, DeviationFile.original_filename, DeviationFile.mime_type,
        DeviationFile.file_size, Blob.sha256, DeviationFile.width, DeviationFile.height, DeviationFile.duration,
    ]  # fmt: skip
    if with_embedded:
        columns.append(Blob.embedded)
    query = select(*columns).join(Blob, Blob.id == DeviationFile.blob_id).where(DeviationFile.deviation_id.in_(ids))
    found: dict[str, list[FileRecord]] = {}
    for row in session.execute(query.order_by(DeviationFile.sort_order, DeviationFile.id)):
        found.setdefault(row.deviation_id, []).append(_file_record(row, row.embedded if with_embedded else None))
    return found


def _file_record(row: Any, embedded: dict[str, Any] | None) -> FileRecord:
    return FileRecord(
        row.id, row.original_filename, row.mime_type, row.file_size, row.sha256, row.width, row.height, row.duration,
        embedded,
    )  # fmt: skip


def _record(row: Deviation, account_name: str | None, files: list[FileRecord]) -> DeviationRecord:
    return DeviationRecord(
        id=row.id,
        status=row.status,
        title=row.title,
        description=row.description,
        tags=tuple(row.tags),
        is_mature=row.is_mature,
        mature_level=row.mature_level,
        is_ai_generated=row.is_ai_generated,
        no_ai=row.no_ai,
        gallery_ids=tuple(row.gallery_ids),
        rating=row.rating,
        project=row.project,
        account_id=row.account_id,
        account_name=account_name,
        created_at=row.created_at,
        updated_at=row.updated_at,
        goes_out_at=row.actual_publish_at,
        published_at=row.published_at,
        url=row.deviation_url,
        error=row.error_message,
        files=tuple(files),
    )


def _cursor(record: DeviationRecord) -> str:
    return base64.urlsafe_b64encode(f"{record.created_at.isoformat()} {record.id}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, str]:
    try:
        text = base64.urlsafe_b64decode(cursor.encode() + b"==").decode()
        at, _, last = text.partition(" ")
        instant = datetime.fromisoformat(at)
    except (binascii.Error, UnicodeError, ValueError) as error:
        raise _bad_cursor() from error
    if instant.tzinfo is None or not last:
        raise _bad_cursor()
    return instant, last


def _bad_cursor() -> ChangeRefused:
    return ChangeRefused("This cursor is none. Begin without one, then give the next_cursor of the last answer.")
