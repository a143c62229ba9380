"""Notifications on their way: written with the notification, claimed by the sidecar, settled with what became of them.

A claim is committed before the message leaves, and so says what may have happened when the process dies in between.
Nobody can be asked afterwards whether a mail or a webhook arrived, so what was claimed and not settled is sent again,
with the same id: at least once, and recognisable.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from core.clock import SKEW
from core.db.base import table_of
from core.db.ids import new_id
from core.system import topics, webhook_secrets
from core.system.messengers import Message
from core.system.models import ChannelKind, DeliveryStatus, NotificationChannel, NotificationDelivery

# Longer than a call may take: what is claimed longer ago has lost its process.
LEASE = timedelta(minutes=2)
PER_CHANNEL = 20
# After each failed try; after the last one the message is given up.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 600, 3600, 6 * 3600, 24 * 3600))
# So far the others for the same address are put off when one did not arrive.
LONGEST_HOLD = timedelta(minutes=10)
# What could not be sent for so long is no news any more.
STALE_AFTER = timedelta(days=7)
STALE = "It could not be sent for seven days and was thrown away, so that nobody gets old news all at once."

D = table_of(NotificationDelivery)
C = table_of(NotificationChannel)


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery whose time has come."""

    id: str
    channel_id: str
    kind: ChannelKind
    topic: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery in the hands of one sender; ``attempts`` counts this try too."""

    message: Message
    lock_id: str
    user_id: str
    channel_id: str
    kind: ChannelKind
    attempts: int


def enqueue(
    session: Session,
    user_id: str,
    topic: str,
    subject: str,
    *,
    body: str | None = None,
    link: str | None = None,
    notification_id: str,
    now: datetime,
) -> None:
    """Write one delivery for each channel of the person that is on and wants this kind of cause."""
    wanted = select(C.c.id, C.c.topics).where(C.c.user_id == user_id, C.c.enabled)
    kind = topics.kind_of(topic)
    channels = [row.id for row in session.execute(wanted) if kind in row.topics]
    rows = [
        new_row(user_id, one, topic, subject, body=body, link=link, notification_id=notification_id, now=now)
        for one in channels
    ]
    if rows:
        session.execute(insert(D), rows)


def new_row(
    user_id: str,
    channel_id: str,
    topic: str,
    subject: str,
    *,
    body: str | None,
    link: str | None,
    notification_id: str | None = None,
    now: datetime,
) -> dict[str, object]:
    """The values of a delivery that is due at once."""
    return {
        "id": new_id("dlv"),
        "user_id": user_id,
        "channel_id": channel_id,
        "notification_id": notification_id,
        "topic": topic,
        "subject": subject,
        "body": body,
        "link": link,
        "status": DeliveryStatus.PENDING,
        "attempts": 0,
        "next_attempt_at": now,
        "created_at": now,
    }


def open_channel(kinds: Collection[ChannelKind]) -> ColumnElement[bool]:
    """Channels of these kinds that are on; what is sent to an unconfirmed address is the confirmation alone."""
    is_confirmed = or_(C.c.kind == ChannelKind.WEBHOOK, C.c.secret.is_(None), D.c.topic == topics.CONFIRM)
    return and_(C.c.enabled, C.c.kind.in_(kinds), is_confirmed)


def _claimable(now: datetime) -> ColumnElement[bool]:
    # A lease from the future was taken before the clock was put back, and would outlive its sender.
    is_free = or_(D.c.lock_id.is_(None), D.c.locked_at < now - LEASE, D.c.locked_at > now + SKEW)
    return and_(D.c.status == DeliveryStatus.PENDING, D.c.next_attempt_at <= now, is_free)


def list_due(session: Session, kinds: Collection[ChannelKind], *, now: datetime, limit: int = 200) -> list[Due]:
    """What may be sent now, oldest first, at most 20 for one channel: one that is flooded does not hold up the rest."""
    rank = func.row_number().over(partition_by=D.c.channel_id, order_by=(D.c.next_attempt_at, D.c.id)).label("rank")
    ranked = (
        select(D.c.id, D.c.channel_id, C.c.kind, D.c.topic, D.c.next_attempt_at, rank)
        .join_from(D, C, C.c.id == D.c.channel_id)
        .where(_claimable(now), open_channel(kinds))
        .subquery()
    )
    query = select(ranked.c.id, ranked.c.channel_id, ranked.c.kind, ranked.c.topic)
    oldest = query.where(ranked.c.rank <= PER_CHANNEL).order_by(ranked.c.next_attempt_at, ranked.c.id)
    return [Due(row.id, row.channel_id, row.kind, row.topic) for row in session.execute(oldest.limit(limit))]


def claim(session: Session, due: Due, lock_id: str, *, now: datetime) -> Claimed | None:
    """Take one delivery to send it; ``None`` when somebody else was first, or it is not to be sent any more.

    Raises ``SecretUnreadableError`` when the channel's secret cannot be opened.
    """
    is_open = exists().where(C.c.id == D.c.channel_id, open_channel([due.kind]))
    taken = session.execute(
        update(D)
        .where(D.c.id == due.id, _claimable(now), is_open)
        .values(lock_id=lock_id, locked_at=now, attempts=D.c.attempts + 1)
        .returning(D)
    ).one_or_none()
    if taken is None:
        return None
    channel = session.execute(select(C.c.kind, C.c.address, C.c.secret).where(C.c.id == taken.channel_id)).one()
    is_mail = channel.kind is ChannelKind.MAIL
    message = Message(
        id=taken.id,
        topic=taken.topic,
        address=channel.address,
        title=taken.subject,
        body=taken.body,
        link=taken.link,
        created_at=taken.created_at,
        secrets=() if is_mail else webhook_secrets.valid(channel.secret, now=now),
        code=channel.secret if is_mail and taken.topic == topics.CONFIRM else None,
    )
    return Claimed(message, lock_id, taken.user_id, taken.channel_id, channel.kind, taken.attempts)


def settle_sent(session: Session, claimed: Claimed, *, now: datetime) -> bool:
    """Write that it arrived; ``False`` when the claim was lost meanwhile and somebody else decides."""
    values = {"status": DeliveryStatus.SENT, "sent_at": now, "next_attempt_at": None, "error_message": None}
    if not _settle(session, claimed, values):
        return False
    session.execute(
        update(C).where(C.c.id == claimed.channel_id).values(last_delivered_at=now, failures_in_a_row=0, updated_at=now)
    )
    return True


def settle_delayed(
    session: Session, claimed: Claimed, reason: str, *, retry_after: timedelta | None = None, now: datetime
) -> bool:
    """Put it off, or give it up after the last try. The others for the same address wait a little with it."""
    if claimed.attempts > len(WAITS):
        return settle_refused(session, claimed, f"Given up after {claimed.attempts} tries. {reason}", now=now)
    wait = max(WAITS[claimed.attempts - 1], min(retry_after or timedelta(), WAITS[-1]))
    if not _settle(session, claimed, {"next_attempt_at": now + wait, "error_message": reason}):
        return False
    _count_failure(session, claimed, now=now)
    until = now + max(min(wait, LONGEST_HOLD), min(retry_after or timedelta(), WAITS[-1]))
    session.execute(
        update(D)
        .where(
            D.c.channel_id == claimed.channel_id,
            D.c.status == DeliveryStatus.PENDING,
            D.c.lock_id.is_(None),
            D.c.next_attempt_at.between(now - STALE_AFTER, until),
            D.c.id != claimed.message.id,
        )
        .values(next_attempt_at=until)
    )
    return True


def settle_refused(session: Session, claimed: Claimed, reason: str, *, now: datetime) -> bool:
    """Write that it will not arrive."""
    values = {"status": DeliveryStatus.FAILED, "next_attempt_at": None, "error_message": reason}
    if not _settle(session, claimed, values):
        return False
    _count_failure(session, claimed, now=now)
    return True


def give_back(session: Session, claimed: Claimed, reason: str | None) -> None:
    """It was not sent for reasons of our own: it stays due, and this was no try."""
    _settle(session, claimed, {"attempts": D.c.attempts - 1, "error_message": reason})


def list_stale(session: Session, kinds: Collection[ChannelKind], *, now: datetime, limit: int = 1000) -> list[str]:
    """What has waited for more than seven days and could leave now."""
    query = select(D.c.id).join_from(D, C, C.c.id == D.c.channel_id)
    is_stale = and_(_claimable(now), open_channel(kinds), D.c.next_attempt_at < now - STALE_AFTER)
    return list(session.scalars(query.where(is_stale).limit(limit)))


def discard_stale(session: Session, ids: Collection[str]) -> int:
    """Throw those of ``ids`` away that still wait; how many."""
    is_still = and_(D.c.id.in_(ids), D.c.status == DeliveryStatus.PENDING, D.c.lock_id.is_(None))
    values = {"status": DeliveryStatus.DISCARDED, "next_attempt_at": None, "error_message": STALE}
    return len(session.execute(update(D).where(is_still).values(values).returning(D.c.id)).all())


def _settle(session: Session, claimed: Claimed, values: Mapping[str, object]) -> bool:
    mine = and_(D.c.id == claimed.message.id, D.c.lock_id == claimed.lock_id, D.c.status == DeliveryStatus.PENDING)
    changed = session.execute(
        update(D).where(mine).values({**values, "lock_id": None, "locked_at": None}).returning(D.c.id)
    )
    return changed.one_or_none() is not None


def _count_failure(session: Session, claimed: Claimed, *, now: datetime) -> None:
    session.execute(
        update(C)
        .where(C.c.id == claimed.channel_id)
        .values(failures_in_a_row=C.c.failures_in_a_row + 1, updated_at=now)
    )
