"""What a call costs: as its provider says, by the house's own price, by the bundled ones, or unknown.

Unknown is ``None`` and never zero, with a note that says what is missing. Zero is a price like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from core.metering.consumption import Consumption
from core.metering.learned import learned_price
from core.metering.models import PriceUnit
from core.metering.price import HIGHEST_COST, Price
from core.metering.prices import bundled as own
from core.metering.prices.overrides import rates_of
from core.metering.prices.rates import Rate, reckon
from core.metering.prices.tokens import price_of_tokens, typical_price
from core.metering.wanted import wanted_of

__all__ = ["Consumption", "Price", "PriceQuery", "estimate", "price"]

TOO_MUCH = "By its price this call would cost more than can be written down. Look at the price under Usage & costs."
NO_PRICE = "No price is known for this model. An administrator can set one under Usage & costs."


@dataclass(frozen=True, slots=True)
class PriceQuery:
    """One call, made or to be made. ``requested`` are its parameters, ``images`` among them, in anybody's names."""

    provider: str
    provider_kind: str
    model: str
    modality: str | None = None
    consumption: Consumption = field(default_factory=Consumption)
    requested: Mapping[str, Any] = field(default_factory=dict)


def price(session: Session | Connection, query: PriceQuery, *, at: datetime) -> Price:
    """What a call made ``at`` cost. Reckoned with guesses where the provider did not say, and then ``estimated``."""
    found = _price(session, query, at)
    return found if found.cost is None or found.cost <= HIGHEST_COST else Price.unknown(TOO_MUCH)


def _price(session: Session | Connection, query: PriceQuery, at: datetime) -> Price:
    used = query.consumption
    is_own = query.provider_kind in own.OWN_HARDWARE
    # Hardware of the house reports nothing to pay; what it takes the house to run it may have a price all the same.
    if used.reported_cost is not None and not (is_own and used.reported_cost == 0):
        return _reported(session, query, used.reported_cost, at)
    wanted = wanted_of(query.requested, used)
    overrides = rates_of(session, query.provider, query.model, at=at)
    if overrides:
        return reckon(overrides, used, wanted, query.modality)
    if is_own:
        return Price(Decimal(0), "own hardware", own.VERSION, note="Made on hardware of the house: nobody charges it.")
    by_tokens = price_of_tokens(query.provider_kind, query.model, used, at=at)
    if by_tokens is not None:
        return by_tokens
    rates = _without_buzz(own.bundled(query.provider_kind, query.model, at.astimezone(UTC).date()))
    if rates:
        return reckon(rates, used, wanted, query.modality)
    return typical_price(query.provider_kind, query.model, wanted, at=at) or Price.unknown(NO_PRICE)


def estimate(session: Session | Connection, query: PriceQuery, *, at: datetime) -> Price:
    """What a call is likely to cost, before it is made; unknown when that cannot be said. One picture if none is said.

    Where no price is known it is what pictures of this model cost lately. Where the provider itself told a price for
    this very call, put it into ``consumption.reported_cost``.
    """
    images = wanted_of(query.requested, query.consumption).images
    planned = replace(query.consumption, images=1 if images is None else images)
    found = price(session, replace(query, consumption=planned), at=at)
    if found.cost is None:
        found = learned_price(session, query.provider, query.model, planned.images or 1, at=at) or found
    return replace(found, estimated=found.cost is not None)


def _reported(session: Session | Connection, query: PriceQuery, amount: Decimal, at: datetime) -> Price:
    """As the provider says, turned into US dollars; an explicit zero stays one."""
    currency = query.consumption.currency.lower()
    if currency == "usd" or amount == 0:
        return Price(amount, "provider", note="As the provider says")
    if currency != PriceUnit.BUZZ:
        return Price.unknown(f"The provider says {amount:f} {currency}, and there is no rate to US dollars for that.")
    rates = rates_of(session, query.provider, query.model, at=at, reported=True)
    rates = rates or own.bundled(query.provider_kind, query.model, at.astimezone(UTC).date())
    buzz = [rate for rate in rates if rate.unit is PriceUnit.BUZZ]
    if not buzz:
        return Price.unknown(f"The provider says {amount:f} Buzz, and there is no rate to US dollars for that.")
    rate = max(buzz, key=lambda one: one.weight)
    note = f"{amount:f} Buzz, as the provider says"
    return Price(amount * rate.amount, rate.source, rate.version, False, note, {"buzz": f"{rate.amount:f}"})


def _without_buzz(rates: list[Rate]) -> list[Rate]:
    return [rate for rate in rates if rate.unit is not PriceUnit.BUZZ]
