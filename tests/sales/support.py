"""Sales for tests, and a way to let time pass."""

import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.identity.models import User
from core.sales import claims
from core.sales.leases import LEASE_SECONDS
from core.sales.models import PricePreset, SaleQueue, SaleQueueStatus
from core.system.actors import Actor
from tests.factories import NOON, make_deviation, make_preset

MINUTE = timedelta(minutes=1)
PNG = b"\x89PNG\r\n\x1a\n" + b"a screenshot"
LEASE = timedelta(seconds=LEASE_SECONDS)


def make_sale(session: Session, user: User, preset: PricePreset | None = None, **fields: Any) -> SaleQueue:
    """A piece that waits to be priced at 12.00 USD, of a published post of its own."""
    preset = preset or make_preset(session, user)
    deviation = fields.pop("deviation", None) or make_deviation(session, user, status="published")
    values: dict[str, Any] = {
        "user_id": user.id,
        "deviation_id": deviation.id,
        "price_preset_id": preset.id,
        "price": 1200,
        "currency": "USD",
        "title": deviation.title,
        "url": deviation.deviation_url,
        "created_at": NOON,
        "updated_at": NOON,
    }
    if fields.get("status") is SaleQueueStatus.PROCESSING:
        values |= {"processing_by": "shop", "locked_at": NOON, "attempts": 1, "claim_version": 1}
    if fields.get("status") is SaleQueueStatus.COMPLETED:
        values |= {"completed_at": NOON, "completed_by": "shop", "attempts": 1, "claim_version": 1}
    sale = SaleQueue(**values | fields)
    session.add(sale)
    session.flush()
    return sale


def take(database: Database, actor: Actor, client: str, *, at: datetime = NOON) -> claims.ClaimedSale | None:
    """One claim in a transaction of its own."""
    with database.session() as session:
        return claims.claim_next(session, actor, client=client, now=at)


def must_take(database: Database, actor: Actor, client: str, *, at: datetime = NOON) -> claims.ClaimedSale:
    claimed = take(database, actor, client, at=at)
    assert claimed is not None
    return claimed


def look(database: Database, sale_id: str) -> SaleQueue:
    with database.read() as session:
        return session.get_one(SaleQueue, sale_id)


def until_somebody_waits(database: Database) -> None:
    """Return once a transaction waits for a row that another one has changed. PostgreSQL."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + 30
    while True:
        with database.read() as session:
            if session.scalar(waiting):
                return
        assert time.monotonic() < deadline, "nobody waits"
