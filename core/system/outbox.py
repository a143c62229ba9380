"""What waits, what was sent and what failed, as its person sees it; trying again and throwing away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, insert, select, update
from sqlalchemy.orm import Session

from core.system import addresses, deliveries, topics
from core.system.actors import Actor
from core.system.audit import record
from core.system.channel_errors import ChannelNotReady, DeliveryMoved, DeliveryNotFound
from core.system.channels import get_channel
from core.system.deliveries import C, D
from core.system.models import ChannelKind, DeliveryStatus

CSV_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class OutboxFilter:
    """Which deliveries are wanted; ``None`` means any."""

    status: DeliveryStatus | None = None
    channel_id: str | None = None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One message to one channel. It waits as well while its channel is off or the address not confirmed."""

    id: str
    channel_id: str
    kind: ChannelKind
    channel: str
    topic: str
    subject: str
    link: str | None
    status: DeliveryStatus
    attempts: int
    next_attempt_at: datetime | None
    error_message: str | None
    created_at: datetime
    sent_at: datetime | None
    is_enabled: bool
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """How many wait, how many of these for a mail server, and how many failed."""

    waiting: int
    waiting_mails: int
    failed: int


def list_deliveries(
    session: Session, actor: Actor, wanted: OutboxFilter, *, limit: int, offset: int = 0
) -> list[DeliveryView]:
    """The person's deliveries, newest first."""
    query = _wanted(actor, wanted).order_by(D.c.created_at.desc(), D.c.id.desc())
    return [_view(row) for row in session.execute(query.limit(limit).offset(offset))]


def find_delivery(session: Session, actor: Actor, delivery_id: str) -> DeliveryView | None:
    row = session.execute(_wanted(actor, OutboxFilter()).where(D.c.id == delivery_id)).one_or_none()
    return _view(row) if row is not None else None


def latest_asked(session: Session, actor: Actor, *, now: datetime) -> dict[str, DeliveryView]:
    """By channel, the latest test or code that the person asked for within the last hour."""
    query = _wanted(actor, OutboxFilter()).where(
        D.c.topic.in_([topics.TEST, topics.CONFIRM]), D.c.created_at > now - timedelta(hours=1)
    )
    return {row.channel_id: _view(row) for row in session.execute(query.order_by(D.c.created_at, D.c.id))}


def count_deliveries(session: Session, actor: Actor, wanted: OutboxFilter) -> int:
    return session.scalar(select(func.count()).select_from(_wanted(actor, wanted).subquery())) or 0


def count_mine(session: Session, actor: Actor) -> OutboxCounts:
    """What waits and failed of one person."""
    return _counts(session, D.c.user_id == actor.user_id)


def count_everybodys(session: Session) -> OutboxCounts:
    """What waits and failed in the whole house: numbers, for whoever looks after it."""
    return _counts(session, D.c.user_id.is_not(None))


def csv_rows(session: Session, actor: Actor, wanted: OutboxFilter) -> Iterator[list[str]]:
    """The export: a line with the filters, the head, then newest first."""
    filters = {"status": wanted.status, "channel": wanted.channel_id}
    said = "; ".join(f"{name}: {value}" for name, value in filters.items() if value) or "none"
    yield [f"# Atelier outbox. Filters: {said}"]
    yield [
        "created_at",
        "sent_at",
        "channel",
        "kind",
        "topic",
        "subject",
        "status",
        "tries",
        "next_try_at",
        "error",
        "id",
    ]
    for one in list_deliveries(session, actor, wanted, limit=CSV_LIMIT):
        times = [_iso(one.created_at), _iso(one.sent_at)]
        what = [one.channel, one.kind.value, one.topic, one.subject, one.status.value, str(one.attempts)]
        yield [*times, *what, _iso(one.next_attempt_at), one.error_message or "", one.id]


def send_test(session: Session, actor: Actor, channel_id: str, *, now: datetime) -> str:
    """Put a message on its way that shows whether the channel works; the delivery's id.

    Raises ``ChannelNotReady`` when the channel is off or unconfirmed, or a test is under way.
    """
    channel = get_channel(session, actor, channel_id)
    if not channel.enabled or not channel.is_confirmed:
        raise ChannelNotReady("Nothing is sent there yet. Switch the channel on, and confirm its address.")
    waiting = (D.c.channel_id == channel_id, D.c.topic == topics.TEST, D.c.status == DeliveryStatus.PENDING)
    if session.scalar(select(D.c.id).where(*waiting).limit(1)) is not None:
        raise ChannelNotReady("A test is on its way already. Look into the outbox for what came of it.")
    body = "This is a test from Atelier. What you chose for this channel arrives like this."
    row = deliveries.new_row(
        actor.user_id, channel_id, topics.TEST, "A test from Atelier", body=body, link="notifications", now=now
    )
    session.execute(insert(D), [row])
    record(session, actor, "channel.tested", channel_id, now=now)
    return str(row["id"])


def retry(session: Session, actor: Actor, delivery_id: str, *, now: datetime) -> None:
    """Send now what waits, failed or was thrown away, with all its tries before it again.

    Raises ``DeliveryMoved`` when it is being sent or has arrived.
    """
    before = _get_status(session, actor, delivery_id)
    is_free = and_(D.c.id == delivery_id, D.c.status != DeliveryStatus.SENT, D.c.lock_id.is_(None))
    _move(session, is_free, {"status": DeliveryStatus.PENDING, "attempts": 0, "next_attempt_at": now})
    _record_move(session, actor, "delivery.retried", delivery_id, before, DeliveryStatus.PENDING, now=now)


def discard(session: Session, actor: Actor, delivery_id: str, *, now: datetime) -> None:
    """Throw away what waits; :func:`retry` brings it back."""
    before = _get_status(session, actor, delivery_id)
    is_waiting = and_(D.c.id == delivery_id, D.c.status == DeliveryStatus.PENDING, D.c.lock_id.is_(None))
    _move(session, is_waiting, {"status": DeliveryStatus.DISCARDED, "next_attempt_at": None})
    _record_move(session, actor, "delivery.discarded", delivery_id, before, DeliveryStatus.DISCARDED, now=now)


def retry_failed(session: Session, actor: Actor, *, now: datetime) -> int:
    """Send everything again that failed; how many."""
    ids = _ids_of(session, actor, DeliveryStatus.FAILED)
    for delivery_id in ids:
        retry(session, actor, delivery_id, now=now)
    return len(ids)


def discard_waiting(session: Session, actor: Actor, *, now: datetime) -> int:
    """Throw away everything that waits and is not being sent at this moment; how many."""
    ids = _ids_of(session, actor, DeliveryStatus.PENDING)
    for delivery_id in ids:
        discard(session, actor, delivery_id, now=now)
    return len(ids)


def _wanted(actor: Actor, wanted: OutboxFilter) -> Select[*tuple[Any, ...]]:
    is_confirmed = (C.c.kind == ChannelKind.WEBHOOK) | C.c.secret.is_(None) | (D.c.topic == topics.CONFIRM)
    query = (
        select(D, C.c.kind, C.c.address, C.c.enabled, is_confirmed.label("is_confirmed"))
        .join_from(D, C, C.c.id == D.c.channel_id)
        .where(D.c.user_id == actor.user_id)
    )
    if wanted.status is not None:
        query = query.where(D.c.status == wanted.status)
    if wanted.channel_id is not None:
        query = query.where(D.c.channel_id == wanted.channel_id)
    return query


def _view(row: Row[*tuple[Any, ...]]) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        channel_id=row.channel_id,
        kind=row.kind,
        channel=addresses.shown(row.kind, row.address),
        topic=row.topic,
        subject=row.subject,
        link=row.link,
        status=row.status,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        error_message=row.error_message,
        created_at=row.created_at,
        sent_at=row.sent_at,
        is_enabled=row.enabled,
        is_confirmed=bool(row.is_confirmed),
    )


def _counts(session: Session, whose: ColumnElement[bool]) -> OutboxCounts:
    is_waiting, is_mail = D.c.status == DeliveryStatus.PENDING, C.c.kind == ChannelKind.MAIL
    row = session.execute(
        select(
            func.count().filter(is_waiting),
            func.count().filter(is_waiting, is_mail),
            func.count().filter(D.c.status == DeliveryStatus.FAILED),
        )
        .join_from(D, C, C.c.id == D.c.channel_id)
        .where(whose)
    ).one()
    return OutboxCounts(*row)


def _get_status(session: Session, actor: Actor, delivery_id: str) -> DeliveryStatus:
    query = select(D.c.status).where(D.c.id == delivery_id, D.c.user_id == actor.user_id)
    status: DeliveryStatus | None = session.scalar(query)
    if status is None:
        raise DeliveryNotFound("There is no such message in the outbox. Reload the page.")
    return status


def _ids_of(session: Session, actor: Actor, status: DeliveryStatus) -> list[str]:
    free = (D.c.user_id == actor.user_id, D.c.status == status, D.c.lock_id.is_(None))
    # Locked, so that none of them is claimed between this look and its own move.
    return list(session.scalars(select(D.c.id).where(*free).limit(1000).with_for_update()))


def _move(session: Session, which: ColumnElement[bool], values: dict[str, object]) -> None:
    moved = session.execute(update(D).where(which).values(values | {"error_message": None}).returning(D.c.id))
    if moved.one_or_none() is None:
        raise DeliveryMoved("It has been sent, thrown away or is being sent right now. Reload the page.")


def _record_move(
    session: Session,
    actor: Actor,
    action: str,
    delivery_id: str,
    before: DeliveryStatus,
    after: DeliveryStatus,
    *,
    now: datetime,
) -> None:
    was, became = {"status": before.value}, {"status": after.value}
    record(session, actor, action, delivery_id, before=was, after=became, now=now)


def _iso(instant: datetime | None) -> str:
    return instant.isoformat(timespec="seconds") if instant else ""
