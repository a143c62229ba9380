"""What becomes of files whose transaction fails: they are told, and leave nothing behind."""

from collections.abc import Sequence

import structlog

from core.errors import UnavailableError
from core.media.imports import IncomingFile, Known, Stored, discard
from core.media.storage import ObjectStore
from core.publishing.errors import PublishingError
from core.publishing.import_choices import ImportOutcome, ImportResult

log = structlog.get_logger(__name__)


class Guarded:
    """Turns what stops one transaction into results for its files; the files are told, the import goes on.

    Objects without a row are removed, unless the transaction was at its commit already: then it may have been kept.
    """

    def __init__(self, files: list[IncomingFile], taken: Sequence[Stored | Known], store: ObjectStore) -> None:
        self._files = files
        self._taken = taken
        self._store = store
        self.is_written = False
        self.results: list[ImportResult] = []

    def __enter__(self) -> "Guarded":
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        match error:
            case PublishingError():
                outcome, reason = ImportOutcome.REFUSED, str(error)
            case UnavailableError():
                outcome, reason = ImportOutcome.RETRY, str(error)
            case Exception():  # an edge: the other files must not suffer
                log.error("A deviation could not be written.", exc_info=error)
                outcome, reason = ImportOutcome.RETRY, "Something unexpected happened; the log has it. Try again."
            case _:
                return False
        self.results = [ImportResult(file.name, outcome, reason=f"“{file.name}”: {reason}") for file in self._files]
        if not self.is_written:
            for taken in self._taken:
                if isinstance(taken, Stored):
                    discard(self._store, taken.place)
        return True
