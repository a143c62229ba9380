"""An import under way: it goes on in a thread of its own, whatever the person clicks meanwhile."""

import threading
import weakref
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import structlog

from core.clock import utc_now
from core.errors import AtelierError
from core.media.imports import IncomingFile
from core.media.incoming import Incoming
from core.publishing.imports import (
    ImportChoices,
    ImportLimits,
    ImportOutcome,
    ImportReport,
    ImportResult,
    import_files,
)
from core.runtime import Runtime
from core.system.actors import Actor

log = structlog.get_logger(__name__)


class Upload(Protocol):
    """A file as the browser sent it."""

    @property
    def name(self) -> str: ...

    def seek(self, place: int, /) -> int: ...

    def read(self, size: int = -1, /) -> bytes: ...


class ImportJob:
    """Imports files and remembers what became of each; files that can be tried again are kept until it is closed."""

    def __init__(self, runtime: Runtime, actor: Actor, uploads: Sequence[Upload], choices: ImportChoices) -> None:
        self.choices = choices
        self.total = len(uploads)
        self.done = 0
        self.latest = ""
        self.problem: str | None = None
        self.results: list[ImportResult] = []
        self._files: list[IncomingFile] = []
        self._runtime = runtime
        self._actor = actor
        room = ExitStack()
        # The session may simply be forgotten; what it kept on disk goes with it.
        self._clean = weakref.finalize(self, room.close)
        self._thread = threading.Thread(target=self._first_run, args=(list(uploads), room), name="import", daemon=True)
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

    def indices(self, outcome: ImportOutcome) -> list[int]:
        """The places of the files that ended this way."""
        return [place for place, result in enumerate(self.results) if result.outcome is outcome]

    @property
    def created_ids(self) -> list[str]:
        made = [result.deviation_id for result in self.results if result.outcome is ImportOutcome.CREATED]
        return list(dict.fromkeys(one for one in made if one))

    def again(self, places: Sequence[int], *, allow_duplicates: bool) -> None:
        """Try these files once more."""
        choices = replace(self.choices, allow_duplicates=allow_duplicates or self.choices.allow_duplicates)
        self.total, self.done, self.problem = len(places), 0, None
        self._thread = threading.Thread(target=self._run, args=(list(places), choices), name="import", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Forget the files."""
        self._clean()

    def _first_run(self, uploads: list[Upload], room: ExitStack) -> None:
        try:
            folder = room.enter_context(Incoming.of(self._runtime.settings.data_dir).room())
            self._files = [_keep(folder / str(place), upload) for place, upload in enumerate(uploads)]
        except OSError:
            log.exception("Uploaded files could not be put aside.")
            self.problem = "The uploaded files could not be put aside; the disk may be full. Make room and try again."
            return
        self.results = [ImportResult(file.name, ImportOutcome.RETRY, reason="Not tried yet.") for file in self._files]
        self._run(list(range(len(self._files))), self.choices)

    def _run(self, places: list[int], choices: ImportChoices) -> None:
        try:
            report = self._import([self._files[place] for place in places], choices)
        except AtelierError as error:
            self.problem = str(error)
        except Exception:  # an edge: the thread has nobody above it
            log.exception("An import ended early.")
            self.problem = "The import ended early for an unknown reason; the log has it. Try the rest again."
        else:
            self._note(places, report)

    def _import(self, files: list[IncomingFile], choices: ImportChoices) -> ImportReport:
        return import_files(
            self._runtime.database,
            self._runtime.store,
            self._actor,
            files,
            choices,
            limits=ImportLimits.of(self._runtime.settings),
            progress=self._progress,
            now=utc_now(),
        )

    def _progress(self, done: int, _total: int, name: str) -> None:
        self.done, self.latest = done, name

    def _note(self, places: list[int], report: ImportReport) -> None:
        for place, result in zip(places, report.results, strict=True):
            self.results[place] = result
            if result.outcome in {ImportOutcome.CREATED, ImportOutcome.REFUSED}:
                self._files[place].path.unlink(missing_ok=True)


def _keep(path: Path, upload: Upload) -> IncomingFile:
    upload.seek(0)
    with path.open("wb") as target:
        while piece := upload.read(1 << 20):
            target.write(piece)
    return IncomingFile(upload.name, path)
