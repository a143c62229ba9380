"""Bringing results here: fetched with a limit, looked at, made smaller, stored. Rows come later, in one transaction."""

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import UnavailableError
from core.media.blobs import Place
from core.media.errors import DecompressionBomb, EmptyFile, FileTooLarge, MediaFileRefused, UnknownFileType
from core.media.imports import discard
from core.media.incoming import Incoming
from core.media.probe import ProbedFile, ProbeLimits
from core.media.storage import ObjectStore
from core.media.thumbnails import THUMBNAIL_MIME, Examined, examine
from core.studio.execution.calls import named
from core.studio.execution.work import Work
from core.studio.hooks.finishing import Finished, finish
from core.studio.providers import ErrorCategory, GenerationError, ImageProvider, Outcome, Output


@dataclass(frozen=True, slots=True)
class Kept:
    """One result in the store. Whether its owner had the same content before shows when the row is written.

    ``after`` are the hooks that made it what it is; ``original`` is then the picture as the provider sent it.
    """

    index: int
    output: Output
    place: Place
    probed: ProbedFile
    after: tuple[str, ...] = ()
    original: tuple[Place, ProbedFile] | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """One result that could not be had, and why."""

    index: int
    error: GenerationError


@dataclass(frozen=True, slots=True)
class Keeper:
    """Brings results of one installation into its store, as many at once as the machine has cores.

    More would not be faster, and would keep those waiting who begin the next calls.
    """

    store: ObjectStore
    incoming: Incoming
    limits: ProbeLimits
    _hands: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(os.cpu_count() or 2))

    def keep_all(
        self, work: Work, provider: ImageProvider, outcome: Outcome, *, without: frozenset[int]
    ) -> list[Kept | Lost]:
        """Every result but those ``without``, in order."""
        found: list[Kept | Lost] = []
        for index, output in enumerate(outcome.outputs):
            if index in without:
                continue
            try:
                with named(work, "keep"):
                    found.append(self._keep(work, provider, index, output))
            except GenerationError as error:
                found.append(Lost(index, error))
        return found

    def _keep(self, work: Work, provider: ImageProvider, index: int, output: Output) -> Kept:
        try:
            with self.incoming.room() as folder:
                path = folder / "result"
                self._fetch(work, provider, output, path)
                with self._hands:
                    return self._keep_here(work, index, output, path)
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

    def _keep_here(self, work: Work, index: int, output: Output, path: Path) -> Kept:
        """Store what lies at ``path``, and what the hooks of the item make of it."""
        examined = self._examine(path)
        found = finish(path, work.after, path.parent, limits=self.limits) if work.after else Finished()
        changed = None
        if found.path is not None:
            try:
                changed = self._examine(found.path)
            except GenerationError:
                found = found.undone("The picture it made is too large to be kept.")
        work.skipped.extend(found.skipped)
        if found.path is None or changed is None or changed.probed.sha256 == examined.probed.sha256:
            return Kept(index, output, self._store(work, path, examined), examined.probed)
        original = self._store(work, path, examined)
        try:
            place = self._store(work, found.path, changed)
        except Exception:
            discard(self.store, original)
            raise
        return Kept(index, output, place, changed.probed, found.done, (original, examined.probed))

    def _store(self, work: Work, path: Path, examined: Examined) -> Place:
        place = Place.fresh(work.user_id, examined.probed)
        try:
            for size, picture in examined.thumbnails.items():
                self.store.put(place.thumbnail(size), picture, content_type=THUMBNAIL_MIME)
            self.store.put(place.original, path, content_type=examined.probed.mime_type)
        except Exception:
            discard(self.store, place)
            raise
        return place

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
