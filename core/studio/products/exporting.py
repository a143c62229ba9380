"""Products that leave the house: as rows of a table, and as files in an archive."""

import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.chunks import chunked
from core.media.names import safe_filename
from core.media.storage import ObjectMissing, ObjectStore
from core.studio.products.models import Product
from core.studio.products.views import ProductView, views_of
from core.system.actors import Actor

HEADER = (
    "file", "product_id", "name", "created_at", "source", "project", "provider", "model", "prompt", "negative_prompt",
    "seed", "width", "height", "bytes", "liked", "rejected", "rating", "cost_usd", "cost_is_estimated", "notes",
    "parameters",
)  # fmt: skip
TABLE_NAME = "pictures.csv"
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Exported:
    """One product on its way out: its file in the archive, where that lies, and its line of the table."""

    file_name: str
    storage_key: str
    size_bytes: int
    line: tuple[object, ...]


def list_exported(session: Session, actor: Actor, product_ids: Sequence[str]) -> list[Exported]:
    """Those of ``product_ids`` that are the person's, in this order. An unknown cost is an empty cell, never 0."""
    found: list[Exported] = []
    for some in chunked(dict.fromkeys(product_ids)):
        query = select(Product.id, Product.prompt, Product.negative_prompt, Product.notes, Product.parameters)
        rows = {row.id: row for row in session.execute(query.where(Product.id.in_(some)))}
        found += [_exported(view, rows[view.id]) for view in views_of(session, actor.user_id, some)]
    return found


def file_name(view: ProductView) -> str:
    """``{provider}_{id}_{timestamp}.{ext}``; the timestamp is that of its making, in UTC."""
    ending = view.storage_key.rpartition(".")[2]
    made = view.created_at.astimezone(UTC)
    return safe_filename(f"{view.provider or view.source.value}_{view.id}_{made:%Y%m%d-%H%M%S}.{ending}")


def write_archive(
    store: ObjectStore,
    target: Path,
    pictures: Iterable[Exported],
    table: bytes,
    *,
    progress: Callable[[int], bool] | None = None,
) -> list[str]:
    """Write files and table as a zip, piece by piece; the names of those whose file is not in the store any more.

    ``progress`` is told how many are done, and ends it by saying ``False``.
    """
    missing: list[str] = []
    # Pictures are packed already: to pack them again costs time and saves nothing.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        archive.writestr(TABLE_NAME, table, zipfile.ZIP_DEFLATED)
        for number, picture in enumerate(pictures, start=1):
            try:
                with (
                    store.open(picture.storage_key) as source,
                    archive.open(picture.file_name, "w", force_zip64=True) as sink,
                ):
                    for piece in iter(lambda source=source: source.read(_PIECE), b""):  # type: ignore[misc]  # bound at once
                        sink.write(piece)
            except ObjectMissing:
                missing.append(picture.file_name)
            if progress is not None and not progress(number):
                break
    return missing


def _exported(view: ProductView, row: Any) -> Exported:
    name = file_name(view)
    line = (
        name, view.id, view.name, view.created_at.isoformat(), view.source.value, view.project_name, view.provider,
        view.model, row.prompt, row.negative_prompt, view.seed, view.width, view.height, view.file_size, view.liked,
        view.rejected, view.rating, view.cost, view.cost_is_estimated, row.notes,
        json.dumps(row.parameters, ensure_ascii=False, sort_keys=True),
    )  # fmt: skip
    return Exported(name, view.storage_key, view.file_size, line)
