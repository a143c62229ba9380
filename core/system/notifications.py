"""Notifications: what a person should know, once per cause."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.db.upsert import insert_ignoring
from core.system import deliveries
from core.system.models import Notification

TITLE_LENGTH = 200
CSV_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which notifications are wanted. ``kind`` is one of ``topics.TOPICS``; ``None`` means any."""

    unread_only: bool = False
    kind: str | None = None


def notify(
    session: Session,
    user_id: str,
    topic: str,
    title: str,
    *,
    body: str | None = None,
    link: str | None = None,
    level: str = "info",
    now: datetime,
) -> bool:
    """Tell ``user_id``; ``False`` when an unread notification of this ``topic`` is already there.

    ``topic`` names the cause, as in ``account.reconnect:acc_…``; its kind stands in ``core/system/topics.py``.
    ``link`` is a page of the dashboard. In the same transaction one delivery is written for each channel of the
    person that wants this kind of cause.
    """
    notification_id = new_id("ntf")
    title = title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1] + "…"
    values = {
        "id": notification_id,
        "user_id": user_id,
        "topic": topic,
        "title": title,
        "body": body,
        "link": link,
        "level": level,
        "created_at": now,
    }
    is_new = insert_ignoring(session, Notification, values)
    if is_new:
        deliveries.enqueue(
            session, user_id, topic, title, body=body, link=link, notification_id=notification_id, now=now
        )
    return is_new


def list_unread(session: Session, user_id: str, *, limit: int = 20) -> list[Notification]:
    query = select(Notification).where(Notification.user_id == user_id, Notification.read_at.is_(None))
    return list(session.scalars(query.order_by(Notification.created_at.desc()).limit(limit)))


def count_unread(session: Session, user_id: str) -> int:
    query = select(func.count()).where(Notification.user_id == user_id, Notification.read_at.is_(None))
    return session.scalar(query) or 0


def mark_read(session: Session, user_id: str, *, topic: str | None = None, notification_id: str | None = None,
              now: datetime) -> None:  # fmt: skip
    """Mark one notification, one topic, or (neither given) all of a person's as read."""
    statement = update(Notification).where(Notification.user_id == user_id, Notification.read_at.is_(None))
    if topic is not None:
        statement = statement.where(Notification.topic == topic)
    if notification_id is not None:
        statement = statement.where(Notification.id == notification_id)
    session.execute(statement.values(read_at=now))


def list_history(
    session: Session, user_id: str, wanted: HistoryFilter, *, limit: int, offset: int = 0
) -> list[Notification]:
    """Read and unread ones, newest first. Those that were read are kept for 30 days."""
    query = _history(user_id, wanted).order_by(Notification.created_at.desc(), Notification.id.desc())
    return list(session.scalars(query.limit(limit).offset(offset)))


def count_history(session: Session, user_id: str, wanted: HistoryFilter) -> int:
    return session.scalar(select(func.count()).select_from(_history(user_id, wanted).subquery())) or 0


def csv_rows(session: Session, user_id: str, wanted: HistoryFilter) -> Iterator[list[str]]:
    """The export: a line with the filters, the head, then newest first."""
    said = [f"topic: {wanted.kind}"] if wanted.kind else []
    said += ["unread only"] if wanted.unread_only else []
    yield [f"# Atelier notifications. Filters: {'; '.join(said) or 'none'}"]
    yield ["created_at", "read_at", "topic", "level", "title", "body", "link"]
    for one in list_history(session, user_id, wanted, limit=CSV_LIMIT):
        read_at = one.read_at.isoformat(timespec="seconds") if one.read_at else ""
        created_at = one.created_at.isoformat(timespec="seconds")
        yield [created_at, read_at, one.topic, one.level, one.title, one.body or "", one.link or ""]


def _history(user_id: str, wanted: HistoryFilter) -> Select[Notification]:
    query = select(Notification).where(Notification.user_id == user_id)
    if wanted.unread_only:
        query = query.where(Notification.read_at.is_(None))
    if wanted.kind is not None:
        is_kind = or_(Notification.topic == wanted.kind, Notification.topic.startswith(f"{wanted.kind}:"))
        query = query.where(is_kind)
    return query
