"""Tables of the sales context: prices, and the queue of pieces to be priced at the site."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Timestamps, primary_key
from core.db.types import PrefixedId

USER = PrefixedId("usr")
PRESET = PrefixedId("prc")


class SaleQueueStatus(enum.StrEnum):
    """Where a sale stands; ``states.py`` holds the moves between them."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"


class PricePreset(Timestamps, Base):
    """A reusable price in cents: fixed (``price``), or drawn from ``min_price`` to ``max_price``, both included.

    A preset that sales refer to is archived instead of deleted, so that each sale can say where its price came from.
    """

    __tablename__ = "price_presets"
    __table_args__ = (
        Index("ix_price_presets_user_id_sort_order", "user_id", "sort_order"),
        # One default per person.
        Index(
            "uq_price_presets_default",
            "user_id",
            unique=True,
            sqlite_where=text("is_default AND archived_at IS NULL"),
            postgresql_where=text("is_default AND archived_at IS NULL"),
        ),
        CheckConstraint(
            "(min_price IS NULL AND max_price IS NULL AND price > 0)"
            " OR (min_price IS NOT NULL AND max_price IS NOT NULL AND 0 < min_price AND min_price < max_price"
            " AND price = 0)",
            name="fixed_or_range",
        ),
    )

    id: Mapped[str] = primary_key("prc")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    price: Mapped[int] = mapped_column(default=0)  # cents; 0 when it is a range
    min_price: Mapped[int | None]
    max_price: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    description: Mapped[str | None] = mapped_column(Text)
    is_default: Mapped[bool] = mapped_column(default=False)
    sort_order: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None]


class SaleQueue(Timestamps, Base):
    """A published piece to be priced at the site, with the price drawn for it.

    ``processing_by`` and ``locked_at`` are the lease of the client that holds it, ``claim_version`` the fence:
    every claim adds one, and an answer carrying an older number changes nothing. ``title``, ``url`` and the
    cover are as of enqueueing, so that the queue knows all a client needs.
    """

    __tablename__ = "sale_queue"
    __table_args__ = (
        Index("ix_sale_queue_user_id_status", "user_id", "status"),
        Index("ix_sale_queue_status_created_at", "status", "created_at"),
        # The claim's query: one person's waiting items, oldest first.
        Index(
            "ix_sale_queue_waiting",
            "user_id",
            "created_at",
            sqlite_where=text("status = 'pending'"),
            postgresql_where=text("status = 'pending'"),
        ),
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        CheckConstraint(
            "(status = 'processing') = (processing_by IS NOT NULL AND locked_at IS NOT NULL)",
            name="lease_if_processing",
        ),
        CheckConstraint("(status = 'completed') = (completed_at IS NOT NULL)", name="completed_has_time"),
    )

    id: Mapped[str] = primary_key("sal")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    deviation_id: Mapped[str] = mapped_column(
        PrefixedId("dev"), ForeignKey("deviations.id", ondelete="CASCADE"), unique=True
    )
    price_preset_id: Mapped[str] = mapped_column(PRESET, ForeignKey("price_presets.id"), index=True)
    price: Mapped[int]  # cents, frozen
    currency: Mapped[str] = mapped_column(String(3))
    title: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(Text)
    cover_blob_id: Mapped[str | None] = mapped_column(PrefixedId("blb"), ForeignKey("blobs.id", ondelete="SET NULL"))
    status: Mapped[SaleQueueStatus] = mapped_column(default=SaleQueueStatus.PENDING)

    attempts: Mapped[int] = mapped_column(default=0)
    last_attempt_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]  # the next try after a failed one
    processing_by: Mapped[str | None] = mapped_column(String(100))
    locked_at: Mapped[datetime | None]
    claim_version: Mapped[int] = mapped_column(default=0)

    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str | None] = mapped_column(String(100))
    error_message: Mapped[str | None] = mapped_column(Text)
    error_details: Mapped[dict[str, Any] | None]
    screenshot_key: Mapped[str | None] = mapped_column(String(400))
    screenshot_mime: Mapped[str | None] = mapped_column(String(64))
