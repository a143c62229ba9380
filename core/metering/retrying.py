"""Transactions that may meet others crosswise, run again when the database chose them to give way."""

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.db.engine import Database, DatabaseUnavailableError
from core.metering.events import UsageEvent, record

log = structlog.get_logger(__name__)
T = TypeVar("T")

ATTEMPTS = 6
_FIRST_PAUSE_SECONDS = 0.02
# PostgreSQL: serialization_failure and deadlock_detected. Nothing of such a transaction was kept.
_GAVE_WAY = frozenset({"40001", "40P01"})


def in_transaction(database: Database, act: Callable[[Session], T]) -> T:
    """``act`` in one writing transaction, begun anew when another one's locks stood crosswise to its own.

    Sums are locked in one order within a call of ``record``; a transaction that records several times, or writes other
    things besides, may still meet another. What ``act`` does outside the database must bear repeating.
    """
    for attempt in range(1, ATTEMPTS):
        try:
            with database.session() as session:
                return act(session)
        except (DatabaseUnavailableError, DBAPIError) as error:
            if not gave_way(error):
                raise
            log.debug("A transaction gave way to another and is run again.", attempt=attempt)
            # With jitter: two that met would otherwise meet again.
            time.sleep(_FIRST_PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
    with database.session() as session:
        return act(session)


def record_events(database: Database, events: Sequence[UsageEvent], *, now: datetime) -> list[str]:
    """``record`` in a transaction of its own."""
    return in_transaction(database, lambda session: record(session, events, now=now))


def gave_way(error: BaseException) -> bool:
    """Whether the database rolled this transaction back in favour of another one."""
    cause: BaseException | None = error
    while cause is not None:
        if getattr(getattr(cause, "orig", None), "sqlstate", None) in _GAVE_WAY:
            return True
        cause = cause.__cause__
    return False
