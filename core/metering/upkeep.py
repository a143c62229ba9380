"""What keeps the sums true unattended: following the reporting zone, and checking yesterday against its events."""

import uuid
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db import ids
from core.db.engine import Database
from core.identity.models import InstanceUser, InstanceUserRole, User
from core.metering.days import Days, last_days
from core.metering.models import UsageState
from core.metering.rebuilding import Difference, differences_of, follow_zone, rebuild_days, remember_check
from core.metering.state import find_state, summed_zone, wanted_zone
from core.system.notifications import notify

log = structlog.get_logger(__name__)

# One notification until it is read, whatever the day.
TOPIC = f"usage.drift:{ids.encode('chk', uuid.UUID(int=1))}"


def keep_zone(database: Database, *, now: datetime) -> str | None:
    """Sum the days of the reporting zone once it was changed; its name when it was."""
    with database.read() as session:  # nothing to do is the rule: do not open a write for it
        if summed_zone(session) == wanted_zone(session):
            return None
    with database.session() as session:
        zone = follow_zone(session, now=now)
    if zone:
        log.info("Days of usage are those of another time zone now.", zone=zone)
    return zone


def check_yesterday(database: Database, *, now: datetime) -> int | None:
    """Once a day compare yesterday's sums with its events; how many rows differ, ``None`` when that was done already.

    Administrators are told of differences; nothing is changed.
    """
    with database.read() as session:
        yesterday = last_days(2, summed_zone(session), now=now).first
        state = find_state(session)
    if state is None or (state.checked_until is not None and state.checked_until >= yesterday):
        return None
    return len(check_days(database, Days(yesterday, yesterday), now=now))


def check_days(
    database: Database, days: Days, *, now: datetime, progress: Callable[[float], object] = lambda _: None
) -> list[Difference]:
    """Compare sums with events day by day, each in a transaction of its own, and tell administrators what was found."""
    found: list[Difference] = []
    for number, day in enumerate(days):
        with database.read() as session:
            found += differences_of(session, day)
        progress((number + 1) / days.count)
    with database.session() as session:
        remember_check(session, days, len(found), now=now)
        if found:
            _tell(session, days, len(found), now=now)
    if found:
        log.error("Sums of usage differ from the events.", rows=len(found), first=str(days.first), last=str(days.last))
    return found


def rebuild_each(
    database: Database, days: Days, *, now: datetime, progress: Callable[[float], object] = lambda _: None
) -> None:
    """Make the sums of these days anew, each in a transaction of its own: recording waits for one day, not for all."""
    for number, day in enumerate(days):
        with database.session() as session:
            rebuild_days(session, Days(day, day), now=now)
        progress((number + 1) / days.count)


def last_check(session: Session) -> UsageState | None:
    """What the last check found; ``None`` before the first."""
    state = find_state(session)
    return state if state is not None and state.checked_at is not None else None


def _tell(session: Session, days: Days, rows: int, *, now: datetime) -> None:
    admins = (
        select(InstanceUser.user_id)
        .join(User, User.id == InstanceUser.user_id)
        .where(InstanceUser.role == InstanceUserRole.ADMIN, User.disabled_at.is_(None))
    )
    when = f"on {days.first}" if days.count == 1 else f"between {days.first} and {days.last}"
    body = f"{rows} sums {when} are not what the events say. The events are kept: make sums anew under Usage & costs."
    for user_id in sorted(session.scalars(admins)):
        notify(
            session, user_id, TOPIC, "Usage sums differ from the events", body=body, link="usage", level="warning",
            now=now,
        )  # fmt: skip
