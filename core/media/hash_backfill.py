"""Perceptual hashes for pictures that came in before there were any, from their stored thumbnails."""

import structlog
from sqlalchemy import select, update

from core.db.engine import Database
from core.media.blobs import thumbnail_key
from core.media.models import Blob
from core.media.perceptual import FEATURELESS, hash_encoded
from core.media.storage import ObjectMissing, ObjectStore

log = structlog.get_logger(__name__)

THUMBNAIL = 400  # pixels; the hash itself looks at 32


def backfill(database: Database, store: ObjectStore, *, limit: int = 200) -> int:
    """Hash at most ``limit`` pictures that have no hash; how many got one.

    A picture without a readable thumbnail counts as featureless, so that it is not tried for ever. Raises
    ``StorageUnavailableError`` when the store is away; what was hashed by then is kept.
    """
    with database.read() as session:
        query = select(Blob.id, Blob.storage_key).where(Blob.perceptual_hash.is_(None)).order_by(Blob.id)
        waiting = session.execute(query.limit(limit)).all()
    for row in waiting:
        found = _hash_of(store, row.storage_key, row.id)
        with database.session() as session:
            session.execute(update(Blob).where(Blob.id == row.id).values(perceptual_hash=found))
    return len(waiting)


def _hash_of(store: ObjectStore, storage_key: str, blob_id: str) -> int:
    try:
        found = hash_encoded(store.get(thumbnail_key(storage_key, THUMBNAIL)))
    except ObjectMissing:
        found = None
    if found is None:
        log.warning("A picture has no thumbnail to compare by.", blob_id=blob_id)
    return FEATURELESS if found is None else found
