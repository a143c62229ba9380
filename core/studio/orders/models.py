"""Tables of orders: what was asked, its items, and every call made for them."""

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Timestamps, primary_key
from core.db.types import Bytes, Cost, PrefixedId, SearchVector

USER = PrefixedId("usr")
PROJECT = PrefixedId("prj")
ORDER = PrefixedId("ord")
ITEM = PrefixedId("itm")

# Queries that want the partial indexes say this word for word: SQLite compares the text.
WAITING = "status IN ('pending', 'generating')"
LIVE = "deleted_at IS NULL"


class OrderStatus(enum.StrEnum):
    """Where an order stands; ``states.py`` holds the moves between them, and how items add up to one."""

    PENDING = "pending"
    PROCESSING = "processing"
    FULFILLED = "fulfilled"
    PARTIALLY_FULFILLED = "partially_fulfilled"  # all ended, some without a picture
    FAILED = "failed"
    CANCELLED = "cancelled"


class ItemStatus(enum.StrEnum):
    """Where an item stands. A failed try that is to be repeated leaves it ``pending`` with a later ``due_at``."""

    PENDING = "pending"
    GENERATING = "generating"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"


class AttemptState(enum.StrEnum):
    """How one call for an item stands.

    ``open``: about to be made, or its answer was lost; looked up, never repeated blindly. ``submitted``: the provider
    has it, under ``provider_request_id``. ``unknown``: nobody can tell whether it was made; a person decides.
    """

    OPEN = "open"
    SUBMITTED = "submitted"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


UNSETTLED = (AttemptState.OPEN, AttemptState.SUBMITTED)


class Order(Timestamps, Base):
    """One request of a person for one model. ``base_parameter_set`` is what was typed, with all markup.

    Shape: ``{"prompt", "negative_prompt", "parameters": {name: text or value}, "inputs": {parameter: product id},
    "images_per_item"}``. ``seed`` is that of the expansion: with it the same text gives the same items.
    """

    __tablename__ = "orders"
    __table_args__ = (
        Index("ix_orders_project_id", "project_id"),
        Index("ix_orders_status", "status"),
        Index("ix_orders_provider_model", "provider", "model"),
        Index("ix_orders_created_at", "created_at"),
        Index("ix_orders_user_id_created_at", "user_id", "created_at"),
        Index("ix_orders_deleted_at", "deleted_at"),
        # Pressing the button twice places one order.
        UniqueConstraint("user_id", "client_token"),
        CheckConstraint(
            "expanded_count >= 0 AND completed_count >= 0 AND failed_count >= 0 AND cancelled_count >= 0"
            " AND completed_count + failed_count + cancelled_count <= expanded_count",
            name="counts",
        ),
    )

    id: Mapped[str] = primary_key("ord")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    project_id: Mapped[str | None] = mapped_column(PROJECT, ForeignKey("projects.id", ondelete="CASCADE"))
    provider: Mapped[str] = mapped_column(String(100), ForeignKey("providers.id"))
    model: Mapped[str] = mapped_column(String(200))
    model_name: Mapped[str] = mapped_column(String(255))
    model_family: Mapped[str | None] = mapped_column(String(100))
    model_modality: Mapped[str | None] = mapped_column(String(100))
    status: Mapped[OrderStatus] = mapped_column(default=OrderStatus.PENDING)
    base_parameter_set: Mapped[dict[str, Any]]
    seed: Mapped[int] = mapped_column(Bytes, default=0)
    expanded_count: Mapped[int] = mapped_column(default=0)
    completed_count: Mapped[int] = mapped_column(default=0)
    failed_count: Mapped[int] = mapped_column(default=0)
    cancelled_count: Mapped[int] = mapped_column(default=0)
    estimated_cost: Mapped[Decimal | None] = mapped_column(Cost())  # of all items, when it was placed
    template_id: Mapped[str | None] = mapped_column(
        PrefixedId("gtp"), ForeignKey("generation_templates.id", ondelete="SET NULL"), index=True
    )
    # The order whose parameters this one repeats.
    repeats_id: Mapped[str | None] = mapped_column(ORDER, ForeignKey("orders.id", ondelete="SET NULL"), index=True)
    client_token: Mapped[str | None] = mapped_column(String(64))
    paused_at: Mapped[datetime | None]  # nothing new is begun until it goes on
    completed_at: Mapped[datetime | None]
    search_text: Mapped[str] = mapped_column(Text, default="")
    search_vector: Mapped[str | None] = mapped_column(SearchVector, deferred=True)
    deleted_at: Mapped[datetime | None]


class OrderItem(Timestamps, Base):
    """One call to a provider that may give several pictures.

    ``generation_parameter_set`` is one combination of the expansion, ``actual_parameter_set`` what was sent,
    ``return_parameter_set`` what the provider says it used. ``locked_at`` and ``lock_id`` are the lease of the worker
    that holds it, ``execution_version`` the fence: every claim adds one, and a write carrying an older number changes
    nothing. ``due_at`` is when the sidecar looks next: at once, at the next poll, or at the next try.
    """

    __tablename__ = "order_items"
    __table_args__ = (
        Index("ix_order_items_order_id", "order_id"),
        Index("ix_order_items_status", "status"),
        Index("uq_order_items_order_sequence", "order_id", "sequence_number", unique=True),
        # The sidecar's query: one provider's waiting items, oldest first.
        Index(
            "ix_order_items_due",
            "provider",
            "due_at",
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
        Index("ix_order_items_provider_request_id", "provider", "provider_request_id"),
        Index(
            "ix_order_items_lock_id",
            "lock_id",
            sqlite_where=text("lock_id IS NOT NULL"),
            postgresql_where=text("lock_id IS NOT NULL"),
        ),
        CheckConstraint("retry_count >= 0", name="retries_not_negative"),
        CheckConstraint("images >= 1", name="images_positive"),
        CheckConstraint("(lock_id IS NULL) = (locked_at IS NULL)", name="lease_whole"),
        CheckConstraint("status NOT IN ('pending', 'generating') OR due_at IS NOT NULL", name="waiting_has_time"),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
    )

    id: Mapped[str] = primary_key("itm")
    order_id: Mapped[str] = mapped_column(ORDER, ForeignKey("orders.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(100), ForeignKey("providers.id"))
    sequence_number: Mapped[int]
    batch_number: Mapped[int] = mapped_column(default=1)
    status: Mapped[ItemStatus] = mapped_column(default=ItemStatus.PENDING)
    images: Mapped[int] = mapped_column(default=1)  # asked for in this one call
    # {"prompt", "negative_prompt", "parameters"}; with hooks also {"before": [name], "after": [name]}
    generation_parameter_set: Mapped[dict[str, Any]]
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what each token and lookup became
    actual_parameter_set: Mapped[dict[str, Any] | None]
    return_parameter_set: Mapped[dict[str, Any] | None]
    provider_request_id: Mapped[str | None] = mapped_column(String(255))
    progress: Mapped[float | None]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    error_message: Mapped[str | None] = mapped_column(Text)
    error_category: Mapped[str | None] = mapped_column(String(32))
    retry_count: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    estimated_cost: Mapped[Decimal | None] = mapped_column(Cost())
    cost: Mapped[Decimal | None] = mapped_column(Cost())  # of all its calls; None is unknown
    cost_is_estimated: Mapped[bool] = mapped_column(default=False)
    lock_id: Mapped[str | None] = mapped_column(String(64))
    locked_at: Mapped[datetime | None]
    execution_version: Mapped[int] = mapped_column(default=0)


class GenerationAttempt(Base):
    """One call made for an item, written and committed before it is made: the guard against paying twice."""

    __tablename__ = "generation_attempts"
    __table_args__ = (
        Index("uq_generation_attempts_number", "order_item_id", "number", unique=True),
        # One unsettled call per item, whatever runs beside us.
        Index(
            "uq_generation_attempts_unsettled",
            "order_item_id",
            unique=True,
            sqlite_where=text("state IN ('open', 'submitted')"),
            postgresql_where=text("state IN ('open', 'submitted')"),
        ),
        # How many calls a provider had begun in the last minute, and how many are under way.
        Index("ix_generation_attempts_provider_opened_at", "provider", "opened_at"),
        Index(
            "ix_generation_attempts_under_way",
            "provider",
            sqlite_where=text("state IN ('open', 'submitted')"),
            postgresql_where=text("state IN ('open', 'submitted')"),
        ),
        Index("ix_generation_attempts_user_id_opened_at", "user_id", "opened_at"),
        Index("ix_generation_attempts_provider_request_id", "provider", "provider_request_id"),
    )

    id: Mapped[str] = primary_key("gat")
    order_item_id: Mapped[str] = mapped_column(ITEM, ForeignKey("order_items.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    provider: Mapped[str] = mapped_column(String(100), ForeignKey("providers.id"))
    model: Mapped[str] = mapped_column(String(255))
    modality: Mapped[str] = mapped_column(String(32))
    number: Mapped[int]  # 1 is the first call of this item
    key: Mapped[str] = mapped_column(String(64))  # ours, sent along wherever the protocol has a place for it
    state: Mapped[AttemptState] = mapped_column(default=AttemptState.OPEN)
    request: Mapped[dict[str, Any]]  # what was sent, without secrets
    handle: Mapped[dict[str, Any] | None]  # what finds it again at the provider
    provider_request_id: Mapped[str | None] = mapped_column(String(255))
    opened_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    latency_ms: Mapped[int | None]
    polls: Mapped[int] = mapped_column(default=0)
    error_category: Mapped[str | None] = mapped_column(String(32))
    error_message: Mapped[str | None] = mapped_column(Text)
    http_status: Mapped[int | None]
    provider_code: Mapped[str | None] = mapped_column(String(100))
    held_cost: Mapped[Decimal | None] = mapped_column(Cost())  # held of the provider's daily cap until it is settled
    cost: Mapped[Decimal | None] = mapped_column(Cost())
    correlation_id: Mapped[str | None] = mapped_column(String(64))


class OrderItemInput(Base):
    """A product that goes into an item: one edge of the lineage."""

    __tablename__ = "order_item_inputs"

    order_item_id: Mapped[str] = mapped_column(ITEM, ForeignKey("order_items.id", ondelete="CASCADE"), primary_key=True)
    parameter: Mapped[str] = mapped_column(String(64), primary_key=True)
    product_id: Mapped[str] = mapped_column(
        PrefixedId("prd"), ForeignKey("products.id", ondelete="CASCADE"), index=True
    )


class LogLevel(enum.StrEnum):
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


class GenerationLog(Base):
    """A line about the making of an item. ``details`` never hold prompts, keys or addresses."""

    __tablename__ = "generation_logs"
    __table_args__ = (
        Index("ix_generation_logs_order_item_id", "order_item_id"),
        Index("ix_generation_logs_timestamp", "timestamp"),
        Index("ix_generation_logs_level", "level"),
        Index("ix_generation_logs_user_id_timestamp", "user_id", "timestamp"),
        Index("ix_generation_logs_order_id", "order_id"),
    )

    id: Mapped[str] = primary_key("glg")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    order_id: Mapped[str | None] = mapped_column(ORDER, ForeignKey("orders.id", ondelete="CASCADE"))
    order_item_id: Mapped[str | None] = mapped_column(ITEM, ForeignKey("order_items.id", ondelete="CASCADE"))
    timestamp: Mapped[datetime]
    level: Mapped[LogLevel]
    event: Mapped[str] = mapped_column(String(48))  # submitted, polled, stored, retried …
    message: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any] | None]


class ProviderWebhook(Base):
    """A verified webhook of a provider, once however often it is sent."""

    __tablename__ = "provider_webhooks"
    __table_args__ = (
        UniqueConstraint("provider", "delivery_id"),
        Index("ix_provider_webhooks_received_at", "received_at"),
    )

    id: Mapped[str] = primary_key("pwh")
    provider: Mapped[str] = mapped_column(String(100), ForeignKey("providers.id"))
    delivery_id: Mapped[str] = mapped_column(String(255))
    request_id: Mapped[str] = mapped_column(String(255))
    received_at: Mapped[datetime]
