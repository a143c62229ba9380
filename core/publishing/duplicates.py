"""Whether a picture is shown already: by content, not by name."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.chunks import chunked
from core.publishing.models import Deviation, DeviationFile, DeviationStatus
from core.system.actors import Actor


@dataclass(frozen=True, slots=True)
class ShownBy:
    """A deviation outside the trash that shows the same content."""

    deviation_id: str
    title: str
    status: DeviationStatus


def find_shown(session: Session, actor: Actor, blob_ids: Collection[str]) -> dict[str, ShownBy]:
    """For those of ``blob_ids`` that a deviation of the person shows: the oldest such deviation."""
    found: dict[str, ShownBy] = {}
    for some in chunked(blob_ids):
        query = (
            select(DeviationFile.blob_id, Deviation.id, Deviation.title, Deviation.status)
            .join(Deviation, Deviation.id == DeviationFile.deviation_id)
            .where(DeviationFile.blob_id.in_(some), Deviation.user_id == actor.user_id, Deviation.deleted_at.is_(None))
            .order_by(Deviation.created_at, Deviation.id)
        )
        for row in session.execute(query):
            found.setdefault(row.blob_id, ShownBy(row.id, row.title, row.status))
    return found
