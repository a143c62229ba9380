"""What one picture of a model costs with its defaults, as far as anybody knows."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.metering.price import Price
from core.metering.pricing import PriceQuery, estimate
from core.studio.catalogue.models import Model, Provider
from core.studio.parameters import ParameterSpecSet, merge_defaults
from core.studio.providers import Consumption


def list_prices(session: Session, models: Iterable[Model], *, now: datetime) -> dict[str, Price]:
    """By the id of the model's row."""
    kinds = {row.id: row.kind.value for row in session.scalars(select(Provider))}
    return {
        one.id: estimate(
            session,
            PriceQuery(
                one.provider_id,
                kinds[one.provider_id],
                one.model_id,
                one.modality.value,
                Consumption(images=1),
                merge_defaults(ParameterSpecSet.from_json(one.parameter_schema), {}),
            ),
            at=now,
        )
        for one in models
    }
