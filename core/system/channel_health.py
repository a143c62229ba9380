"""Channels that fail for days are switched off, and their person is told by the bell and the other channels."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.system import addresses
from core.system.actors import Actor
from core.system.audit import record
from core.system.channels import C
from core.system.deliveries import Claimed, D
from core.system.models import DeliveryStatus
from core.system.notifications import notify

# Both: ten tries can fail within minutes, and three days may hold one try alone.
MOST_FAILURES = 10
LONGEST_FAILING = timedelta(days=3)


def switch_off_if_failing(session: Session, claimed: Claimed, *, now: datetime) -> bool:
    """Switch the channel off when nothing has arrived for three days and ten tries."""
    channel = session.execute(
        select(C.c.failures_in_a_row, C.c.last_delivered_at).where(C.c.id == claimed.channel_id)
    ).one()
    if channel.failures_in_a_row < MOST_FAILURES:
        return False
    tried = select(func.min(D.c.created_at)).where(
        D.c.channel_id == claimed.channel_id,
        D.c.attempts > 0,
        D.c.status.in_([DeliveryStatus.PENDING, DeliveryStatus.FAILED]),
    )
    if channel.last_delivered_at is not None:
        tried = tried.where(D.c.created_at > channel.last_delivered_at)
    failing_since = session.scalar(tried)
    if failing_since is None or failing_since > now - LONGEST_FAILING:
        return False
    switch_off(session, claimed, f"Nothing has arrived there in {channel.failures_in_a_row} tries.", now=now)
    return True


def switch_off(session: Session, claimed: Claimed, reason: str, *, now: datetime) -> None:
    """Switch the channel off with a reason; whoever owns it is told once."""
    changed = session.execute(
        update(C)
        .where(C.c.id == claimed.channel_id, C.c.enabled)
        .values(enabled=False, disabled_reason=reason, updated_at=now)
        .returning(C.c.kind, C.c.address)
    ).one_or_none()
    if changed is None:
        return
    sidecar = Actor.sidecar(claimed.user_id)
    record(
        session, sidecar, "channel.switched_off", claimed.channel_id, after={"enabled": False}, reason=reason, now=now
    )
    notify(
        session,
        claimed.user_id,
        f"channel.disabled:{claimed.channel_id}",
        f"Nothing goes to {addresses.shown(changed.kind, changed.address)} any more",
        body=f"{reason} Put it right and switch the channel on again.",
        link="notifications",
        level="warning",
        now=now,
    )
