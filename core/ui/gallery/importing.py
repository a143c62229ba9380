"""An import of pictures under way: it goes on in a thread of its own, whatever the person clicks meanwhile."""

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import structlog

from core.clock import utc_now
from core.errors import AtelierError
from core.media.imports import IncomingFile
from core.media.incoming import Incoming
from core.runtime import Runtime
from core.studio.products.errors import ProductChangeRefused
from core.studio.products.importing import ImportedFile, Outcome, ProductImport, import_products
from core.studio.products.unpacking import is_archive, unpack
from core.system.actors import Actor
from core.ui.content.importing import Upload

log = structlog.get_logger(__name__)


class ProductImportJob:
    """Imports files, archives taken apart, and remembers what became of each."""

    def __init__(self, runtime: Runtime, actor: Actor, uploads: Sequence[Upload], choices: ProductImport) -> None:
        self.total, self.done, self.latest = len(uploads), 0, ""
        self.problem: str | None = None
        self.results: tuple[ImportedFile, ...] = ()
        self._runtime, self._actor, self._choices = runtime, actor, choices
        self._thread = threading.Thread(target=self._run, args=(list(uploads),), name="import", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return min(self.done / self.total, 1.0) if self.total else 1.0

    def wait(self, seconds: float | None = None) -> None:
        self._thread.join(seconds)

    def count(self, outcome: Outcome) -> int:
        return sum(result.outcome is outcome for result in self.results)

    def _run(self, uploads: list[Upload]) -> None:
        try:
            # Swept when this process is killed: an archive can be large.
            with Incoming.of(self._runtime.settings.data_dir).room() as folder:
                self._import(*self._unpacked(uploads, folder))
        except AtelierError as error:
            self.problem = str(error)
        except OSError:
            log.exception("Uploaded files could not be put aside.")
            self.problem = "The uploaded files could not be put aside; the disk may be full. Make room and try again."
        except Exception:  # an edge: the thread has nobody above it
            log.exception("An import ended early.")
            self.problem = "The import ended early for an unknown reason; the log has it. Try the rest again."

    def _import(self, files: list[IncomingFile], refused: list[ImportedFile]) -> None:
        self.total = len(files)
        made = import_products(
            self._runtime.database, self._runtime.store, self._actor, files, self._choices, progress=self._progress,
            now=utc_now(),
        )  # fmt: skip
        self.results = (*refused, *made)

    def _unpacked(self, uploads: list[Upload], folder: Path) -> tuple[list[IncomingFile], list[ImportedFile]]:
        files: list[IncomingFile] = []
        refused: list[ImportedFile] = []
        for place, upload in enumerate(uploads):
            path = folder / str(place)
            upload.seek(0)
            with path.open("wb") as target:
                shutil.copyfileobj(upload, target, 1 << 20)
            if not is_archive(path):
                files.append(IncomingFile(upload.name, path))
                continue
            try:
                files += unpack(path, folder, upload.name, max_file_bytes=self._choices.limits.max_bytes)
            except ProductChangeRefused as error:
                refused.append(ImportedFile(upload.name, Outcome.REFUSED, reason=str(error)))
            path.unlink()
        return files, refused

    def _progress(self, done: int, _total: int, name: str) -> None:
        self.done, self.latest = done, name
