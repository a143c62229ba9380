"""What a good answer means for a claimed item: written into the transaction of a ledger."""

from collections.abc import Sequence
from typing import Any

from core.studio.execution import settling
from core.studio.execution.calls import NeverCalled
from core.studio.execution.keeping import Kept, Lost
from core.studio.execution.ledger import Ledger
from core.studio.execution.products import write_products
from core.studio.execution.retries import poll_wait, wait_for
from core.studio.orders.models import AttemptState, LogLevel
from core.studio.providers import CallStatus, ErrorCategory, GenerationError, Outcome

NO_IMAGE = GenerationError(
    "The provider answered well, but sent no picture. Change the prompt a little, then retry.", ErrorCategory.NO_IMAGE
)
UNEXPECTED = (
    "Something unexpected happened on our side. The sidecar's log has the details; it is tried again by itself."
)
NO_REASON = GenerationError(
    "The provider says that the call failed, and not why. Retry; if it stays so, choose another model.",
    ErrorCategory.UNKNOWN,
)


def submitted(ledger: Ledger, handle: dict[str, Any], *, is_done: bool = False) -> None:
    """The provider has the call, and this is what finds it again. ``is_done``: its answer is here as well."""
    ledger.set_attempt(
        state=AttemptState.SUBMITTED,
        handle=handle,
        provider_request_id=str(handle["request_id"])[:255],
        submitted_at=ledger.now,
    )
    if is_done:
        ledger.set_attempt(finished_at=ledger.now)
    ledger.set(provider_request_id=str(handle["request_id"])[:255], locked_at=ledger.now)
    if not is_done:
        took = (ledger.now - ledger.work.attempt.opened_at).total_seconds()
        ledger.log(LogLevel.INFO, "submitted", "The provider has the call.", seconds=round(took, 2))


def failed(ledger: Ledger, status: CallStatus) -> None:
    """The provider says that the call came to nothing."""
    error = status.error or NO_REASON
    if not status.was_begun and error.http_status is None and status.consumption is None:
        error = NeverCalled(str(error), error.category, retry_after=error.retry_after)
    settling.fail(ledger, error, consumption=status.consumption, was_running=status.was_begun)


def still_running(ledger: Ledger, status: CallStatus) -> None:
    """Asked about again later; how far it is goes on the item."""
    polls = ledger.work.attempt.polls + 1
    ledger.set_attempt(polls=polls)
    if status.progress is not None:
        ledger.set(progress=min(max(status.progress, 0.0), 1.0))
    ledger.defer(poll_wait(polls))


def broke_off(ledger: Ledger) -> None:
    """Something of ours failed in the middle. The call is as it was; it is looked at again, in longer and longer
    pauses."""
    polls = ledger.work.attempt.polls + 1
    ledger.set_attempt(polls=polls)
    ledger.set(error_message=UNEXPECTED, error_category=ErrorCategory.UNKNOWN.value)
    ledger.log(LogLevel.ERROR, "broke_off", UNEXPECTED)
    ledger.defer(min(15.0 * 2 ** min(polls, 8), 1800))


def keep_later(ledger: Ledger, outcome: Outcome, found: Sequence[Kept], why: GenerationError) -> None:
    """Some results could not be brought here for now. What could is kept; the call is not made again."""
    new = write_products(ledger.session, ledger.work, outcome, found, now=ledger.now)
    polls = ledger.work.attempt.polls + 1
    wait = wait_for(why.category, min(polls - 1, 6), why.retry_after) or poll_wait(polls)
    ledger.set_attempt(polls=polls)
    ledger.set(error_message=str(why), error_category=why.category.value)
    ledger.log(LogLevel.WARNING, "storing_waits", str(why), category=why.category.value, pictures=new,
               wait_seconds=round(wait, 1))  # fmt: skip
    ledger.defer(wait)


def kept(ledger: Ledger, outcome: Outcome, found: Sequence[Kept], lost: Sequence[Lost], *, had: int) -> None:
    """All that can be had of the results is here: ``had`` from before, ``found`` now."""
    stored = had + write_products(ledger.session, ledger.work, outcome, found, now=ledger.now)
    if stored:
        settling.complete(ledger, outcome, stored=stored, lost=lost)
    else:
        settling.unusable(ledger, outcome, lost[0].error if lost else NO_IMAGE)
