"""Notifications: what a person should know, once per cause."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.db.upsert import insert_ignoring
from core.system.models import Notification


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

    ``topic`` names the cause, as in ``account.reconnect:acc_…``. ``link`` is a page of the dashboard.
    """
    return insert_ignoring(
        session,
        Notification,
        {
            "user_id": user_id,
            "topic": topic,
            "title": title,
            "body": body,
            "link": link,
            "level": level,
            "created_at": now,
        },
    )


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
