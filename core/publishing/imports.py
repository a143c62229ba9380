"""From files to deviations: one for each file, or one with them all.

The slow part (reading, thumbnails, the store) happens without a transaction; each deviation is
then written in one short transaction, complete or not at all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.db.engine import Database
from core.errors import UnavailableError
from core.media.blobs import find_blob, has_blob, record_blob, release, says_how_generated
from core.media.imports import DEFAULT_WORKERS, IncomingFile, Intake, Known, NotTaken, Stored, Taken
from core.media.models import Blob
from core.media.names import safe_filename, title_from_filename
from core.media.storage import ObjectStore
from core.publishing import deviations
from core.publishing.access import LEASE_SECONDS, Post, get_post
from core.publishing.bulk import describe
from core.publishing.duplicates import ShownBy, find_shown
from core.publishing.editing import require_editable
from core.publishing.import_choices import (
    ImportChoices,
    ImportLimits,
    ImportMode,
    ImportOutcome,
    ImportReport,
    ImportResult,
    Progress,
)
from core.publishing.import_guard import Guarded
from core.publishing.import_review import with_lookalikes
from core.publishing.models import Deviation
from core.publishing.uploads import add_files
from core.system.actors import Actor

__all__ = [
    "ImportChoices",
    "ImportLimits",
    "ImportMode",
    "ImportOutcome",
    "ImportReport",
    "ImportResult",
    "attach_files",
    "import_files",
]

# The house itself is in trouble when this many in a row fail for no fault of theirs: the rest is not tried.
_GIVE_UP_AFTER = 3
_NOT_TRIED = "Not tried, because the files before it could not be kept. Try again in a moment."


def import_files(
    database: Database,
    store: ObjectStore,
    actor: Actor,
    files: Sequence[IncomingFile],
    choices: ImportChoices | None = None,
    *,
    limits: ImportLimits | None = None,
    workers: int = DEFAULT_WORKERS,
    progress: Progress | None = None,
    now: datetime,
) -> ImportReport:
    """Make deviations of ``files``; one bad file never stops the others.

    Raises :class:`ChangeRefused` before anything is read when the chosen fields cannot be used.
    """
    chosen = choices or ImportChoices()
    with database.read() as session:
        deviations.check_fields(session, actor, chosen.fields)
    run = _Import(database, store, actor, chosen, limits or ImportLimits(), workers, progress, now)
    report = run.one_per_file(files) if chosen.mode is ImportMode.ONE_PER_FILE else run.all_in_one(files, None)
    return with_lookalikes(database, actor, report, now=now)


def attach_files(
    database: Database,
    store: ObjectStore,
    actor: Actor,
    deviation_id: str,
    files: Sequence[IncomingFile],
    *,
    allow_duplicates: bool = False,
    limits: ImportLimits | None = None,
    workers: int = DEFAULT_WORKERS,
    progress: Progress | None = None,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> ImportReport:
    """Add ``files`` to a deviation. Raises at once when it is not the person's, or may not be changed now."""
    choices = ImportChoices(mode=ImportMode.ALL_IN_ONE, allow_duplicates=allow_duplicates)
    with database.session() as session:
        require_editable(get_post(session, actor, deviation_id), now=now, lease_seconds=lease_seconds)
    run = _Import(database, store, actor, choices, limits or ImportLimits(), workers, progress, now, lease_seconds)
    return run.all_in_one(files, deviation_id)


@dataclass(slots=True)
class _Import:
    """One import under way."""

    database: Database
    store: ObjectStore
    actor: Actor
    choices: ImportChoices
    limits: ImportLimits
    workers: int
    progress: Progress | None
    now: datetime
    lease_seconds: float = LEASE_SECONDS
    failures_in_a_row: int = 0

    def one_per_file(self, files: Sequence[IncomingFile]) -> ImportReport:
        results: list[ImportResult] = []
        for file, taken in self._taken(files, set()):
            result = _not_taken(file, taken) if isinstance(taken, NotTaken) else self._make_one(file, taken)
            self._count_failure(result.outcome is ImportOutcome.RETRY)
            results.append(result)
        return ImportReport(tuple(results))

    def all_in_one(self, files: Sequence[IncomingFile], deviation_id: str | None) -> ImportReport:
        results: dict[int, ImportResult] = {}
        accepted: list[_Accepted] = []
        contents: set[str] = set()
        for place, (file, taken) in enumerate(self._taken(files, contents)):
            self._count_failure(isinstance(taken, NotTaken) and taken.retryable)
            if isinstance(taken, NotTaken):
                results[place] = _not_taken(file, taken)
            elif _content(taken) in contents and not self.choices.allow_duplicates:
                reason = f"“{file.name}” is in this selection twice."
                results[place] = ImportResult(file.name, ImportOutcome.DUPLICATE, reason=reason)
            else:
                contents.add(_content(taken))
                accepted.append(_Accepted(place, file, taken))
        if accepted:
            results |= self._make_all(accepted, deviation_id)
        return ImportReport(tuple(results[place] for place in sorted(results)))

    def _taken(self, files: Sequence[IncomingFile], contents: set[str]) -> Iterator[tuple[IncomingFile, Taken]]:
        """The files through the intake, until the house itself seems to be in trouble; the rest is not tried.

        ``contents`` are digests that this import has stored although no row tells of them yet.
        """
        intake = Intake(self.database, self.store, self.actor.user_id, self.limits.probe, self.workers)
        done = 0
        for file, taken in intake.take_all(files):
            if isinstance(taken, Known) and taken.sha256 not in contents and not self._has_blob(taken.sha256):
                # It was about to be stored by an earlier file of this import, and that came to nothing.
                taken = intake.take(file, even_if_known=True)
            yield file, taken
            done += 1
            if self.progress is not None:
                self.progress(done, len(files), file.name)
            if self.failures_in_a_row >= _GIVE_UP_AFTER:
                break
        for file in files[done:]:
            yield file, NotTaken(_NOT_TRIED, retryable=True)

    def _count_failure(self, failed: bool) -> None:
        self.failures_in_a_row = self.failures_in_a_row + 1 if failed else 0

    def _has_blob(self, sha256: str) -> bool:
        try:
            with self.database.read() as session:
                return has_blob(session, self.actor.user_id, sha256)
        except UnavailableError:
            return True  # the transaction that follows will say so

    def _make_one(self, file: IncomingFile, taken: Stored | Known) -> ImportResult:
        with Guarded([file], [taken], self.store) as guarded, self.database.session() as session:
            result = self._write_one(session, file, taken)
            guarded.is_written = True
            return result
        return guarded.results[0]

    def _write_one(self, session: Session, file: IncomingFile, taken: Stored | Known) -> ImportResult:
        blob = self._blob(session, taken)
        shown = find_shown(session, self.actor, [blob.id]).get(blob.id)
        if shown is not None and not self.choices.allow_duplicates:
            return _duplicate(file, shown)
        row = self._create(session, [file], [blob])
        self._add(session, Post(row), [file], [blob])
        if self.choices.on_created is not None:
            self.choices.on_created(session, row, _warnings(taken))
        return ImportResult(file.name, ImportOutcome.CREATED, row.id, shown, warnings=_warnings(taken))

    def _make_all(self, accepted: list["_Accepted"], deviation_id: str | None) -> dict[int, ImportResult]:
        files = [one.file for one in accepted]
        taken = [one.taken for one in accepted]
        with Guarded(files, taken, self.store) as guarded, self.database.session() as session:
            results = self._write_all(session, accepted, deviation_id)
            guarded.is_written = True
            return results
        return {one.place: result for one, result in zip(accepted, guarded.results, strict=True)}

    def _write_all(
        self, session: Session, accepted: list["_Accepted"], deviation_id: str | None
    ) -> dict[int, ImportResult]:
        results: dict[int, ImportResult] = {}
        post = get_post(session, self.actor, deviation_id) if deviation_id else None
        room = self.limits.max_files - (len(post.files) if post else 0)
        fitting: list[tuple[_Accepted, Blob]] = []
        for one in accepted:
            blob = self._blob(session, one.taken)
            shown = find_shown(session, self.actor, [blob.id]).get(blob.id)
            if shown is not None and not self.choices.allow_duplicates:
                results[one.place] = _duplicate(one.file, shown)
            elif len(fitting) >= room:
                reason = f"A deviation has at most {self.limits.max_files} files: “{one.file.name}” was left out."
                results[one.place] = ImportResult(one.file.name, ImportOutcome.REFUSED, reason=reason)
                release(session, self.actor.user_id, [blob.id], now=self.now)
            else:
                fitting.append((one, blob))
        if not fitting:
            return results
        files, blobs = [one.file for one, _ in fitting], [blob for _, blob in fitting]
        if post is None:
            post = Post(self._create(session, files, blobs))
        else:
            require_editable(post, now=self.now, lease_seconds=self.lease_seconds)
        self._add(session, post, files, blobs)
        for one, _ in fitting:
            results[one.place] = ImportResult(
                one.file.name, ImportOutcome.CREATED, post.row.id, warnings=_warnings(one.taken)
            )
        return results

    def _blob(self, session: Session, taken: Stored | Known) -> Blob:
        if isinstance(taken, Stored):
            return record_blob(session, self.actor.user_id, taken.place, taken.probed, now=self.now)
        blob = find_blob(session, self.actor.user_id, taken.sha256)
        if blob is None:
            raise ContentGone("This picture was deleted at this very moment. Upload it again.")
        return blob

    def _create(self, session: Session, files: list[IncomingFile], blobs: list[Blob]) -> Deviation:
        fields = self.choices.fields
        chosen: dict[str, Any] = {}
        if "title" not in fields.model_fields_set:
            chosen["title"] = title_from_filename(files[0].name)
        if self.choices.ai_generated is not None:
            chosen["is_ai_generated"] = self.choices.ai_generated
        elif "is_ai_generated" not in fields.model_fields_set:
            chosen["is_ai_generated"] = any(says_how_generated(blob) for blob in blobs)
        return deviations.create(
            session, self.actor, fields.model_copy(update=chosen), status=self.choices.status, now=self.now
        )

    def _add(self, session: Session, post: Post, files: list[IncomingFile], blobs: list[Blob]) -> None:
        named = [(blob, safe_filename(file.name)) for blob, file in zip(blobs, files, strict=True)]
        add_files(session, self.actor, post, named, max_files=self.limits.max_files, now=self.now)
        if self.choices.description is not None:
            made = get_post(session, self.actor, post.row.id)  # with its account, which the text may speak of
            describe(session, self.actor, made, self.choices.description, now=self.now)


@dataclass(frozen=True, slots=True)
class _Accepted:
    """A file that was taken, with its place in the import."""

    place: int
    file: IncomingFile
    taken: Stored | Known


class ContentGone(UnavailableError):
    """What was there a moment ago has been deleted meanwhile."""


def _content(taken: Stored | Known) -> str:
    return taken.probed.sha256 if isinstance(taken, Stored) else taken.sha256


def _warnings(taken: Stored | Known) -> tuple[str, ...]:
    return taken.probed.warnings if isinstance(taken, Stored) else ()


def _not_taken(file: IncomingFile, taken: NotTaken) -> ImportResult:
    outcome = ImportOutcome.RETRY if taken.retryable else ImportOutcome.REFUSED
    return ImportResult(file.name, outcome, reason=taken.reason)


def _duplicate(file: IncomingFile, shown: ShownBy) -> ImportResult:
    reason = f"“{file.name}” is the same picture as “{shown.title}”."
    return ImportResult(file.name, ImportOutcome.DUPLICATE, duplicate_of=shown, reason=reason)
