"""Carrying a claimed post from one call to the next until it is out, put back, or given up.

Between two calls there is exactly one transaction: it writes what the last call brought and what
the next call intends. Killed anywhere, the post is in one of two states: the call was intended and
may have happened (the intent is open), or its result is written.
"""

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from core.clock import Clock
from core.db.engine import Database, DatabaseUnavailableError
from core.identity import pacing
from core.publishing.execution import distance, forms, lateness, results
from core.publishing.execution.calls import Calls
from core.publishing.execution.ledger import LeaseLost, Ledger, Result
from core.publishing.execution.plan import Step, StepKind, next_step
from core.publishing.execution.results import Rhythm
from core.publishing.execution.work import PUBLISH, SUBMIT, FileWork, OpenIntent, Work
from core.publishing.models import DeviationStatus
from core.system.intents import doubt, open_intent, settle
from core.system.models import IntentState

log = structlog.get_logger(__name__)

# Seconds between the tries to write down what a call brought while the database is away: two minutes in all.
PAUSES = (0.5, 1, 2, *[4] * 30)


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs claimed posts. ``stopping`` is asked between two calls: the call in hand is always finished."""

    database: Database
    calls: Calls
    clock: Clock
    stopping: Callable[[], bool]
    rhythm: Rhythm

    def run(self, work: Work) -> None:
        """Work on one post until its claim ends. Raises only what the database raises."""
        result: Result | None = None
        while True:
            try:
                step = self._between_calls(work, result)
            except LeaseLost:
                log.warning("The post was taken over by another worker.", deviation_id=work.id)
                if result is not None:
                    results.remember_effect(self.database, work, result, now=self.clock())
                return
            except DatabaseUnavailableError:
                # Of what was intended nothing is certain, but what a call brought is known here and nowhere else.
                if result is not None:
                    self._remember_when_possible(work, result)
                raise
            if step is None:
                return
            result = self.calls.make(work, step)

    def _remember_when_possible(self, work: Work, result: Result) -> None:
        """Keep the effect of a call through an outage of the database, for as long as one may reasonably last."""
        for pause in PAUSES:
            if self.stopping():
                return
            time.sleep(pause)
            with contextlib.suppress(DatabaseUnavailableError):
                results.remember_effect(self.database, work, result, now=self.clock())
                return

    def _between_calls(self, work: Work, result: Result | None) -> Step | None:
        with self.database.connection() as connection:
            ledger = Ledger(connection, work, now=self.clock())
            if result is not None:
                results.write(ledger, result, self.rhythm)
            step = None if ledger.ended else self._begin(ledger)
            ledger.close()
            return step

    def _begin(self, ledger: Ledger) -> Step | None:
        """Intend the next call, or end the run."""
        work, now = ledger.work, ledger.now
        if work.is_too_late(now):
            lateness.put_off(ledger)
            return None
        free_at = distance.free_at(ledger)
        if free_at is not None:
            ledger.move(DeviationStatus.SCHEDULED, "keeps the account's distance")
            ledger.give_back(free_at)
            return None
        step = next_step(work)
        if step is None:
            results.finish(ledger)
            return None
        wait_until = self._wait_until(ledger, step)
        if wait_until is not None:
            ledger.give_back(wait_until)
            return None
        _intend(ledger, step)
        return step

    def _wait_until(self, ledger: Ledger, step: Step) -> datetime | None:
        """When to come back if the call cannot be made now; no thread waits for it."""
        now = ledger.now
        if self.stopping():
            return now
        intent = step.file.publish_intent
        if step.kind is StepKind.LOOKUP and intent is not None and not intent.is_confirmed:
            settled_by = intent.opened_at + timedelta(seconds=self.rhythm.unknown_wait)
            if intent.opened_at <= now < settled_by:  # one from the future: our clock was put back meanwhile
                return settled_by
        account_id = ledger.work.account.id
        if pacing.take_call(ledger.connection, account_id, now=now, floor_seconds=self.rhythm.call_gap):
            return None
        return pacing.peek_next_call(ledger.connection, account_id, now=now)


def _intend(ledger: Ledger, step: Step) -> None:
    """Write what is about to happen. Looking something up changes nothing out there and needs no intent."""
    if step.kind is StepKind.SUBMIT:
        _intend_submit(ledger, step.file)
    elif step.kind is StepKind.PUBLISH:
        _intend_publish(ledger, step.file)


def _intend_submit(ledger: Ledger, file: FileWork) -> None:
    is_gone = file.stash_item_id is None
    ledger.move(DeviationStatus.UPLOADING, f"{'the Sta.sh item is gone' if is_gone else 'edited since'}; sent again")
    if file.submit_intent is not None:
        # Perhaps sent before a crash. An unpublished item is invisible and cannot be looked up: send again.
        settle(ledger.connection, file.submit_intent.id, IntentState.FAILED, {"abandoned": True}, now=ledger.now)
    request = {"title": forms.remote_title(ledger.work, file)}
    file.submit_intent = _opened(ledger, SUBMIT, file, request)


def _intend_publish(ledger: Ledger, file: FileWork) -> None:
    ledger.move(DeviationStatus.PUBLISHING, "all files are in Sta.sh")
    intent = file.publish_intent
    if intent is None:
        request = {"title": forms.remote_title(ledger.work, file), "item_id": file.stash_item_id}
        file.publish_intent = _opened(ledger, PUBLISH, file, request)
        return
    # It was looked up, not found, and is repeated with the same item. After this call it is to be looked up again.
    again = [*intent.request.get("called_again", []), ledger.now.isoformat()]
    intent.note(looked_up=False, called_again=again)
    doubt(ledger.connection, intent.id, request=intent.request)


def _opened(ledger: Ledger, kind: str, file: FileWork, request: Mapping[str, str | None]) -> OpenIntent:
    intent_id = open_intent(ledger.connection, kind, file.id, dict(request), now=ledger.now)
    return OpenIntent(intent_id, kind, ledger.now, IntentState.OPEN, 0, dict(request))
