"""Which works of a gallery page are new here, and which are not to be taken."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from core.clock import SKEW
from core.publishing.execution.work import PUBLISH
from core.publishing.models import Deviation, DeviationFile
from core.publishing.takeover.providers import GalleryWork
from core.system.models import AuditEvent, Intent, IntentState


@dataclass(slots=True)
class Sorted:
    """``fresh`` are to be taken, ``bare`` are here without their picture (work and our id), ``binned`` are to be taken
    out of the trash (our ids). All others stay as they are."""

    fresh: list[GalleryWork] = field(default_factory=list)
    bare: list[tuple[GalleryWork, str]] = field(default_factory=list)
    binned: list[str] = field(default_factory=list)


def sort_works(
    session: Session, user_id: str, account_id: str, works: Sequence[GalleryWork], *, bring_back: bool
) -> Sorted:
    """Look at one page. Without ``bring_back`` what the person deleted here, even for good, stays away."""
    here = _known_here(session, [work.deviation_id for work in works])
    purged = set() if bring_back else _purged(session, user_id, works)
    doubtful_from = _in_doubt_since(session, account_id)
    found = Sorted()
    for work in works:
        row = here.get(work.deviation_id)
        if row is None:
            if work.deviation_id not in purged and not _may_be_ours(work, doubtful_from):
                found.fresh.append(work)
        elif row.user_id != user_id or row.imported_at is None:
            continue
        elif row.is_binned:
            if bring_back:
                found.binned.append(row.id)
        elif not row.has_file and work.picture_url is not None:
            found.bare.append((work, row.id))
    return found


@dataclass(frozen=True, slots=True)
class _Here:
    id: str
    user_id: str
    imported_at: datetime | None
    is_binned: bool
    has_file: bool


def _known_here(session: Session, ids: Sequence[str]) -> dict[str, _Here]:
    """What the house has of these works, whoever's it is: a work is in it once. Files of a post count as well."""
    own = aliased(DeviationFile)
    has_file = exists().where(own.deviation_id == Deviation.id)
    columns = (Deviation.id, Deviation.user_id, Deviation.imported_at, Deviation.deleted_at, has_file.label("has_file"))
    posts = select(*columns, Deviation.deviation_id.label("remote")).where(Deviation.deviation_id.in_(ids))
    files = (
        select(*columns, DeviationFile.remote_deviation_id.label("remote"))
        .join(DeviationFile, DeviationFile.deviation_id == Deviation.id)
        .where(DeviationFile.remote_deviation_id.in_(ids))
    )
    return {
        row.remote: _Here(row.id, row.user_id, row.imported_at, row.deleted_at is not None, row.has_file)
        for query in (files, posts)
        for row in session.execute(query)
    }


def _purged(session: Session, user_id: str, works: Sequence[GalleryWork]) -> set[str]:
    """Those of ``works`` that the person deleted here for good: the trail remembers their addresses."""
    by_url = {work.url: work.deviation_id for work in works}
    url = AuditEvent.before["url"].as_string()
    query = select(url).where(
        AuditEvent.owner_id == user_id, AuditEvent.action == "deviation.purged", url.in_(list(by_url))
    )
    return {by_url[found] for found in session.scalars(query) if found in by_url}


def _in_doubt_since(session: Session, account_id: str) -> datetime | None:
    """The earliest publish call of the account whose outcome nobody knows yet."""
    unsettled = select(Intent.subject_id, Intent.opened_at).where(
        Intent.kind == PUBLISH, Intent.state.in_([IntentState.OPEN, IntentState.UNKNOWN])
    )
    opened = {row.subject_id: row.opened_at for row in session.execute(unsettled)}
    if not opened:
        return None
    query = select(DeviationFile.id).join(Deviation, Deviation.id == DeviationFile.deviation_id)
    query = query.where(DeviationFile.id.in_(list(opened)), Deviation.account_id == account_id)
    return min((opened[file_id] for file_id in session.scalars(query)), default=None)


def _may_be_ours(work: GalleryWork, doubtful_from: datetime | None) -> bool:
    """Whether the work may be what a publish call in doubt has made; it then belongs to that post."""
    if doubtful_from is None:
        return False
    return work.published_at is None or work.published_at >= doubtful_from - SKEW
