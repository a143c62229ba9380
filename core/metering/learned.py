"""What a picture of a model cost lately: the last resort of an estimate."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from core.metering.models import UsageHouseDay
from core.metering.price import Price

LOOKED_BACK = timedelta(days=60)
SOURCE = "earlier calls"


def learned_price(
    session: Session | Connection, provider: str, model: str, images: int, *, at: datetime
) -> Price | None:
    """As much as pictures of this model cost on average in the last sixty days; ``None`` when none had a known price.

    Days with a call of unknown price are left out, since their sums say less than was paid.
    """
    first = (at - LOOKED_BACK).date()
    row = session.execute(
        select(func.sum(UsageHouseDay.cost), func.sum(UsageHouseDay.images)).where(
            UsageHouseDay.day >= first,
            UsageHouseDay.provider == provider,
            UsageHouseDay.model == model,
            UsageHouseDay.unpriced == 0,
            UsageHouseDay.images > 0,
        )
    ).one()
    cost, made = row
    if not made:
        return None
    each = Decimal(cost) / int(made)
    note = f"As {int(made):,} pictures cost in the last {LOOKED_BACK.days} days"
    return Price(each * images, SOURCE, None, estimated=True, note=note)
