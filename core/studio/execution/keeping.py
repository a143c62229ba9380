"""Bringing results here: fetched with a limit, looked at, made smaller, stored. Rows come later, in one transaction."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from core.db.engine import Database
from core.errors import UnavailableError
from core.media.blobs import Place, has_blob
from core.media.errors import DecompressionBomb, EmptyFile, FileTooLarge, MediaFileRefused, UnknownFileType
from core.media.imports import discard
from core.media.incoming import Incoming
from core.media.probe import ProbedFile, ProbeLimits
from core.media.storage import ObjectStore
from core.media.thumbnails import THUMBNAIL_MIME, Examined, examine
from core.studio.execution.calls import named
from core.studio.execution.work import Work
from core.studio.providers import ErrorCategory, GenerationError, ImageProvider, Outcome, Output


@dataclass(frozen=True, slots=True)
class Kept:
    """One result in the store. Without ``place`` its owner has had the same content all along."""

    index: int
    output: Output
    sha256: str
    place: Place | None = None
    probed: ProbedFile | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """One result that could not be had, and why."""

    index: int
    error: GenerationError


@dataclass(frozen=True, slots=True)
class Keeper:
    """Brings results of one installation into its store."""

    database: Database
    store: ObjectStore
    incoming: Incoming
    limits: ProbeLimits

    def keep_all(
        self, work: Work, provider: ImageProvider, outcome: Outcome, *, without: frozenset[int], anew: bool = False
    ) -> list[Kept | Lost]:
        """Every result but those ``without``, in order. ``anew`` stores also what its owner seems to have."""
        found: list[Kept | Lost] = []
        for index, output in enumerate(outcome.outputs):
            if index in without:
                continue
            try:
                with named(work, "keep"):
                    found.append(self._keep(work, provider, index, output, anew=anew))
            except GenerationError as error:
                found.append(Lost(index, error))
        return found

    def _keep(self, work: Work, provider: ImageProvider, index: int, output: Output, *, anew: bool) -> Kept:
        try:
            with self.incoming.room() as folder:
                path = folder / "result"
                self._fetch(work, provider, output, path)
                with path.open("rb") as reader:
                    sha256 = hashlib.file_digest(reader, "sha256").hexdigest()
                if not anew and self._is_known(work.user_id, sha256):
                    return Kept(index, output, sha256)
                return self._store(work, index, output, path, sha256)
        except (UnavailableError, OSError) as error:
            if isinstance(error, GenerationError):
                raise
            raise GenerationError(
                "The result could not be stored here. Make room on the disk, or see whether the store answers; it is "
                "tried again.",
                ErrorCategory.FILE_SYSTEM,
            ) from error

    def _fetch(self, work: Work, provider: ImageProvider, output: Output, path: Path) -> None:
        most = self.limits.max_bytes
        if output.data is not None:
            if len(output.data) > most:
                raise _too_large(most)
            path.write_bytes(output.data)
            return
        provider.fetch(work.connection, output, path, max_bytes=most)
        if path.stat().st_size > most:
            raise _too_large(most)

    def _is_known(self, owner_id: str, sha256: str) -> bool:
        with self.database.read() as session:
            return has_blob(session, owner_id, sha256)

    def _store(self, work: Work, index: int, output: Output, path: Path, sha256: str) -> Kept:
        examined = self._examine(path)
        place = Place.fresh(work.user_id, examined.probed)
        try:
            for size, picture in examined.thumbnails.items():
                self.store.put(place.thumbnail(size), picture, content_type=THUMBNAIL_MIME)
            self.store.put(place.original, path, content_type=examined.probed.mime_type)
        except Exception:
            discard(self.store, place)
            raise
        return Kept(index, output, sha256, place, examined.probed)

    def _examine(self, path: Path) -> Examined:
        try:
            return examine(path, limits=self.limits, name="result")
        except MediaFileRefused as error:
            raise GenerationError(_why(error, self.limits), ErrorCategory.BAD_RESULT) from error


def _too_large(most: int) -> GenerationError:
    return GenerationError(
        f"The result is larger than the {most / 1024**2:.0f} MB that are taken. Ask for a smaller size, or let an "
        "administrator raise ATELIER_MAX_FILE_MB.",
        ErrorCategory.BAD_RESULT,
    )


def _why(error: MediaFileRefused, limits: ProbeLimits) -> str:
    match error:
        case EmptyFile():
            return "The result is empty. Retry; if it stays so, tell the provider."
        case UnknownFileType():
            return "The result is neither a picture nor a film that can be read here. Choose another output format."
        case FileTooLarge():
            return str(_too_large(limits.max_bytes))
        case DecompressionBomb():
            return "The result opens into more pixels than are taken. Ask for a smaller size."
    return "The result is damaged or was cut short. Retry; if it stays so, tell the provider."
