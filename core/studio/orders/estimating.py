"""What an order will cost, before it is placed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from core.metering.price import HIGHEST_COST, Price
from core.metering.pricing import PriceQuery, estimate
from core.studio.catalogue.models import Model, Provider
from core.studio.catalogue.quoting import Question, Quotes, question_of
from core.studio.expansion import ExpandedItem
from core.studio.parameters import ParameterSpecSet, merge_defaults
from core.studio.providers import Consumption

TOO_MUCH = "By its price this order would cost more than can be written down. Look at the price under Usage & costs."
# The only parameters that a price can depend on.
_PRICED = (
    "width",
    "height",
    "size",
    "quality",
    "image_size",
    "resolution",
    "steps",
    "num_inference_steps",
    "aspect_ratio",
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """``cost`` in US dollars: ``None`` when the price of some item is unknown; ``note`` says what it rests on.

    ``lowest`` and ``highest`` are of single items.
    """

    cost: Decimal | None
    note: str = ""
    unpriced: int = 0
    lowest: Decimal | None = None
    highest: Decimal | None = None


class Estimator:
    """Prices items of one model; asks once for each set of parameters that a price can depend on.

    Where no price is known it is what ``quotes`` has of the provider; ``questions`` are what that rests on, answered or
    not: answers grow old.
    """

    def __init__(
        self,
        session: Session,
        provider: Provider,
        model: Model,
        images: int,
        now: datetime,
        quotes: Quotes | None = None,
    ) -> None:
        self._session = session
        self._provider = provider
        self._model = model
        self._images = images
        self._now = now
        self._specs = ParameterSpecSet.from_json(model.parameter_schema)
        self._known: dict[tuple[Any, ...], Price] = {}
        self._quotes = quotes
        self._quoted: dict[Question, Price] = {}
        self.questions: dict[Question, None] = {}

    def price(self, parameters: Mapping[str, Any]) -> Price:
        """The estimate for one item, all of its pictures."""
        sent = merge_defaults(self._specs, parameters)
        requested = {name: sent[name] for name in _PRICED if name in sent}
        key = tuple((name, str(value)) for name, value in requested.items())
        if key not in self._known:
            self._known[key] = estimate(self._session, self._query(requested), at=self._now)
        found = self._known[key]
        if found.cost is None and self._quotes is not None:
            return self._quote(self._quotes, sent, requested) or found
        return found

    def _query(self, requested: Mapping[str, Any]) -> PriceQuery:
        return PriceQuery(
            self._provider.id,
            self._provider.kind.value,
            self._model.model_id,
            self._model.modality.value,
            Consumption(images=self._images),
            requested,
        )

    def _quote(self, quotes: Quotes, sent: Mapping[str, Any], requested: Mapping[str, Any]) -> Price | None:
        """By what the provider told of such a call."""
        question = question_of(self._model, self._specs, sent, self._images)
        self.questions[question] = None
        told = quotes.find(question)
        if told is None:
            return None
        if question not in self._quoted:
            query = replace(self._query(requested), consumption=told)
            self._quoted[question] = estimate(self._session, query, at=self._now)
        return self._quoted[question]

    def item_cost(self, parameters: Mapping[str, Any]) -> Decimal | None:
        return self.price(parameters).cost

    def total(self, items: Iterable[ExpandedItem]) -> Estimate:
        """Of all items together; unknown as soon as one of them is."""
        prices = [self.price(item.parameters) for item in items]
        unpriced = [price for price in prices if price.cost is None]
        if unpriced:
            return Estimate(None, unpriced[0].note, len(unpriced))
        costs = [price.cost for price in prices if price.cost is not None]
        note, cost = prices[0].note if prices else "", sum(costs, Decimal(0))
        if cost > HIGHEST_COST:
            return Estimate(None, TOO_MUCH)
        return Estimate(cost, note, 0, min(costs, default=None), max(costs, default=None))
