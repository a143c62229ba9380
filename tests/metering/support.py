"""Calls to providers for tests, and what the sums say about them."""

import itertools
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.identity.models import User
from core.metering.consumption import Consumption
from core.metering.events import UsageEvent, UsageStatus
from core.metering.models import Usage, UsageHouseDay, UsagePersonDay, UsageQuarter
from core.metering.price import Price
from core.metering.sums import MEASURES
from core.studio.shelves.models import Project
from tests.factories import NOON

SUMS = (UsageQuarter, UsagePersonDay, UsageHouseDay)
FREE = Price(Decimal(0), "own hardware")
UNKNOWN = Price.unknown("Nobody knows.")

_numbers = itertools.count(1)


def make_event(user: User, cost: str | Price | None = "0.04", **fields: Any) -> UsageEvent:
    """A good call that made one picture at ``NOON``; ``cost`` in US dollars."""
    price = cost if isinstance(cost, Price) else Price(Decimal(cost), "a list") if cost else UNKNOWN
    values: dict[str, Any] = {
        "user_id": user.id, "event_key": f"call-{next(_numbers)}", "provider": "fal", "provider_kind": "fal",
        "model": "flux", "status": UsageStatus.OK, "consumption": Consumption(images=1), "price": price,
        "occurred_at": NOON, "latency_ms": 1200,
    }  # fmt: skip
    return UsageEvent(**values | fields)


def make_project(session: Session, user: User, name: str = "Foxes") -> Project:
    project = Project(user_id=user.id, name=name)
    session.add(project)
    session.flush()
    return project


def totals(session: Session, table: Any) -> dict[str, Any]:
    """Every measure over the whole table."""
    row = session.execute(select(*(func.coalesce(func.sum(getattr(table, name)), 0) for name in MEASURES))).one()
    return dict(zip(MEASURES, row, strict=True))


def rows_of(session: Session, table: Any) -> list[tuple[Any, ...]]:
    """All rows, in the order of the key."""
    columns = table.__table__.c
    return [tuple(row) for row in session.execute(select(*columns).order_by(*table.__table__.primary_key))]


def count_events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Usage)) or 0


def day_at(hour: int, minute: int = 0, day: int = 1) -> datetime:
    """An instant of June 2026, in UTC."""
    return NOON.replace(day=day, hour=hour, minute=minute)
