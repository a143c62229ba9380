"""The money of the day of a provider: what its cap still leaves."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.identity.instance import reporting_timezone
from core.studio.catalogue.models import Provider


def left_today(session: Session, provider: Provider, *, now: datetime) -> Decimal | None:
    """US dollars that calls may still cost today; ``None`` without a cap. What calls under way hold is taken off."""
    if provider.daily_spend_cap is None:
        return None
    spent = provider.spent_today if provider.spend_day == today(session, now) else Decimal(0)
    return max(provider.daily_spend_cap - spent - provider.held_today, Decimal(0))


def today(session: Session, now: datetime) -> date:
    """The day of the house."""
    return now.astimezone(ZoneInfo(reporting_timezone(session))).date()
