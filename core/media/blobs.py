"""Stored files as rows: one blob for each content and owner, however many rows show it.

The objects of a blob lie in a place of its own (``<owner>/blobs/<sha256>/<blob>/``), so an object
that is removed late can never be one that was stored again meanwhile. Objects come first, the row
second: a row always finds its objects, and what a crash leaves behind is never seen.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Table, delete, exists, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from core.db.base import Base
from core.db.ids import new_id
from core.db.upsert import insert_ignoring
from core.media.embedded import EmbeddedMetadata
from core.media.models import Blob
from core.media.probe import ProbedFile
from core.media.thumbnails import THUMBNAIL_SIZES
from core.system.models import StorageRemoval

# Screens may still be showing a picture whose last row has just gone.
REMOVAL_DELAY = timedelta(hours=1)
_ORIGINAL = "original."


@dataclass(frozen=True, slots=True)
class Place:
    """Where the objects of one blob lie."""

    blob_id: str
    original: str

    @classmethod
    def fresh(cls, owner_id: str, probed: ProbedFile) -> "Place":
        blob_id = new_id("blb")
        return cls(blob_id, f"{owner_id}/blobs/{probed.sha256}/{blob_id}/{_ORIGINAL}{probed.extension}")

    def thumbnail(self, size: int) -> str:
        return thumbnail_key(self.original, size)

    @property
    def keys(self) -> list[str]:
        return all_keys(self.original)


def thumbnail_key(storage_key: str, size: int) -> str:
    """The key of a blob's thumbnail, ``size`` being one of ``THUMBNAIL_SIZES``, from that of its original."""
    return f"{storage_key.rpartition('/')[0]}/{size}.webp"


def all_keys(storage_key: str) -> list[str]:
    """Every object of a blob, from the key of its original."""
    return [storage_key, *(thumbnail_key(storage_key, size) for size in THUMBNAIL_SIZES)]


def find_blob(session: Session, owner_id: str, sha256: str) -> Blob | None:
    """The owner's blob with this content, held until the transaction ends so that it cannot be removed meanwhile."""
    query = select(Blob).where(Blob.user_id == owner_id, Blob.sha256 == sha256)
    return session.scalar(query.with_for_update(read=True, key_share=True))


def has_blob(session: Session, owner_id: str, sha256: str) -> bool:
    """Whether the owner has a blob with this content."""
    return bool(session.scalar(select(exists().where(Blob.user_id == owner_id, Blob.sha256 == sha256))))


def says_how_generated(blob: Blob) -> bool:
    """Whether the file itself tells of a model that made it; texts nobody could read do not count."""
    found = EmbeddedMetadata.from_json(blob.embedded)
    return any((found.prompt, found.model, found.seed is not None, found.sampler, found.loras))


def get_own_blobs(session: Session, owner_id: str, ids: Sequence[str]) -> list[Blob]:
    """Those of ``ids`` that are the owner's, in the order given."""
    found = {blob.id: blob for blob in session.scalars(select(Blob).where(Blob.id.in_(ids), Blob.user_id == owner_id))}
    return [found[one] for one in ids if one in found]


def record_blob(session: Session, owner_id: str, place: Place, probed: ProbedFile, *, now: datetime) -> Blob:
    """The row for objects that are in the store at ``place``.

    When another import of the same content was faster, its blob is returned and the objects at
    ``place`` are handed over for removal.
    """
    inserted = insert_ignoring(
        session,
        Blob,
        {
            "id": place.blob_id,
            "user_id": owner_id,
            "sha256": probed.sha256,
            "storage_key": place.original,
            "mime_type": probed.mime_type,
            "file_size": probed.size_bytes,
            "width": probed.width,
            "height": probed.height,
            "duration": probed.duration_seconds,
            "frames": probed.frames,
            "perceptual_hash": probed.perceptual_hash,
            "embedded": probed.embedded.to_json() or None,
            "created_at": now,
        },
    )
    if not inserted:
        remove_objects(session, place.keys, now=now)
    blob = find_blob(session, owner_id, probed.sha256)
    assert blob is not None  # inserted just now, or it stood in the way
    return blob


def release(session: Session, owner_id: str, ids: Collection[str], *, now: datetime) -> list[str]:
    """Let go of those blobs that no row shows any more: rows deleted, objects handed over for removal."""
    if not ids:
        return []
    # Held first, asked second: a row that is being added to one of them waits, or is seen.
    held = select(Blob.id).where(Blob.id.in_(ids), Blob.user_id == owner_id).order_by(Blob.id).with_for_update()
    candidates = list(session.scalars(held))
    unused = select(Blob.id, Blob.storage_key).where(Blob.id.in_(candidates), *_unreferenced())
    rows = session.execute(unused).all()
    gone = [row.id for row in rows]
    for row in rows:
        remove_objects(session, all_keys(row.storage_key), now=now)
    session.execute(delete(Blob).where(Blob.id.in_(gone)), execution_options={"synchronize_session": "fetch"})
    return gone


def remove_objects(session: Session, keys: Iterable[str], *, now: datetime) -> None:
    """Note objects for removal; it happens after this transaction, if that is kept."""
    session.add_all(StorageRemoval(key=key, created_at=now, not_before=now + REMOVAL_DELAY) for key in keys)
    session.flush()


def _unreferenced() -> list[ColumnElement[bool]]:
    """That no table of any context refers to a blob; a new context needs no word here."""
    return [~exists().where(column == Blob.id) for column in _referring_columns()]


def _referring_columns() -> list["Column[object]"]:
    blobs: Table = Base.metadata.tables["blobs"]
    return [
        key.parent
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column is blobs.c.id and isinstance(key.parent, Column)
    ]
