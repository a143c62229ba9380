"""Tables of the system context: what happened, what was about to happen, and who is alive."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Timestamps, primary_key
from core.db.types import EncryptedText, PrefixedId, Sha256

USER = PrefixedId("usr")


class ActorKind(enum.StrEnum):
    """On whose behalf something was done."""

    PERSON = "person"
    KEY = "key"
    SIDECAR = "sidecar"
    COMMAND = "command"


class AuditEvent(Base):
    """Who changed what, before and after. ``owner_id`` is whose data it is; moves between states are events too."""

    __tablename__ = "audit_events"
    __table_args__ = (
        # The history of one thing, and the administrators' list.
        Index("ix_audit_events_subject_id_at", "subject_id", "at"),
        Index("ix_audit_events_owner_id_at", "owner_id", "at"),
        Index("ix_audit_events_at", "at"),
        # All events of one request, run or bulk change; the last can be undone.
        Index("ix_audit_events_correlation_id", "correlation_id"),
    )

    id: Mapped[str] = primary_key("evt")
    at: Mapped[datetime]
    actor_kind: Mapped[ActorKind]
    actor_id: Mapped[str | None] = mapped_column(String(64))
    owner_id: Mapped[str | None] = mapped_column(USER, ForeignKey("users.id", ondelete="SET NULL"))
    action: Mapped[str] = mapped_column(String(64))
    subject_type: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    reason: Mapped[str | None] = mapped_column(Text)
    correlation_id: Mapped[str | None] = mapped_column(String(64))


class IntentState(enum.StrEnum):
    """``open`` until the result is written; after a crash an open intent is looked up, never repeated blindly."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Intent(Base):
    """An effect outside the database that is about to be caused, written and committed before the call."""

    __tablename__ = "intents"
    __table_args__ = (
        # One unsettled intent of a kind per thing: the guard against causing an effect twice.
        Index(
            "uq_intents_unsettled",
            "subject_id",
            "kind",
            unique=True,
            sqlite_where=text("state IN ('open', 'unknown')"),
            postgresql_where=text("state IN ('open', 'unknown')"),
        ),
        Index("ix_intents_closed_at", "closed_at"),
    )

    id: Mapped[str] = primary_key("int")
    kind: Mapped[str] = mapped_column(String(48))
    subject_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[IntentState] = mapped_column(default=IntentState.OPEN)
    request: Mapped[dict[str, Any] | None]
    result: Mapped[dict[str, Any] | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    lookups: Mapped[int] = mapped_column(default=0)


class Notification(Base):
    """Something a person should know. ``topic`` is unique while unread: one cause, one notification."""

    __tablename__ = "notifications"
    __table_args__ = (
        Index("ix_notifications_user_id_created_at", "user_id", "created_at"),
        Index(
            "uq_notifications_unread_topic",
            "user_id",
            "topic",
            unique=True,
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[str] = primary_key("ntf")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    topic: Mapped[str] = mapped_column(String(160))
    level: Mapped[str] = mapped_column(String(16), default="info")
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str | None] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class ChannelKind(enum.StrEnum):
    """Where notifications go besides the bell."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class NotificationChannel(Timestamps, Base):
    """An address a person wants to be told at: mail, or a webhook signed with ``secret``. ``topics`` are kinds of
    cause, the part before the colon of a notification's topic."""

    __tablename__ = "notification_channels"
    __table_args__ = (UniqueConstraint("user_id", "kind", "address"),)

    id: Mapped[str] = primary_key("chn")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[ChannelKind]
    address: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str | None] = mapped_column(EncryptedText("notification_channels.secret"))
    topics: Mapped[list[str]] = mapped_column(default=list)
    enabled: Mapped[bool] = mapped_column(default=True)
    disabled_reason: Mapped[str | None] = mapped_column(Text)
    last_delivered_at: Mapped[datetime | None]
    failures_in_a_row: Mapped[int] = mapped_column(default=0)


class DeliveryStatus(enum.StrEnum):
    """``pending`` waits for its next try; ``discarded`` was thrown away by a person or grew too old."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"
    DISCARDED = "discarded"


class NotificationDelivery(Base):
    """One notification on its way through one channel; written with the notification, sent by the sidecar."""

    __tablename__ = "notification_deliveries"
    __table_args__ = (
        Index(
            "ix_notification_deliveries_due",
            "next_attempt_at",
            sqlite_where=text("status = 'pending'"),
            postgresql_where=text("status = 'pending'"),
        ),
        Index("ix_notification_deliveries_user_id_created_at", "user_id", "created_at"),
    )

    id: Mapped[str] = primary_key("dlv")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    channel_id: Mapped[str] = mapped_column(
        PrefixedId("chn"), ForeignKey("notification_channels.id", ondelete="CASCADE"), index=True
    )
    notification_id: Mapped[str | None] = mapped_column(
        PrefixedId("ntf"), ForeignKey("notifications.id", ondelete="SET NULL"), index=True
    )
    topic: Mapped[str] = mapped_column(String(160))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str | None] = mapped_column(Text)
    link: Mapped[str | None] = mapped_column(String(300))
    status: Mapped[DeliveryStatus] = mapped_column(default=DeliveryStatus.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    lock_id: Mapped[str | None] = mapped_column(String(64))
    locked_at: Mapped[datetime | None]
    error_message: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class IdempotencyRecord(Base):
    """What a request with this key was answered, so that the same request again gets the same answer.

    ``scope`` names the endpoint; ``status_code`` is ``None`` while the first request is still being served.
    """

    __tablename__ = "idempotency_records"
    __table_args__ = (
        UniqueConstraint("owner_id", "scope", "key"),
        Index("ix_idempotency_records_created_at", "created_at"),
    )

    id: Mapped[str] = primary_key("idm")
    owner_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    scope: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(200))
    request_digest: Mapped[str] = mapped_column(Sha256)
    status_code: Mapped[int | None]
    response: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]


class Heartbeat(Base):
    """A running process of the house and when it was last heard of."""

    __tablename__ = "heartbeats"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    component: Mapped[str] = mapped_column(String(32), index=True)
    host: Mapped[str] = mapped_column(String(120))
    pid: Mapped[int]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    is_leader: Mapped[bool] = mapped_column(default=False)
    in_flight: Mapped[int] = mapped_column(default=0)


class JobRun(Base):
    """The last run of each periodic job: one row per job, rewritten by each tick that found work or failed."""

    __tablename__ = "job_runs"

    job: Mapped[str] = mapped_column(String(48), primary_key=True)
    last_started_at: Mapped[datetime]
    last_finished_at: Mapped[datetime | None]
    duration_ms: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
    detail: Mapped[str | None] = mapped_column(Text)


class StorageRemoval(Base):
    """Objects to remove from the store, written with the row that let go of them; drained by the sidecar."""

    __tablename__ = "storage_removals"

    id: Mapped[str] = primary_key("rem")
    key: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[datetime]
    not_before: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error_message: Mapped[str | None] = mapped_column(Text)


class SystemSetting(Base):
    """A setting of the house that people change while it runs, as JSON."""

    __tablename__ = "system_settings"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    value: Mapped[dict[str, Any]]
    description: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime]


class MigrationHistory(Base):
    """A version of the schema that was applied here, written by Alembic's version hook."""

    __tablename__ = "migration_history"

    version: Mapped[str] = mapped_column(String(50), primary_key=True)
    applied_at: Mapped[datetime]
    description: Mapped[str | None] = mapped_column(Text)
