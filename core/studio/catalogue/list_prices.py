"""What one picture of a model costs with its defaults, as far as anybody knows."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.metering.price import Price
from core.metering.pricing import PriceQuery, estimate
from core.studio.catalogue.models import Model, Provider
from core.studio.parameters import ParameterSpecSet, merge_defaults
from core.studio.providers import Consumption, ProviderKind


def list_price(
    session: Session, kind: ProviderKind, model: Model, *, now: datetime, told: Consumption | None = None
) -> Price:
    """The price of one model; ``kind`` is that of its provider, ``told`` its word, for where no price is known."""
    query = PriceQuery(
        model.provider_id,
        kind.value,
        model.model_id,
        model.modality.value,
        Consumption(images=1),
        merge_defaults(ParameterSpecSet.from_json(model.parameter_schema), {}),
    )
    found = estimate(session, query, at=now)
    if found.cost is None and told is not None:
        return estimate(session, replace(query, consumption=told), at=now)
    return found


def list_prices(session: Session, models: Iterable[Model], *, now: datetime) -> dict[str, Price]:
    """By the id of the model's row. Takes a query or two for each: ask for those that are shown."""
    # Not whole rows: their keys would be decrypted for nothing.
    kinds = dict(session.execute(select(Provider.id, Provider.kind)).all())
    return {one.id: list_price(session, kinds[one.provider_id], one, now=now) for one in models}
