"""What becomes of a post that is later than its allowance: held for a person, or given another time."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.identity.models import User
from core.publishing.automations.limits import Slot
from core.publishing.automations.loading import AHEAD, BACK, load_boards, load_promises
from core.publishing.execution.ledger import Ledger
from core.publishing.models import DeviationStatus, HoldReason, LatePolicy
from core.publishing.notices import notify_held_late
from core.publishing.zones import next_valid, zone_named

_DAY = timedelta(days=1)


def put_off(ledger: Ledger) -> None:
    """End the run of a late post as its policy says; one that finds no other time is held."""
    ledger.move(DeviationStatus.SCHEDULED, "later than its allowance")
    slot = _next_slot(ledger) if ledger.work.row.late_policy is LatePolicy.RESLOT else None
    if slot is None:
        ledger.hold(HoldReason.LATE)
        notify_held_late(ledger.connection, ledger.work, now=ledger.now)
        return
    before = ledger.work.row.actual_publish_at
    ledger.set(scheduled_at=slot.at, actual_publish_at=slot.promise)
    ledger.event(
        "deviation.reslotted",
        before={"actual_publish_at": before.isoformat()},
        after={"actual_publish_at": slot.promise.isoformat()},
        reason="later than its allowance",
    )
    ledger.give_back(slot.promise)


def _next_slot(ledger: Ledger) -> Slot | None:
    """The same time of day on the next day on which the account has room."""
    work, now = ledger.work, ledger.now
    with Session(ledger.connection, join_transaction_mode="rollback_only") as session:
        person = session.get_one(User, work.user_id)
        accounts = [work.account.id]
        # Its own promise is not in its way: that one was not kept.
        promises = load_promises(
            session, work.user_id, accounts, start=now - BACK, end=now + AHEAD, without=frozenset({work.id})
        )
        board = load_boards(session, person, accounts, promises)[work.account.id]
        wanted = _same_time(work.row.scheduled_at or work.row.actual_publish_at, now, person.timezone)
    found = board.find(wanted, timedelta(seconds=work.row.jitter_seconds), may_move=True)
    return found if isinstance(found, Slot) else None


def _same_time(at: datetime, now: datetime, zone_name: str) -> datetime:
    """The first instant after ``now`` with the wall time of ``at``."""
    zone = zone_named(zone_name)
    clock = at.astimezone(zone).time()
    day = now.astimezone(zone).date()
    today = next_valid(datetime.combine(day, clock), zone)
    return today if today > now else next_valid(datetime.combine(day + _DAY, clock), zone)
