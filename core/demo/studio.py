"""Furnishes a studio: paints the demo pictures and brings them in as an upload would be."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import structlog

from core.clock import utc_now
from core.demo.catalogue import PICTURES, DemoPicture
from core.media.blobs import Place, find_blob, record_blob, thumbnail_key
from core.media.thumbnails import THUMBNAIL_MIME, Examined, examine
from core.publishing import deviations, uploads
from core.publishing.changes import DeviationChanges
from core.publishing.models import DeviationStatus
from core.runtime import Runtime
from core.system.actors import Actor

log = structlog.get_logger(__name__)
REASON = "demo studio"


def furnish(runtime: Runtime, user_id: str) -> int:
    """Paint every picture of the catalogue for a person and bring it in; how many that were.

    Some wait for review, as if a program had delivered them, the others are drafts. Takes some seconds.
    """
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(max_workers=4) as painters:
        painted = painters.map(lambda picture: _paint(picture, Path(folder)), PICTURES)
        for picture, (path, examined) in zip(PICTURES, painted, strict=True):
            _bring_in(runtime, user_id, picture, path, examined)
    log.info("The demo studio is furnished.", user_id=user_id, pictures=len(PICTURES))
    return len(PICTURES)


def _paint(picture: DemoPicture, folder: Path) -> tuple[Path, Examined]:
    path = folder / picture.filename
    picture.painter(np.random.default_rng(picture.seed), *picture.size).save(path, compress_level=3)
    return path, examine(path, name=picture.filename)


def _bring_in(runtime: Runtime, user_id: str, picture: DemoPicture, path: Path, examined: Examined) -> None:
    place = Place.fresh(user_id, examined.probed)
    with runtime.database.read() as session:
        is_known = find_blob(session, user_id, examined.probed.sha256) is not None
    if not is_known:
        _store(runtime, place, path, examined)
    with runtime.database.session() as session:
        now = utc_now()
        blob = record_blob(session, user_id, place, examined.probed, now=now)
        actor = Actor.person(user_id)
        status = DeviationStatus.REVIEW if picture.for_review else DeviationStatus.DRAFT
        fields = DeviationChanges(
            title=picture.title, description=picture.description, tags=list(picture.tags), is_ai_generated=True
        )
        row = deviations.create(session, actor, fields, status=status, reason=REASON, now=now)
        uploads.attach(session, actor, row.id, [(blob, picture.filename)], now=now)


def _store(runtime: Runtime, place: Place, path: Path, examined: Examined) -> None:
    runtime.store.put(place.original, path, content_type=examined.probed.mime_type)
    for size, thumbnail in examined.thumbnails.items():
        runtime.store.put(thumbnail_key(place.original, size), thumbnail, content_type=THUMBNAIL_MIME)
