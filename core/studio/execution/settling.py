"""What the end of a call means for its item: complete, tried again later, failed, or cancelled."""

from collections.abc import Sequence
from decimal import Decimal

from core.metering.consumption import Consumption
from core.metering.events import UsageStatus
from core.metering.price import Price
from core.studio.execution import costs, notices
from core.studio.execution.keeping import Lost
from core.studio.execution.ledger import Ledger
from core.studio.execution.outcomes import plain
from core.studio.execution.products import share_cost
from core.studio.execution.retries import MAX_RETRIES, wait_for
from core.studio.orders.models import AttemptState, ItemStatus, LogLevel
from core.studio.providers import ErrorCategory, GenerationError, Outcome

UNKNOWN = GenerationError(
    "The answer to this call was lost, and the provider cannot be asked about it: the picture may have been made and "
    "charged. Look in your account there, then retry if you want it made again.",
    ErrorCategory.UNKNOWN,
    effect_possible=True,
)


def complete(ledger: Ledger, outcome: Outcome, *, stored: int, lost: Sequence[Lost]) -> None:
    """The call ended well and what could be had of it is stored: ``stored`` pictures, without the ``lost`` ones."""
    work = ledger.work
    ledger.settle(AttemptState.DONE)
    cost = costs.charge(ledger, UsageStatus.OK, outcome.consumption, model_answered=outcome.model_answered)
    total = _tell_cost(ledger, cost)
    share_cost(ledger.session, work.id, total, is_estimated=cost.estimated, now=ledger.now)
    message = _what_is_missing(work.images, stored, lost)
    ledger.set(
        return_parameter_set=plain(outcome.returned),
        progress=None,
        error_message=message,
        error_category=(lost[0].error.category if lost else ErrorCategory.NO_IMAGE).value if message else None,
    )
    text = f"{stored} pictures are stored." if stored != 1 else "The picture is stored."
    ledger.log(LogLevel.WARNING if message else LogLevel.INFO, "stored", message or text,
               latency_ms=ledger.latency_ms, pictures=stored)  # fmt: skip
    _end(ledger, ItemStatus.COMPLETE)
    ledger.went_well = True


def fail(
    ledger: Ledger,
    error: GenerationError,
    *,
    consumption: Consumption | None = None,
    was_running: bool = False,
) -> None:
    """The call came to nothing: later again, or given up. ``was_running``: the provider had taken it on."""
    ledger.settle(AttemptState.FAILED, error)
    cost = costs.charge_error(ledger, error, consumption, was_running=was_running)
    _tell_cost(ledger, cost)
    ledger.failure = error
    wait = wait_for(error.category, ledger.work.retry_count, error.retry_after)
    if ledger.is_cancelled:
        _cancel(ledger, "Cancelled; its last call came to nothing.")
    elif wait is None or ledger.work.retry_count >= MAX_RETRIES:
        _give_up(ledger, error)
    else:
        _try_later(ledger, error, wait)


def unusable(ledger: Ledger, outcome: Outcome, error: GenerationError) -> None:
    """The call ended well, and is paid, but nothing of it can be used. Never repeated by itself."""
    ledger.settle(AttemptState.FAILED, error)
    cost = costs.charge(ledger, UsageStatus.ERROR, outcome.consumption, model_answered=outcome.model_answered,
                        category=error.category)  # fmt: skip
    _tell_cost(ledger, cost)
    ledger.set(return_parameter_set=plain(outcome.returned))
    _give_up(ledger, error)


def never_made(ledger: Ledger, reason: str) -> None:
    """The provider certainly has no such call: it is repeated at once, which is no retry."""
    ledger.settle(AttemptState.FAILED, error_message=reason)
    costs.release(ledger)
    if ledger.is_cancelled:
        _cancel(ledger, "Cancelled before its call was made.")
        return
    ledger.log(LogLevel.WARNING, "repeated", reason)
    ledger.move(ItemStatus.PENDING)
    ledger.set(progress=None)
    ledger.give_back(ledger.now)


def unknown(ledger: Ledger, error: GenerationError = UNKNOWN) -> None:
    """Nobody can tell whether the call was made: only a person repeats it."""
    ledger.settle(AttemptState.UNKNOWN, error)
    _tell_cost(ledger, costs.charge_error(ledger, error, None))
    if ledger.is_cancelled:
        _cancel(ledger, "Cancelled. Whether its call was made, and charged, cannot be told.")
    else:
        _give_up(ledger, error)


def cancelled(ledger: Ledger, consumption: Consumption | None, *, was_made: bool) -> None:
    """The provider stopped the call, or never got it."""
    ledger.settle(AttemptState.CANCELLED)
    if was_made:
        _tell_cost(ledger, costs.charge_aborted(ledger, consumption))
    else:
        costs.release(ledger)
    _cancel(ledger, "Cancelled at the provider." if was_made else "Cancelled before its call was made.")


def _cancel(ledger: Ledger, message: str) -> None:
    ledger.log(LogLevel.INFO, "cancelled", message)
    ledger.set(progress=None, error_message=None, error_category=None)
    _end(ledger, ItemStatus.CANCELLED)


def _give_up(ledger: Ledger, error: GenerationError) -> None:
    ledger.log(LogLevel.ERROR, "failed", str(error), category=error.category.value, http_status=error.http_status,
               provider_code=error.provider_code, latency_ms=ledger.latency_ms)  # fmt: skip
    ledger.set(progress=None, error_message=str(error), error_category=error.category.value)
    _end(ledger, ItemStatus.FAILED)


def _try_later(ledger: Ledger, error: GenerationError, wait: float) -> None:
    tries = ledger.work.retry_count + 1
    ledger.log(LogLevel.WARNING, "retried", str(error), category=error.category.value, retry=tries,
               wait_seconds=round(wait, 1), http_status=error.http_status)  # fmt: skip
    ledger.move(ItemStatus.PENDING)
    ledger.set(retry_count=tries, progress=None, error_message=str(error), error_category=error.category.value)
    ledger.defer(wait)


def _end(ledger: Ledger, status: ItemStatus) -> None:
    ledger.move(status)
    ledger.set(completed_at=ledger.now)
    ledger.give_back(None)


def close(ledger: Ledger) -> None:
    """Write it all, and tell the person when this ended the order."""
    ledger.close()
    costs.tell_provider(ledger)
    notices.tell_ended(ledger.session, ledger.work.order_id, ledger.rolled_up, now=ledger.now)


def _tell_cost(ledger: Ledger, cost: Price) -> Decimal | None:
    total = costs.cost_of_all_calls(ledger.session, ledger, cost.cost)
    ledger.set(cost=total, cost_is_estimated=cost.estimated)
    return total


def _what_is_missing(asked: int, stored: int, lost: Sequence[Lost]) -> str | None:
    whole = stored + len(lost)
    if lost:
        return f"{stored} of {max(whole, asked)} pictures are here. {lost[0].error}"
    if stored < asked:
        return f"The provider sent {stored} of {asked} pictures. It made no more."
    return None
