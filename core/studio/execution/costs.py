"""What a call cost: priced, written as a usage event, and taken from the money of the provider's day."""

from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, literal, or_, select, update
from sqlalchemy.orm import Session

from core.db.types import Cost
from core.metering.consumption import Consumption
from core.metering.events import OLDEST, UsageEvent, UsageStatus, record
from core.metering.price import HIGHEST_COST, Price
from core.metering.pricing import PriceQuery, price
from core.studio.catalogue.models import Provider
from core.studio.execution import stops
from core.studio.execution.calls import NeverCalled
from core.studio.execution.ledger import Ledger
from core.studio.execution.limits import local_day, lock_provider
from core.studio.orders.models import GenerationAttempt
from core.studio.providers import ErrorCategory, GenerationError

# Nothing reached the provider, or nothing came back that it could have charged.
_UNHEARD = frozenset({ErrorCategory.NETWORK, ErrorCategory.FILE_SYSTEM, ErrorCategory.SPEND_CAP})
_REFUSED = frozenset({
    ErrorCategory.AUTHENTICATION, ErrorCategory.QUOTA, ErrorCategory.RATE_LIMITED, ErrorCategory.VALIDATION,
    ErrorCategory.CONTENT_POLICY,
})  # fmt: skip


def was_heard(error: GenerationError) -> bool:
    """Whether the provider answered the call, or may have charged it."""
    if isinstance(error, NeverCalled):
        return False
    if error.effect_possible or error.http_status is not None or error.consumption is not None:
        return True
    return error.category not in _UNHEARD


def status_of(error: GenerationError) -> UsageStatus:
    return UsageStatus.REFUSED if error.category in _REFUSED else UsageStatus.ERROR


def charge_error(
    ledger: Ledger, error: GenerationError, consumption: Consumption | None, *, was_running: bool = False
) -> Price:
    """The cost of a failed call; one that the provider never heard of costs nothing and is no event.

    ``was_running``: the provider had taken it on, so that it may charge what it did.
    """
    used = consumption or error.consumption
    if used is not None:
        return charge(ledger, status_of(error), used, category=error.category)
    if not was_running and not was_heard(error):
        return release(ledger)
    known = None if ledger.work.is_own_hardware else _unsaid(error, was_running=was_running)
    return charge(ledger, status_of(error), Consumption(images=0), known=known, category=error.category)


def _unsaid(error: GenerationError, *, was_running: bool) -> Price:
    if was_running or error.effect_possible:
        return Price.unknown("The provider does not say what this call cost.")
    return Price.nothing("The provider turned the call down.")


def charge_aborted(ledger: Ledger, consumption: Consumption | None) -> Price:
    """The cost of a call that was broken off at the provider."""
    known = None
    if consumption is None and not ledger.work.is_own_hardware:
        known = Price.unknown("The provider does not say what the cancelled call cost.")
    return charge(ledger, UsageStatus.ABORTED, consumption or Consumption(images=0), known=known)


def charge(
    ledger: Ledger,
    status: UsageStatus,
    consumption: Consumption,
    *,
    model_answered: str | None = None,
    known: Price | None = None,
    category: ErrorCategory | None = None,
) -> Price:
    """Write what the call used and cost, and let the truth take the place of what was held. After ``settle``."""
    cost = known or price(ledger.session, _query(ledger, consumption), at=ledger.work.attempt.opened_at)
    _spend(ledger, cost.cost)
    record(ledger.session, [_event(ledger, status, consumption, cost, model_answered, category)], now=ledger.now)
    ledger.set_attempt(cost=cost.cost)
    return cost


def release(ledger: Ledger) -> Price:
    """Set the money of a call free that was certainly not made."""
    _spend(ledger, Decimal(0))
    ledger.set_attempt(cost=Decimal(0))
    return Price.nothing("never made")


def cost_of_all_calls(session: Session, ledger: Ledger, latest: Decimal | None) -> Decimal | None:
    """What an item's calls cost together, the one that ends now included; ``None`` when one of them is unknown."""
    attempt = ledger.work.attempt
    if attempt.number == 1:
        return latest
    query = select(func.count(), func.count(GenerationAttempt.cost), func.sum(GenerationAttempt.cost)).where(
        GenerationAttempt.order_item_id == ledger.work.id, GenerationAttempt.id != attempt.id
    )
    others, priced, total = session.execute(query).one()
    if latest is None or others != priced:
        return None
    together = latest + (total or Decimal(0))
    return together if together <= HIGHEST_COST else None


def _query(ledger: Ledger, consumption: Consumption) -> PriceQuery:
    work = ledger.work
    return PriceQuery(
        provider=work.provider_id,
        provider_kind=work.kind.value,
        model=work.model.model_id,
        modality=work.model.modality.value,
        consumption=consumption,
        requested={**work.attempt.request.get("parameters", {}), "images": work.images},
    )


def _spend(ledger: Ledger, cost: Decimal | None) -> None:
    """From held to spent. Of an unknown cost the estimate counts: a cap must not be passed by what nobody knows."""
    held = ledger.work.attempt.held_cost or Decimal(0)
    ledger.spent = held if cost is None else cost


def tell_provider(ledger: Ledger) -> None:
    """The provider's row learns what a settled call cost, and whether it went well. Comes last: see :class:`Ledger`."""
    if ledger.spent is None:
        return
    session, now = ledger.session, ledger.now
    today = local_day(session, now)
    is_new_day = or_(Provider.spend_day.is_(None), Provider.spend_day < today)
    freed = literal(ledger.work.attempt.held_cost or Decimal(0), Cost())
    spent, nothing = literal(ledger.spent, Cost()), literal(Decimal(0), Cost())
    highest = literal(HIGHEST_COST, Cost())
    together = case((Provider.spent_today > highest - spent, highest), else_=Provider.spent_today + spent)
    values: dict[str, Any] = {
        "spend_day": case((is_new_day, today), else_=Provider.spend_day),
        "spent_today": case((is_new_day, spent), else_=together),
        "held_today": case((Provider.held_today < freed, nothing), else_=Provider.held_today - freed),
    }
    if ledger.went_well:
        values["failures_in_a_row"] = 0
    change = update(Provider).where(Provider.id == ledger.work.provider_id).values(**values)
    session.execute(change, execution_options={"synchronize_session": False})
    if ledger.failure is not None:
        provider = lock_provider(session, ledger.work.provider_id)
        stops.note_failure(session, provider, ledger.failure, now=now)
        session.flush()


def _event(
    ledger: Ledger,
    status: UsageStatus,
    consumption: Consumption,
    cost: Price,
    model_answered: str | None,
    category: ErrorCategory | None,
) -> UsageEvent:
    work = ledger.work
    return UsageEvent(
        user_id=work.user_id,
        event_key=work.attempt.id,
        provider=work.provider_id,
        provider_kind=work.kind.value,
        model=work.model.model_id,
        status=status,
        consumption=consumption,
        price=cost,
        # What lay unfinished for longer than reports go back counts as the oldest there is.
        occurred_at=max(ledger.finished_at or ledger.now, ledger.now - OLDEST),
        model_answered=model_answered,
        modality=work.model.modality.value,
        project_id=work.project_id,
        subject=work.id,
        latency_ms=ledger.latency_ms,
        request_id=(ledger.handle or {}).get("request_id"),
        metadata={"category": category.value} if category else {},
    )
