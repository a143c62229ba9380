"""One work of a gallery as a published post of ours."""

import html
from datetime import datetime

from sqlalchemy.orm import Session

from core.media.blobs import find_blob, record_blob
from core.media.imports import Known, Stored
from core.media.names import safe_filename
from core.publishing import tags as tagging
from core.publishing.access import Post
from core.publishing.changes import DESCRIPTION_LENGTH, TITLE_LENGTH
from core.publishing.models import Deviation, DeviationStatus, MatureLevel
from core.publishing.states import require_move
from core.publishing.statistics.models import GalleryImport
from core.publishing.takeover.providers import GalleryWork, WorkDescription
from core.publishing.uploads import add_files
from core.system import audit
from core.system.actors import Actor


def write_work(
    session: Session, run: GalleryImport, work: GalleryWork, described: WorkDescription | None, *, now: datetime
) -> Deviation:
    """The post for ``work``, still without its picture."""
    require_move(None, DeviationStatus.PUBLISHED)
    actor = Actor.sidecar(run.user_id)
    row = Deviation(
        user_id=run.user_id,
        account_id=run.account_id,
        status=DeviationStatus.PUBLISHED,
        title=_title(work.title),
        description=_description(described),
        tags=_tags(described),
        is_mature=work.is_mature,
        mature_level=_mature_level(work, described),
        allow_comments=work.allows_comments,
        allow_free_download=work.is_downloadable,
        deviation_id=work.deviation_id,
        deviation_url=work.url,
        published_at=work.published_at,
        imported_at=now,
        post_count_incremented=True,
        created_at=now,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    after = {"status": "published", "title": row.title, "url": work.url, "takeover": run.id}
    audit.record(
        session, actor, "deviation.imported", row.id, after=after, reason="taken over from the gallery", now=now
    )
    return row


def give_picture(session: Session, row: Deviation, work: GalleryWork, taken: Stored | Known, *, now: datetime) -> bool:
    """Show the stored picture on the post; ``False`` when its content is not there any more."""
    actor = Actor.sidecar(row.user_id)
    if isinstance(taken, Stored):
        blob = record_blob(session, row.user_id, taken.place, taken.probed, now=now)
    else:
        found = find_blob(session, row.user_id, taken.sha256)
        if found is None:
            return False
        blob = found
    name = safe_filename(f"{row.title}.{blob.mime_type.rpartition('/')[2]}")
    (file,) = add_files(session, actor, Post(row), [(blob, name)], now=now)
    file.remote_deviation_id, file.remote_url, file.published_at = work.deviation_id, work.url, work.published_at
    row.error_message = None
    session.flush()
    return True


def bring_back(session: Session, row: Deviation, *, now: datetime) -> None:
    """Take a work that the person deleted here out of the trash, as they asked when they began."""
    before = {"deleted_at": row.deleted_at.isoformat() if row.deleted_at else None}
    row.deleted_at, row.updated_at = None, now
    session.flush()
    audit.record(
        session, Actor.sidecar(row.user_id), "deviation.restored", row.id, before=before, after={"deleted_at": None},
        reason="taken over again", now=now,
    )  # fmt: skip


def _title(text: str) -> str:
    title = " ".join(html.unescape(text).replace("\0", "").split())
    return title[:TITLE_LENGTH] or "Untitled"


def _description(described: WorkDescription | None) -> str | None:
    text = (described.description or "") if described else ""
    return text.replace("\0", "").strip()[:DESCRIPTION_LENGTH] or None


def _tags(described: WorkDescription | None) -> list[str]:
    tags = tagging.tidy(described.tags) if described else []
    return [tag for tag in tags if len(tag) <= tagging.MAX_LENGTH][: tagging.MAX_KEPT]


def _mature_level(work: GalleryWork, described: WorkDescription | None) -> MatureLevel | None:
    level = described.mature_level if described and work.is_mature else None
    return MatureLevel(level) if level in {member.value for member in MatureLevel} else None
