"""From files to products: one for each, with what the file says about its making.

The slow part (reading, thumbnails, the store) happens without a transaction; each product is then written in one short
transaction, or not at all.
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.errors import AtelierError, UnavailableError
from core.media.blobs import find_blob, record_blob
from core.media.embedded import EmbeddedMetadata
from core.media.imports import DEFAULT_WORKERS, IncomingFile, Intake, Known, NotTaken, Stored, Taken, discard
from core.media.models import Blob
from core.media.names import safe_filename
from core.media.probe import ProbeLimits
from core.media.storage import ObjectStore
from core.studio.products.models import Product, ProductSource, ProductType
from core.studio.products.searching import search_text
from core.studio.shelves.projects import get_active_project
from core.system import audit
from core.system.actors import Actor

log = structlog.get_logger(__name__)

# The house itself is in trouble when this many in a row fail for no fault of theirs: the rest is not tried.
_GIVE_UP_AFTER = 3
_NOT_TRIED = "Not tried, because the files before it could not be kept. Try again in a moment."

# Files done, files in all, name of the latest.
Progress = Callable[[int, int, str], None]


class Outcome(enum.StrEnum):
    """``refused`` is about the file; ``retry`` is about us, and the same file may be taken later."""

    CREATED = "created"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What became of one file: its product, the one that shows the same picture, or why there is none."""

    name: str
    outcome: Outcome
    product_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ProductImport:
    """What the person chose. ``allow_duplicates`` makes products of pictures that others show already."""

    project_id: str | None = None
    allow_duplicates: bool = False
    limits: ProbeLimits = field(default_factory=ProbeLimits)
    workers: int = DEFAULT_WORKERS


def import_products(
    database: Database,
    store: ObjectStore,
    actor: Actor,
    files: Sequence[IncomingFile],
    choices: ProductImport | None = None,
    *,
    progress: Progress | None = None,
    now: datetime,
) -> tuple[ImportedFile, ...]:
    """Make products of ``files``, results in their order; one bad file never stops the others.

    Raises what ``get_active_project`` raises before anything is read.
    """
    chosen = choices or ProductImport()
    if chosen.project_id is not None:
        with database.read() as session:
            get_active_project(session, actor, chosen.project_id)
    intake = Intake(database, store, actor.user_id, chosen.limits, chosen.workers)
    results: list[ImportedFile] = []
    failures = 0
    for file, taken in intake.take_all(files):
        result = _make(database, store, actor, file, taken, chosen, now)
        if result is None:  # an earlier file of this import was about to store it, and that came to nothing
            again = intake.take(file, even_if_known=True)
            result = _make(database, store, actor, file, again, chosen, now) or _later(file, _NOT_TRIED)
        results.append(result)
        failures = failures + 1 if result.outcome is Outcome.RETRY else 0
        if progress is not None:
            progress(len(results), len(files), file.name)
        if failures >= _GIVE_UP_AFTER:
            break
    results += [_later(file, _NOT_TRIED) for file in files[len(results) :]]
    return tuple(results)


def _make(
    database: Database,
    store: ObjectStore,
    actor: Actor,
    file: IncomingFile,
    taken: Taken,
    chosen: ProductImport,
    now: datetime,
) -> ImportedFile | None:
    """The result for one file; ``None`` when its content is known but nowhere to be found."""
    if isinstance(taken, NotTaken):
        return ImportedFile(file.name, Outcome.RETRY if taken.retryable else Outcome.REFUSED, reason=taken.reason)
    is_written = False
    try:
        with database.session() as session:
            result = _write(session, actor, file, taken, chosen, now)
            is_written = True
        return result
    except AtelierError as error:
        outcome = Outcome.RETRY if isinstance(error, UnavailableError) else Outcome.REFUSED
        failed = ImportedFile(file.name, outcome, reason=f"“{file.name}”: {error}")
    except Exception:  # an edge: the other files must not suffer
        log.exception("A product could not be written.")
        failed = _later(file, "Something unexpected happened; the log has it. Try again.")
    # At its commit it may have been kept: then the objects stay.
    if isinstance(taken, Stored) and not is_written:
        discard(store, taken.place)
    return failed


def _write(
    session: Session, actor: Actor, file: IncomingFile, taken: Stored | Known, chosen: ProductImport, now: datetime
) -> ImportedFile | None:
    blob = _blob(session, actor, taken, now)
    if blob is None:
        return None
    shown = session.execute(
        select(Product.id, Product.name)
        .where(Product.blob_id == blob.id, Product.user_id == actor.user_id, Product.deleted_at.is_(None))
        .order_by(Product.created_at, Product.id)
        .limit(1)
    ).one_or_none()
    if shown is not None and not chosen.allow_duplicates:
        reason = f"“{file.name}” is the same picture as “{shown.name}”."
        return ImportedFile(file.name, Outcome.DUPLICATE, shown.id, reason)
    row = _product(actor, file, blob, chosen.project_id, now)
    session.add(row)
    session.flush()
    after = {"name": row.name, "project_id": row.project_id}
    audit.record(session, actor, "product.imported", row.id, after=after, now=now)
    return ImportedFile(file.name, Outcome.CREATED, row.id)


def _blob(session: Session, actor: Actor, taken: Stored | Known, now: datetime) -> Blob | None:
    if isinstance(taken, Stored):
        return record_blob(session, actor.user_id, taken.place, taken.probed, now=now)
    return find_blob(session, actor.user_id, taken.sha256)


def _product(actor: Actor, file: IncomingFile, blob: Blob, project_id: str | None, now: datetime) -> Product:
    said = EmbeddedMetadata.from_json(blob.embedded)
    name = PurePath(safe_filename(file.name)).stem or "picture"
    prompt, model, provider = said.prompt, _cut(said.model, 255), _cut(said.generator, 100)
    return Product(
        user_id=actor.user_id,
        blob_id=blob.id,
        type=ProductType.VIDEO if blob.mime_type.startswith("video/") else ProductType.IMAGE,
        source=ProductSource.IMPORTED,
        name=name,
        project_id=project_id,
        provider=provider,
        model=model,
        prompt=prompt,
        negative_prompt=said.negative_prompt,
        seed=None if said.seed is None else str(said.seed),
        parameters=parameters_of(said),
        search_text=search_text(name=name, prompt=prompt, provider=provider, model=model),
        created_at=now,
        updated_at=now,
    )


def parameters_of(said: EmbeddedMetadata) -> dict[str, Any]:
    """What a file says about its making, in the plain names that parameters have everywhere in the house."""
    width, height = said.size or (None, None)
    found = {
        "steps": said.steps,
        "guidance": said.cfg_scale,
        "sampler": said.sampler,
        "width": width,
        "height": height,
        "loras": ", ".join(said.loras) or None,
        "model_hash": said.model_hash,
    }
    return {name: value for name, value in found.items() if value is not None}


def _cut(text: str | None, length: int) -> str | None:
    return text[:length] if text else None


def _later(file: IncomingFile, reason: str) -> ImportedFile:
    return ImportedFile(file.name, Outcome.RETRY, reason=reason if reason == _NOT_TRIED else f"“{file.name}”: {reason}")
