"""Writing down what happened to a claimed item: one transaction, fenced, with locks taken in one order."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db.base import table_of
from core.studio.execution import logbook
from core.studio.execution.work import Work
from core.studio.orders import states
from core.studio.orders.models import AttemptState, GenerationAttempt, ItemStatus, LogLevel, OrderItem
from core.studio.orders.states import RolledUp
from core.studio.providers import GenerationError
from core.system.actors import Actor

_I = table_of(OrderItem)
_A = table_of(GenerationAttempt)


class LeaseLost(Exception):
    """Someone else holds the item by now; nothing of this transaction is kept."""


@dataclass
class Ledger:
    """One transaction about one claimed item. Opens by :meth:`begin`, writes by :meth:`close`.

    ``is_cancelled`` is as of the transaction: a person may have asked since the claim. ``spent`` and ``failure`` are
    what the provider's row is to learn at the very end, since whoever holds that row keeps all its calls waiting.
    """

    session: Session
    work: Work
    now: datetime
    is_cancelled: bool = False
    failure: GenerationError | None = None
    went_well: bool = False
    spent: Decimal | None = None
    rolled_up: RolledUp | None = None
    finished_at: datetime | None = None
    latency_ms: int | None = None
    _item: dict[str, Any] = field(default_factory=dict)
    _attempt: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def begin(cls, session: Session, work: Work, *, now: datetime, settles: bool = False) -> "Ledger":
        """Take the locks: the order where the item is to move, then the item itself.

        Raises :class:`LeaseLost` when the claim is no longer ours.
        """
        if settles:
            states.lock_order(session, work.order_id)
        query = select(_I.c.cancel_requested_at).where(
            _I.c.id == work.id, _I.c.lock_id == work.lock_id, _I.c.execution_version == work.version
        )
        row = session.execute(query.with_for_update(key_share=True)).one_or_none()
        if row is None:
            raise LeaseLost(work.id)
        return cls(session, work, now, row.cancel_requested_at is not None)

    def set(self, **values: Any) -> None:
        """Change the item."""
        self._item.update(values)

    def set_attempt(self, **values: Any) -> None:
        """Change the call."""
        self._attempt.update(values)

    @property
    def handle(self) -> dict[str, Any] | None:
        """What finds the call at the provider, as of this transaction."""
        found: dict[str, Any] | None = self._attempt.get("handle", self.work.attempt.handle)
        return found

    def settle(self, state: AttemptState, error: GenerationError | None = None, **values: Any) -> None:
        """End the call. ``finished_at`` keeps when the provider was done with it."""
        work = self.work.attempt
        self.finished_at = finished_at = min(work.finished_at or self.now, self.now)
        if error is not None:
            values |= {
                "error_category": error.category.value,
                "error_message": str(error),
                "http_status": error.http_status,
                "provider_code": error.provider_code[:100] if error.provider_code else None,
            }
        took = max(finished_at - work.opened_at, timedelta())
        self.latency_ms = min(round(took.total_seconds() * 1000), 2**31 - 1)
        self.set_attempt(state=state, finished_at=finished_at, latency_ms=self.latency_ms, held_cost=None, **values)

    def move(self, target: ItemStatus) -> None:
        """Change the status along the table of moves."""
        states.require_item_move(self.work.status, target)
        self.set(status=target)

    def give_back(self, due_at: datetime | None) -> None:
        """End the run: the lease goes, the item is looked at again at ``due_at``."""
        self.set(lock_id=None, locked_at=None, due_at=due_at)

    def defer(self, seconds: float) -> None:
        self.give_back(self.now + timedelta(seconds=seconds))

    def log(self, level: LogLevel, event: str, message: str, **details: Any) -> None:
        work = self.work
        logbook.write(
            self.session, work.user_id, work.order_id, work.id, level, event, message, now=self.now,
            attempt=work.attempt.number, provider=work.provider_id, model=work.model.model_id, **details,
        )  # fmt: skip

    def close(self) -> None:
        """Write item and call, and what the order adds up to now."""
        session, work = self.session, self.work
        for hook in dict.fromkeys(work.skipped):
            logbook.skipped_hook(session, work.user_id, work.order_id, work.id, hook, now=self.now)
        values = {"updated_at": self.now} | self._item
        session.execute(update(_I).where(_I.c.id == work.id).values(**values))
        if self._attempt:
            session.execute(update(_A).where(_A.c.id == work.attempt.id).values(**self._attempt))
        if "status" in self._item:
            actor = Actor.sidecar(work.user_id)
            self.rolled_up = states.roll_up(session, work.order_id, actor, now=self.now)
        session.flush()

    def tell_work(self) -> None:
        """Let the work know what was written. Only after the commit: what is rolled back has to be written again."""
        self.work.status = self._item.get("status", self.work.status)
        self.work.skipped.clear()
        for name in {"state", "handle", "polls", "finished_at", "submitted_at"} & set(self._attempt):
            setattr(self.work.attempt, name, self._attempt[name])
