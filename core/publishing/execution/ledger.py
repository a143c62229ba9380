"""Writing down what happened to a claimed post: one fenced update, its files, intents, attempts, events."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from core.db.base import table_of
from core.db.ids import new_id
from core.logs import correlation_id
from core.publishing.execution.plan import Step
from core.publishing.execution.work import FileWork, Work
from core.publishing.models import Deviation, DeviationFile, DeviationStatus, HoldReason, PublishAttempt
from core.publishing.providers import ProviderError, Published
from core.publishing.states import require_move
from core.system.actors import Actor
from core.system.audit import event_row, record_all

_D = table_of(Deviation)
_F = table_of(DeviationFile)

# Built once: putting a statement together costs as much as running it, and these run for every call.
_FENCED = update(_D).where(
    _D.c.id == bindparam("this_id"),
    _D.c.execution_lock_id == bindparam("this_lock"),
    _D.c.execution_version == bindparam("this_version"),
)
_FILE = update(_F).where(_F.c.id == bindparam("this_id"))
_ATTEMPT = insert(PublishAttempt)


class LeaseLost(Exception):
    """Someone else holds the post by now; nothing of this transaction is kept."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one call ended: ``item_id`` of a submit, ``published`` of a publish or look-up, or the ``error``."""

    step: Step
    started_at: datetime
    duration_ms: int
    item_id: str | None = None
    published: Published | None = None
    error: ProviderError | None = None

    @property
    def outcome(self) -> str:
        if self.error is None:
            return "done"
        return "unknown" if self.error.effect_possible else "failed"


class Ledger:
    """One transaction about one claimed post. Collects what changes and writes the post once, at the end."""

    def __init__(self, connection: Connection, work: Work, *, now: datetime) -> None:
        self.connection = connection
        self.work = work
        self.now = now
        self.ended = False
        self._values: dict[str, Any] = {"execution_locked_at": now}
        self._events: list[dict[str, Any]] = []

    def set(self, **values: Any) -> None:
        self._values.update(values)

    def move(self, target: DeviationStatus, reason: str) -> None:
        """Change the status along the table of moves."""
        origin = self.work.status
        if origin is target:
            return
        require_move(origin, target)
        self.work.status = target
        self.set(status=target)
        self.event("deviation.moved", before={"status": origin.value}, after={"status": target.value}, reason=reason)

    def event(self, action: str, **details: Any) -> None:
        self._events.append(event_row(Actor.sidecar(self.work.user_id), action, self.work.id, now=self.now, **details))

    def give_back(self, due_at: datetime | None) -> None:
        """End the run: the lease goes, the post is looked at again at ``due_at``."""
        self.ended = True
        self.set(execution_lock_id=None, execution_locked_at=None, due_at=due_at)

    def defer(self, seconds: float) -> None:
        self.give_back(self.now + timedelta(seconds=seconds))

    def hold(self, reason: HoldReason) -> None:
        """Wait for a person; the promised time stays."""
        self.set(hold_reason=reason)
        self.event("deviation.held", after={"hold_reason": reason.value})
        self.give_back(self.now)

    def set_file(self, file: FileWork, **values: Any) -> None:
        for name, value in values.items():
            setattr(file, name, value)
        self.connection.execute(_FILE, {"this_id": file.id, **values})

    def attempt(self, result: Result) -> None:
        """One row of the execution log."""
        error = result.error
        self.connection.execute(
            _ATTEMPT,
            {
                "id": new_id("atm"),
                "user_id": self.work.user_id,
                "account_id": self.work.account.id,
                "deviation_id": self.work.id,
                "file_id": result.step.file.id,
                "number": self.work.retry_count + 1,
                "step": result.step.kind.value,
                "outcome": result.outcome,
                "category": error.category.value if error else None,
                "http_status": error.http_status if error else None,
                "provider_code": error.provider_code if error else None,
                "message": str(error) if error else None,
                "started_at": result.started_at,
                "duration_ms": result.duration_ms,
                "correlation_id": correlation_id(),
            },
        )

    def close(self) -> None:
        """Write the post. Raises :class:`LeaseLost` when the claim is no longer ours."""
        work = self.work
        claim = {"this_id": work.id, "this_lock": work.lock_id, "this_version": work.version}
        changed = self.connection.execute(_FENCED, claim | self._values)
        if changed.rowcount != 1:
            raise LeaseLost(self.work.id)
        record_all(self.connection, self._events)
