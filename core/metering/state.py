"""Which time zone the sums of days are of, and the lock that keeps them from being added to while they are rebuilt."""

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from core.db.base import table_of
from core.identity.models import InstanceSettings
from core.metering.models import UsageState
from core.metering.upserts import dialect_of, insert_new

SINGLETON = "singleton"
STATE = table_of(UsageState)
# Of this product's advisory locks on PostgreSQL; SQLite has one writer at a time anyway.
_LOCK = 7_283_404  # the leader has 402, the queue of messages 403


def lock_shared(session: Session | Connection) -> str:
    """Keep rebuilding out until the transaction ends; the zone whose days are summed."""
    keep_rebuilding_out(session)
    return _zone(session)


def keep_rebuilding_out(session: Session | Connection) -> None:
    """The same for who only reads."""
    _lock(session, "pg_advisory_xact_lock_shared")


def lock_exclusive(session: Session | Connection) -> str:
    """Keep every writer out until the transaction ends; the zone whose days are summed."""
    _lock(session, "pg_advisory_xact_lock")
    return _zone(session)


def summed_zone(session: Session | Connection) -> str:
    """The zone whose days the sums are of: the house's reporting zone when they were last rebuilt."""
    return session.scalar(select(STATE.c.timezone)) or wanted_zone(session)


def find_state(session: Session) -> UsageState | None:
    """The row; ``None`` before the first event."""
    return session.get(UsageState, SINGLETON)


def wanted_zone(session: Session | Connection) -> str:
    """The house's reporting zone as it is set."""
    return session.scalar(select(table_of(InstanceSettings).c.reporting_timezone)) or "UTC"


def _zone(session: Session | Connection) -> str:
    zone = session.scalar(select(STATE.c.timezone))
    if zone is None:  # the first sums of all
        insert_new(session, STATE, [{"id": SINGLETON, "timezone": wanted_zone(session)}])
        zone = summed_zone(session)
    return zone


def _lock(session: Session | Connection, function: str) -> None:
    if dialect_of(session) == "postgresql":
        session.execute(text(f"SELECT {function}(:key)"), {"key": _LOCK})
