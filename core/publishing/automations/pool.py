"""The drafts an automation chooses from, one after the other, read a page at a time.

However many drafts there are, only those that are looked at are read. ``random`` walks round the circle of
shuffle keys from where the automation was last; each draft has had its random place since it was made.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, literal, select, tuple_
from sqlalchemy.orm import Session

from core.media.models import Blob
from core.publishing.automations.models import SelectionMethod
from core.publishing.automations.sources import SourceFilter, in_pool, matching
from core.publishing.models import Deviation, DeviationFile

PAGE = 50

# What defaults, readiness and title patterns look at.
COLUMNS = (
    Deviation.id, Deviation.created_at, Deviation.shuffle_key, Deviation.title, Deviation.description, Deviation.tags,
    Deviation.category_path, Deviation.gallery_ids, Deviation.is_mature, Deviation.mature_level,
    Deviation.mature_classification, Deviation.allow_comments, Deviation.allow_free_download,
    Deviation.is_ai_generated, Deviation.no_ai, Deviation.add_watermark, Deviation.display_resolution,
    Deviation.feature, Deviation.stash_only, Deviation.upload_mode,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A draft that could be taken: its fields by column, and the names of its files in order."""

    fields: dict[str, Any]
    filenames: list[str] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)  # perceptual hashes of its files, where they are known

    @property
    def id(self) -> str:
        return str(self.fields["id"])

    @property
    def stem(self) -> str:
        """The name of its first file, without the ending."""
        return PurePath(self.filenames[0]).stem if self.filenames else ""


class Pool:
    """The drafts of one automation in the order of its selection; each is given once."""

    def __init__(
        self,
        session: Session,
        *,
        user_id: str,
        account_id: str,
        source: SourceFilter,
        method: SelectionMethod,
        shuffle_at: int,
    ) -> None:
        self._session = session
        self._conditions = [*in_pool(user_id, account_id), *matching(session, source)]
        self._candidates = self._walk(method, shuffle_at)

    def __iter__(self) -> Iterator[Candidate]:
        return self._candidates

    def _walk(self, method: SelectionMethod, shuffle_at: int) -> Iterator[Candidate]:
        match method:
            case SelectionMethod.FIFO:
                yield from self._pages((Deviation.created_at, Deviation.id))
            case SelectionMethod.LIFO:
                yield from self._pages((Deviation.created_at, Deviation.id), descending=True)
            case SelectionMethod.RANDOM:
                key = Deviation.shuffle_key
                yield from self._pages((key, Deviation.id), key > shuffle_at)
                yield from self._pages((key, Deviation.id), key <= shuffle_at)

    def _pages(
        self, order: tuple[Any, Any], start: ColumnElement[bool] | None = None, *, descending: bool = False
    ) -> Iterator[Candidate]:
        """Pages by keyset: each begins after the last row of the one before."""
        query: Select[*tuple[Any, ...]] = select(*COLUMNS).where(*self._conditions)
        if start is not None:
            query = query.where(start)
        query = query.order_by(*(column.desc() if descending else column for column in order)).limit(PAGE)
        after: Row[Any] | None = None
        while True:
            rows = self._session.execute(query if after is None else _beyond(query, order, after, descending)).all()
            yield from self._with_files(rows)
            if len(rows) < PAGE:
                return
            after = rows[-1]

    def _with_files(self, rows: Any) -> Iterator[Candidate]:
        ids = [row.id for row in rows]
        if not ids:
            return
        names: defaultdict[str, list[str]] = defaultdict(list)
        pictures: defaultdict[str, list[int]] = defaultdict(list)
        query = select(DeviationFile.deviation_id, DeviationFile.original_filename, Blob.perceptual_hash)
        query = query.join(Blob, Blob.id == DeviationFile.blob_id).where(DeviationFile.deviation_id.in_(ids))
        query = query.order_by(DeviationFile.deviation_id, DeviationFile.sort_order, DeviationFile.id)
        for deviation_id, name, picture in self._session.execute(query):
            names[deviation_id].append(name)
            if picture is not None:
                pictures[deviation_id].append(picture)
        for row in rows:
            yield Candidate(dict(row._mapping), names[row.id], pictures[row.id])


def _beyond(
    query: Select[*tuple[Any, ...]], order: tuple[Any, Any], after: Row[Any], descending: bool
) -> Select[*tuple[Any, ...]]:
    place = tuple_(*order)
    last = tuple_(*(literal(after._mapping[column.key], column.type) for column in order))
    return query.where(place < last if descending else place > last)
