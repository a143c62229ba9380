"""Furnishes a studio: paints the demo pictures and brings them in as an upload would be."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import structlog

from core.clock import utc_now
from core.demo.catalogue import PICTURES, DemoPicture
from core.demo.tools import lay_out
from core.media.imports import IncomingFile
from core.publishing.changes import DeviationChanges
from core.publishing.imports import ImportChoices, ImportLimits, ImportOutcome, import_files
from core.publishing.models import DeviationStatus
from core.runtime import Runtime
from core.system.actors import Actor

log = structlog.get_logger(__name__)


def furnish(runtime: Runtime, user_id: str) -> int:
    """Paint the pictures of the catalogue for a person and bring them in; how many are new.

    Some wait for review, as if a program had delivered them, the others are drafts. A picture the person has
    already is left as it is. A price, templates and an automation come along for who has none. Takes some seconds.
    """
    with runtime.database.session() as session:
        lay_out(session, Actor.person(user_id), now=utc_now())
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(max_workers=2) as painters:
        painted = painters.map(lambda picture: _paint(picture, Path(folder)), PICTURES)
        count = sum(_bring_in(runtime, user_id, picture, file) for picture, file in zip(PICTURES, painted, strict=True))
    log.info("The demo studio is furnished.", user_id=user_id, pictures=count)
    return count


def _paint(picture: DemoPicture, folder: Path) -> IncomingFile:
    path = folder / picture.filename
    picture.painter(np.random.default_rng(picture.seed), *picture.size).save(path, compress_level=3)
    return IncomingFile(picture.filename, path)


def _bring_in(runtime: Runtime, user_id: str, picture: DemoPicture, file: IncomingFile) -> int:
    choices = ImportChoices(
        status=DeviationStatus.REVIEW if picture.for_review else DeviationStatus.DRAFT,
        fields=DeviationChanges(title=picture.title, description=picture.description, tags=list(picture.tags)),
        ai_generated=True,
    )
    report = import_files(
        runtime.database,
        runtime.store,
        Actor.person(user_id),
        [file],
        choices,
        limits=ImportLimits.of(runtime.settings),
        now=utc_now(),
    )
    for result in report.results:
        if result.outcome in {ImportOutcome.REFUSED, ImportOutcome.RETRY}:
            log.warning("A demo picture was not taken.", picture=picture.title, reason=result.reason)
    return report.count(ImportOutcome.CREATED)
