"""Carrying a claimed item on by one call: begun, asked about, looked up, or its results brought here.

What a call brought is written in one transaction right after it. Killed anywhere, the item has an unsettled call in the
database, and whoever claims it next asks the provider what became of it. No thread waits for a provider that is busy:
``due_at`` says when to ask again.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select, update

from core.clock import Clock
from core.db.base import table_of
from core.db.engine import Database, DatabaseUnavailableError
from core.errors import UnavailableError
from core.studio.execution import results, settling
from core.studio.execution.calls import Calls, NeverCalled, handle_of, stored_handle
from core.studio.execution.keeping import Keeper, Kept, Lost
from core.studio.execution.ledger import LeaseLost, Ledger
from core.studio.execution.products import stored_outputs
from core.studio.execution.retries import REPEATED, STOPPING, poll_wait, wait_for
from core.studio.execution.work import Work
from core.studio.orders.models import AttemptState, GenerationAttempt, LogLevel
from core.studio.providers import (
    CallState,
    CallStatus,
    ErrorCategory,
    GenerationError,
    Handle,
    Outcome,
    ProviderKind,
)

log = structlog.get_logger(__name__)

# Seconds between the tries to write down what a call brought while the database is away: two minutes in all.
PAUSES = (0.5, 1, 2, *[4] * 30)
# For so long a provider may fail to say how a call stands.
PATIENCE = timedelta(hours=24)
# So many calls of an item are made before one that was never made, or was lost with our own server, ends it: more often
# than any outage repeats them, and not for ever where it is the call itself that brings the server down.
MOST_CALLS = 50

REPEATED_HERE = "It is drawn on this machine, where nothing is lost by drawing it again."
NOT_THERE = "The provider was asked: the call never arrived there. It is made again."
FORGOTTEN = GenerationError(
    "The provider no longer knows this call. It may have been charged; look in your account there, then retry if you "
    "want it made again.",
    ErrorCategory.UNKNOWN,
    effect_possible=True,
)
NEVER_ARRIVES = NeverCalled(
    "The call was made again and again, and never arrived or went down with its server each time. See what the logs of "
    "the sidecar and of the server say, then retry.",
    ErrorCategory.UNKNOWN,
)
STOPPED_THERE = GenerationError(
    "The call was cancelled at the provider, not from here. Retry if you want it made again.", ErrorCategory.UNKNOWN
)


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs claimed items. ``stopping`` is asked before a call is begun; ``wake`` says that a provider has room again.

    ``unknown_wait`` seconds are left to a lost answer before it is looked up.
    """

    database: Database
    calls: Calls
    keeper: Keeper
    clock: Clock
    stopping: Callable[[], bool]
    unknown_wait: float
    wake: Callable[[], None] = lambda: None
    sleep: Callable[[float], None] = time.sleep

    def run(self, work: Work) -> None:
        """Work on one item until its claim ends. Raises only what the database and the store raise."""
        try:
            if work.is_fresh:
                self._submit(work)
            else:
                self._follow(work)
        except LeaseLost:
            log.warning("The item was taken over by another worker.", item_id=work.id)
        except UnavailableError:
            raise
        except Exception:
            # An edge: what nobody thought of must not go round for ever unseen.
            log.exception("A run of an item broke off.", item_id=work.id)
            self._broke_off(work)

    def _broke_off(self, work: Work) -> None:
        """Looked at again for a day, then given up: it holds room and money of its provider meanwhile."""
        if self.clock() - work.attempt.opened_at > PATIENCE:
            self._settle(work, lambda ledger: settling.unknown(ledger))
        else:
            self._write(work, results.broke_off)

    # Beginning

    def _submit(self, work: Work) -> None:
        if self.stopping():
            reason = "The sidecar was asked to end before the call was made."
            self._write(work, lambda ledger: settling.never_made(ledger, reason), settles=True)
            return
        try:
            submitted = self.calls.submit(work)
        except GenerationError as error:
            self._not_submitted(work, error)
            return
        outcome = submitted.outcome
        self._note_submitted(work, submitted.handle, is_done=outcome is not None)
        if outcome is not None:
            self.wake()
            self._keep(work, outcome)

    def _not_submitted(self, work: Work, error: GenerationError) -> None:
        if not error.effect_possible or work.kind is ProviderKind.LOCAL:
            self._write(work, lambda ledger: settling.fail(ledger, error), settles=True)
            return
        if not self.calls.traits_of(work).finds_lost_calls:
            self._write(work, lambda ledger: settling.unknown(ledger), settles=True)
            return

        def wait(ledger: Ledger) -> None:
            ledger.log(LogLevel.WARNING, "lost", "The answer was lost. The provider will be asked what became of it.",
                       category=error.category.value, http_status=error.http_status)  # fmt: skip
            ledger.defer(self.unknown_wait)

        self._write(work, wait)

    def _note_submitted(self, work: Work, handle: Handle, *, is_done: bool) -> None:
        """Write at once what finds the call again. Without an outcome the claim ends here."""
        stored = stored_handle(handle)

        def write(ledger: Ledger) -> None:
            results.submitted(ledger, stored, is_done=is_done)
            if not is_done:
                ledger.defer(0 if ledger.is_cancelled else poll_wait(0))

        try:
            self._write(work, write)
        except LeaseLost:
            self._remember(work, stored)
            raise

    def _remember(self, work: Work, handle: dict[str, object]) -> None:
        """Keep the handle although the item is somebody else's by now: they need not look the call up."""
        table = table_of(GenerationAttempt)
        with self.database.connection() as connection:
            connection.execute(
                update(table)
                .where(table.c.id == work.attempt.id, table.c.state == AttemptState.OPEN)
                .values(state=AttemptState.SUBMITTED, handle=handle, provider_request_id=handle["request_id"])
            )

    # Under way

    def _follow(self, work: Work) -> None:
        if self.stopping():
            self._write(work, lambda ledger: ledger.give_back(ledger.now))
        elif work.kind is ProviderKind.LOCAL:
            self._not_made(work, REPEATED_HERE)
        elif work.attempt.state is AttemptState.OPEN:
            self._look_up(work)
        else:
            self._ask(work)

    def _look_up(self, work: Work) -> None:
        """Ask the provider for a call whose answer was lost."""
        now = self.clock()
        settled_by = work.attempt.opened_at + timedelta(seconds=self.unknown_wait)
        if work.attempt.opened_at <= now < settled_by:  # one from the future: our clock was put back meanwhile
            self._write(work, lambda ledger: ledger.give_back(settled_by))
            return
        if not self.calls.traits_of(work).finds_lost_calls:
            self._write(work, lambda ledger: settling.unknown(ledger), settles=True)
            return
        try:
            handle = self.calls.find(work)
        except GenerationError as error:
            if error.category in REPEATED or error.category in STOPPING:
                self._could_not_ask(work, error)
            else:
                told = error if error.effect_possible else settling.UNKNOWN
                self._write(work, lambda ledger: settling.unknown(ledger, told), settles=True)
            return
        if handle is None:
            self._not_made(work, NOT_THERE)
            return
        if self._is_another_call(work, handle):
            self._write(work, lambda ledger: settling.unknown(ledger), settles=True)
            return
        self._write(work, lambda ledger: results.submitted(ledger, stored_handle(handle)))
        self._ask(work)

    def _is_another_call(self, work: Work, handle: Handle) -> bool:
        """Whether what was found is known as some other call of ours: words and seed may be the same."""
        query = select(GenerationAttempt.id).where(
            GenerationAttempt.provider == work.provider_id,
            GenerationAttempt.provider_request_id == handle.request_id[:255],
            GenerationAttempt.id != work.attempt.id,
        )
        with self.database.read() as session:
            return session.scalar(query.limit(1)) is not None

    def _not_made(self, work: Work, reason: str) -> None:
        def write(ledger: Ledger) -> None:
            if work.attempt.number < MOST_CALLS:
                settling.never_made(ledger, reason)
            else:
                settling.fail(ledger, NEVER_ARRIVES)

        self._write(work, write, settles=True)

    def _ask(self, work: Work) -> None:
        if work.is_cancelled and not (work.attempt.handle or {}).get("cancel_asked"):
            self._ask_to_cancel(work)
        try:
            status = self.calls.poll(work, handle_of(work.attempt.handle or {}))
        except GenerationError as error:
            self._could_not_ask(work, error)
            return
        self._told(work, status)

    def _ask_to_cancel(self, work: Work) -> None:
        handle = work.attempt.handle or {}
        if not self.calls.traits_of(work).can_cancel:
            return
        try:
            accepted = self.calls.cancel(work, handle_of(handle))
        except GenerationError:
            return  # asked again with the next look

        def write(ledger: Ledger) -> None:
            ledger.set_attempt(handle={**handle, "cancel_asked": ledger.now.isoformat()})
            ledger.log(LogLevel.INFO, "cancelling", "The provider was asked to stop." if accepted else
                       "The provider will not stop this call any more.")  # fmt: skip

        self._write(work, write)

    def _told(self, work: Work, status: CallStatus) -> None:
        """What the provider said about a call."""
        was_asked_to_stop = bool((work.attempt.handle or {}).get("cancel_asked"))
        match status.state:
            case CallState.DONE if status.outcome is not None:
                self._done(work, status.outcome)
            case CallState.FAILED | CallState.DONE:
                self._settle(work, lambda ledger: results.failed(ledger, status))
            case CallState.CANCELLED if was_asked_to_stop or work.is_cancelled:
                self._settle(work, lambda ledger: settling.cancelled(
                    ledger, status.consumption, was_made=status.was_begun))  # fmt: skip
            case CallState.CANCELLED:
                self._settle(work, lambda ledger: settling.fail(
                    ledger, STOPPED_THERE, consumption=status.consumption, was_running=status.was_begun))  # fmt: skip
            case CallState.LOST if was_asked_to_stop:
                self._settle(work, lambda ledger: settling.cancelled(ledger, status.consumption, was_made=True))
            case CallState.LOST if work.is_own_hardware:
                self._not_made(work, "The server no longer has it, as after a restart. It is made again.")
            case CallState.LOST:
                self._settle(work, lambda ledger: settling.unknown(ledger, status.error or FORGOTTEN))
            case _:
                self._write(work, lambda ledger: results.still_running(ledger, status))

    def _settle(self, work: Work, act: Callable[[Ledger], None]) -> None:
        self._write(work, act, settles=True)
        self.wake()

    def _could_not_ask(self, work: Work, error: GenerationError) -> None:
        """The provider did not say how a call stands: asked again, for a day."""
        if self.clock() - work.attempt.opened_at > PATIENCE:
            self._settle(work, lambda ledger: settling.unknown(ledger))
            return

        def write(ledger: Ledger) -> None:
            polls = work.attempt.polls + 1
            wait = wait_for(error.category, min(polls, 6), error.retry_after) or 60
            ledger.set_attempt(polls=polls)
            ledger.log(LogLevel.WARNING, "unanswered", str(error), category=error.category.value,
                       http_status=error.http_status, wait_seconds=round(wait, 1))  # fmt: skip
            ledger.defer(wait)

        self._write(work, write)

    # Results

    def _done(self, work: Work, outcome: Outcome) -> None:
        if work.attempt.finished_at is None:
            # The provider has room for another call while its results are fetched.
            self._write(work, lambda ledger: ledger.set_attempt(finished_at=ledger.now))
            self.wake()
        self._keep(work, outcome)

    def _keep(self, work: Work, outcome: Outcome) -> None:
        had: frozenset[int] = frozenset()
        if not work.is_fresh:
            with self.database.read() as session:
                had = stored_outputs(session, work.id)
        found = self.keeper.keep_all(work, self.calls.provider_of(work), outcome, without=had)
        kept = [one for one in found if isinstance(one, Kept)]
        lost = [one for one in found if isinstance(one, Lost)]
        is_patient = self.clock() - work.attempt.opened_at <= PATIENCE
        waiting = next((one.error for one in lost if wait_for(one.error.category, 0) is not None), None)
        if waiting is not None and is_patient:
            self._write(work, lambda ledger: results.keep_later(ledger, outcome, kept, waiting))
            return

        def write(ledger: Ledger) -> None:
            results.kept(ledger, outcome, kept, lost, had=len(had))

        self._write(work, write, settles=True)

    def _write(self, work: Work, act: Callable[[Ledger], None], *, settles: bool = False) -> None:
        """One transaction; tried again through an outage of the database, since what is to be written is known here
        and nowhere else."""
        for pause in (*PAUSES, None):
            try:
                with self.database.session() as session:
                    ledger = Ledger.begin(session, work, now=self.clock(), settles=settles)
                    act(ledger)
                    settling.close(ledger)
                ledger.tell_work()
                return
            except DatabaseUnavailableError:
                if pause is None or self.stopping():
                    raise
                self.sleep(pause)
