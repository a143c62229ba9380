"""Bringing many files into the store at once, outside of any transaction: slow work, kept off the database.

Each file is hashed first, so that content the owner has already is neither decoded nor stored
again. What comes out is told in the order the files were given, while later ones are still being
worked on; only a few are under way at a time, so memory stays flat however many there are.
"""

import hashlib
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from core.db.engine import Database
from core.errors import UnavailableError
from core.media.blobs import Place, has_blob
from core.media.errors import MediaFileRefused
from core.media.probe import ProbedFile, ProbeLimits
from core.media.storage import ObjectStore
from core.media.thumbnails import THUMBNAIL_MIME, examine

log = structlog.get_logger(__name__)

DEFAULT_WORKERS = min(os.cpu_count() or 2, 8)


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file on this machine, and what its owner calls it. The name decides nothing about its type."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Stored:
    """The objects are in the store at ``place``; a row is still missing."""

    place: Place
    probed: ProbedFile


@dataclass(frozen=True, slots=True)
class Known:
    """The owner has this content already, or the same import brings it a second time."""

    sha256: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Why a file was not taken. ``retryable``: the file is fine, so trying again later can help."""

    reason: str
    retryable: bool


Taken = Stored | Known | NotTaken


@dataclass(slots=True)
class Intake:
    """Takes files of one owner into the store."""

    database: Database
    store: ObjectStore
    owner_id: str
    limits: ProbeLimits = field(default_factory=ProbeLimits)
    workers: int = DEFAULT_WORKERS
    _begun: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take_all(self, files: Sequence[IncomingFile]) -> Iterator[tuple[IncomingFile, Taken]]:
        """Take all files on several cores; pairs in the order given. Ending early stops what is not yet begun."""
        waiting: deque[tuple[IncomingFile, Future[Taken]]] = deque()
        rest = iter(files)
        with ThreadPoolExecutor(self.workers, thread_name_prefix="import") as pool:
            try:
                while True:
                    while len(waiting) < self.workers * 2 and (file := next(rest, None)) is not None:
                        waiting.append((file, pool.submit(self.take, file)))
                    if not waiting:
                        return
                    file, future = waiting.popleft()
                    yield file, future.result()
            finally:
                for _, future in waiting:
                    future.cancel()

    def take(self, file: IncomingFile, *, even_if_known: bool = False) -> Taken:
        """Take one file; never raises. ``even_if_known`` stores it whatever is there already."""
        try:
            sha256 = self._digest(file)
            if sha256 is not None and not even_if_known and self._is_known(sha256):
                return Known(sha256)
            return self._store(file)
        except MediaFileRefused as error:
            return NotTaken(str(error), retryable=False)
        except UnavailableError as error:
            return NotTaken(f"“{file.name}”: {error}", retryable=True)
        except OSError as error:
            log.warning("An incoming file could not be read.", errno=error.errno)
            return NotTaken(f"“{file.name}” did not arrive whole. Upload it again.", retryable=True)
        except Exception:  # an edge: one file nobody thought of must not hold up the others
            log.exception("A file could not be taken.")
            return NotTaken(f"“{file.name}” could not be read for an unknown reason; the log has it.", retryable=True)

    def _digest(self, file: IncomingFile) -> str | None:
        # What is too large is refused by its size alone, without being read.
        if file.path.stat().st_size > self.limits.max_bytes:
            return None
        with file.path.open("rb") as reader:
            return hashlib.file_digest(reader, "sha256").hexdigest()

    def _is_known(self, sha256: str) -> bool:
        with self._lock:
            if sha256 in self._begun:
                return True
            self._begun.add(sha256)
        with self.database.read() as session:
            return has_blob(session, self.owner_id, sha256)

    def _store(self, file: IncomingFile) -> Stored:
        examined = examine(file.path, limits=self.limits, name=file.name)
        place = Place.fresh(self.owner_id, examined.probed)
        try:
            for size, picture in examined.thumbnails.items():
                self.store.put(place.thumbnail(size), picture, content_type=THUMBNAIL_MIME)
            self.store.put(place.original, file.path, content_type=examined.probed.mime_type)
        except Exception:
            discard(self.store, place)
            raise
        return Stored(place, examined.probed)


def discard(store: ObjectStore, place: Place) -> None:
    """Remove what was stored for a row that never came; the place is its own alone, so nobody misses it."""
    for key in place.keys:
        try:
            store.delete(key)
        except UnavailableError:
            return  # left behind, and never seen
