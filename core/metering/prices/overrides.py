"""Prices that the house set itself: which of them hold for a call."""

from datetime import datetime

from sqlalchemy import Connection, or_, select
from sqlalchemy.orm import Session

from core.db.base import table_of
from core.metering.models import ModelPrice, PriceUnit
from core.metering.prices.rates import Rate

SOURCE = "set by the house"
EVERY_MODEL = "*"
_PRICES = table_of(ModelPrice)


def rates_of(
    session: Session | Connection, provider: str, model: str, *, at: datetime, reported: bool = False
) -> list[Rate]:
    """The house's prices that held ``at`` this moment; with ``reported`` those that turn a provider's own currency
    into US dollars, otherwise the others."""
    columns = _PRICES.c
    query = select(_PRICES).where(
        columns.provider == provider,
        columns.model.in_({model, model.partition(":")[0], EVERY_MODEL}),
        columns.valid_from <= at,
        or_(columns.valid_until.is_(None), columns.valid_until > at),
        (columns.unit == PriceUnit.BUZZ) if reported else (columns.unit != PriceUnit.BUZZ),
    )
    return [
        Rate(
            PriceUnit(row.unit), row.amount, row.model, row.modality, row.size, row.quality, SOURCE,
            f"{row.valid_from:%Y-%m-%d}",
        )
        for row in session.execute(query)
    ]  # fmt: skip
