"""What programs send: one file becomes one deviation that awaits review, once."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.errors import UnavailableError
from core.identity.models import Account, AccountState
from core.media.errors import EmptyFile, UnknownFileType
from core.media.imports import IncomingFile
from core.media.sniff import HEAD_BYTES, sniff
from core.media.storage import ObjectStore
from core.publishing.changes import DeviationChanges, read_changes
from core.publishing.errors import ChangeRefused, FileRefused
from core.publishing.import_choices import ImportChoices, ImportLimits, ImportOutcome, ImportResult
from core.publishing.imports import import_files
from core.publishing.models import Deviation, DeviationStatus
from core.publishing.records import DeviationRecord, get_record
from core.system import idempotency
from core.system.actors import Actor
from core.system.idempotency import Replay, Reservation

SCOPE = "deviations.create"
CREATED, EXISTING = 201, 200


class DeliveryFailed(UnavailableError):
    """The file is fine, but could not be kept just now."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a program says about the file it sends.

    ``fields`` are as :class:`DeviationChanges` takes them; ``account`` is an id or a name. ``digest`` and
    ``key`` tell a repeated request from a new one.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    account: str | None = None
    allow_duplicate: bool = False
    key: str | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The deviation that shows the file, new or not; ``warnings`` are about the file."""

    record: DeviationRecord
    is_duplicate: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the program is told; ``is_replay``: it was told so before."""

    status_code: int
    body: dict[str, Any]
    is_replay: bool = False


# How the door words what came of a delivery, as plain JSON.
Wording = Callable[[Delivered], dict[str, Any]]


def deliver(
    database: Database,
    store: ObjectStore,
    actor: Actor,
    file: IncomingFile,
    delivery: Delivery,
    wording: Wording,
    *,
    limits: ImportLimits,
    now: datetime,
) -> Answer:
    """Take one file in, unless the same request was answered before.

    The answer is written in the transaction that makes the deviation: whoever repeats the request after a crash gets
    this answer, or has it done for the first time. Raises :class:`UnknownFileType`, :class:`FileRefused`,
    :class:`ChangeRefused`, :class:`DeliveryFailed`, and what :func:`core.system.idempotency.begin` does.
    """
    _check_type(file)
    changes = _read_fields(database, actor, delivery)
    reserved: Reservation | None = None
    if delivery.key is not None:
        with database.session() as session:
            begun = idempotency.begin(session, actor.user_id, SCOPE, delivery.key, delivery.digest, now=now)
        if isinstance(begun, Replay):
            return Answer(begun.status_code, begun.response, is_replay=True)
        reserved = begun
    run = _Run(database, actor, delivery, wording, reserved, now)
    try:
        return run.import_file(store, file, changes, limits)
    except BaseException:
        run.give_back()
        raise


@dataclass(slots=True)
class _Run:
    """One delivery under way."""

    database: Database
    actor: Actor
    delivery: Delivery
    wording: Wording
    reserved: Reservation | None
    now: datetime
    answer: Answer | None = None

    def import_file(
        self, store: ObjectStore, file: IncomingFile, changes: DeviationChanges, limits: ImportLimits
    ) -> Answer:
        choices = ImportChoices(
            status=DeviationStatus.REVIEW,
            fields=changes,
            allow_duplicates=self.delivery.allow_duplicate,
            on_created=self.finish_creating,
        )
        report = import_files(self.database, store, self.actor, [file], choices, limits=limits, workers=1, now=self.now)
        (result,) = report.results
        match result.outcome:
            case ImportOutcome.CREATED:
                assert self.answer is not None  # written with the deviation
                return self.answer
            case ImportOutcome.DUPLICATE:
                return self.finish_existing(result)
            case ImportOutcome.REFUSED:
                raise FileRefused(result.reason or "This file cannot be taken.")
            case _:
                raise DeliveryFailed(result.reason or "This could not be kept just now. Try again in a moment.")

    def finish_creating(self, session: Session, row: Deviation, warnings: tuple[str, ...]) -> None:
        """Inside the transaction that makes the deviation."""
        record = get_record(session, self.actor, row.id, with_embedded=False)
        self.answer = self._answer(session, CREATED, Delivered(record, is_duplicate=False, warnings=warnings))

    def finish_existing(self, result: ImportResult) -> Answer:
        assert result.duplicate_of is not None
        with self.database.session() as session:
            record = get_record(session, self.actor, result.duplicate_of.deviation_id, with_embedded=False)
            return self._answer(session, EXISTING, Delivered(record, is_duplicate=True))

    def give_back(self) -> None:
        """Nothing was done, so the key is good for another try."""
        if self.reserved is not None:
            with suppress(UnavailableError), self.database.session() as session:
                idempotency.abandon(session, self.reserved)

    def _answer(self, session: Session, status_code: int, delivered: Delivered) -> Answer:
        body = self.wording(delivered)
        if self.reserved is not None:
            idempotency.finish(session, self.reserved, status_code, body, now=self.now)
        return Answer(status_code, body)


def _check_type(file: IncomingFile) -> None:
    with file.path.open("rb") as reader:
        head = reader.read(HEAD_BYTES)
    if not head:
        raise EmptyFile(f"“{file.name}” is empty. Check the file on your side, then send it again.")
    if sniff(head) is None:
        raise UnknownFileType(f"“{file.name}” is none of JPEG, PNG, GIF, WebP, MP4, WebM and MOV, whatever its name.")


def _read_fields(database: Database, actor: Actor, delivery: Delivery) -> DeviationChanges:
    if delivery.account is None:
        return read_changes(delivery.fields)
    with database.read() as session:
        return read_changes(delivery.fields | {"account_id": _find_account(session, actor, delivery.account)})


def _find_account(session: Session, actor: Actor, wanted: str) -> str:
    mine = select(Account.id).where(Account.user_id == actor.user_id, Account.state != AccountState.DISCONNECTED)
    by_name = func.lower(Account.username) == wanted.lower()
    found = session.scalars(mine.where(or_(Account.id == wanted, by_name)).order_by(Account.is_default.desc())).first()
    if found is None:
        raise ChangeRefused(
            f"You have no account “{wanted[:64]}”. Give the name or id of one under Connect › Accounts."
        )
    return found
