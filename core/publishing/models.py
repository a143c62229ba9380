"""Tables of the publishing context: what goes out, where and when, and what came of it."""

import enum
import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db.base import Base, Timestamps, primary_key
from core.db.types import Bytes, Cost, PrefixedId

USER = PrefixedId("usr")
ACCOUNT = PrefixedId("acc")
DEVIATION = PrefixedId("dev")
FILE = PrefixedId("fil")

# Queries that want the partial indexes say this word for word: SQLite compares the text.
QUEUE = "status IN ('scheduled', 'uploading', 'publishing') AND deleted_at IS NULL"
POOL = "status = 'draft' AND scheduled_at IS NULL AND deleted_at IS NULL"
SHUFFLE_KEYS = 2**31


class DeviationStatus(enum.StrEnum):
    """Where a deviation stands; ``states.py`` holds the moves between them."""

    REVIEW = "review"
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    UPLOADING = "uploading"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"


class UploadMode(enum.StrEnum):
    """``single``: one file, one deviation. ``multiple``: each file goes out as a deviation of its own, in order."""

    SINGLE = "single"
    MULTIPLE = "multiple"


class MatureLevel(enum.StrEnum):
    MODERATE = "moderate"
    STRICT = "strict"


class LatePolicy(enum.StrEnum):
    """What to do with a post that is later than its allowance when its turn comes."""

    PUBLISH = "publish"
    HOLD = "hold"
    RESLOT = "reslot"  # the same time of day on the next day with room


class HoldReason(enum.StrEnum):
    """Why a scheduled post waits for a person."""

    LATE = "late"
    AGREEMENT = "agreement"


class Deviation(Timestamps, Base):
    """A post: what DeviantArt is to show, from first upload to its address there.

    ``scheduled_at`` is what the person chose, ``actual_publish_at`` adds the jitter and is the
    promise, ``published_at`` happened. ``due_at`` is when the sidecar looks next: the promise at
    first, later the next retry, the next free slot of the account, or the next look-up.
    ``execution_lock_id`` and ``execution_locked_at`` are the lease of the worker that holds it;
    ``execution_version`` is the fence: every claim adds one, and a write carrying an older number
    changes nothing.
    """

    __tablename__ = "deviations"
    __table_args__ = (
        Index("ix_deviations_user_id_status", "user_id", "status"),
        Index("ix_deviations_status_actual_publish_at", "status", "actual_publish_at"),
        Index("ix_deviations_execution_lock_id_status", "execution_lock_id", "status"),
        Index("ix_deviations_automation_id", "automation_id"),
        # The screens: one person's live rows, newest first.
        Index("ix_deviations_user_id_deleted_at_created_at", "user_id", "deleted_at", "created_at"),
        # One state of one person, newest first, and how many there are in each.
        Index(
            "ix_deviations_live",
            "user_id",
            "status",
            "created_at",
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        # What automations choose from at random: a walk round the circle of ``shuffle_key``.
        Index(
            "ix_deviations_pool",
            "user_id",
            "shuffle_key",
            sqlite_where=text(POOL),
            postgresql_where=text(POOL),
        ),
        # An account's promises in time: gaps, caps and the calendar.
        Index("ix_deviations_account_id_actual_publish_at", "account_id", "actual_publish_at"),
        # One person's next posts, and what went out on which day.
        Index(
            "ix_deviations_next",
            "user_id",
            "actual_publish_at",
            sqlite_where=text(QUEUE),
            postgresql_where=text(QUEUE),
        ),
        Index(
            "ix_deviations_out",
            "user_id",
            "published_at",
            sqlite_where=text("published_at IS NOT NULL AND deleted_at IS NULL"),
            postgresql_where=text("published_at IS NOT NULL AND deleted_at IS NULL"),
        ),
        UniqueConstraint("deviation_id", name="unique_published_deviation"),
        # The sidecar's query: due rows, oldest first.
        Index(
            "ix_deviations_due",
            "due_at",
            sqlite_where=text(QUEUE),
            postgresql_where=text(QUEUE),
        ),
        # One execution per account at a time, whatever runs beside us.
        Index(
            "uq_deviations_account_in_flight",
            "account_id",
            unique=True,
            sqlite_where=text("execution_lock_id IS NOT NULL"),
            postgresql_where=text("execution_lock_id IS NOT NULL"),
        ),
        CheckConstraint("display_resolution BETWEEN 0 AND 8", name="display_resolution"),
        CheckConstraint("NOT add_watermark OR display_resolution > 0", name="watermark_needs_size"),
        CheckConstraint("mature_level IS NULL OR is_mature", name="level_only_if_mature"),
        CheckConstraint("jitter_seconds >= 0", name="jitter_not_negative"),
        CheckConstraint("retry_count >= 0", name="retries_not_negative"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint(
            "status NOT IN ('scheduled', 'uploading', 'publishing') OR (due_at IS NOT NULL AND account_id IS NOT NULL)",
            name="queued_has_time_and_account",
        ),
    )

    id: Mapped[str] = primary_key("dev")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    account_id: Mapped[str | None] = mapped_column(ACCOUNT, ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    status: Mapped[DeviationStatus] = mapped_column(default=DeviationStatus.DRAFT)

    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(default=list)
    category_path: Mapped[str | None] = mapped_column(String(200))
    gallery_ids: Mapped[list[str]] = mapped_column(default=list)
    automation_id: Mapped[str | None] = mapped_column(
        PrefixedId("aut"), ForeignKey("automations.id", ondelete="SET NULL")
    )

    is_mature: Mapped[bool] = mapped_column(default=False)
    mature_level: Mapped[MatureLevel | None]
    mature_classification: Mapped[list[str]] = mapped_column(default=list)
    allow_comments: Mapped[bool] = mapped_column(default=True)
    allow_free_download: Mapped[bool] = mapped_column(default=False)
    is_ai_generated: Mapped[bool] = mapped_column(default=False)
    no_ai: Mapped[bool] = mapped_column(default=False)
    stash_only: Mapped[bool] = mapped_column(default=False)
    add_watermark: Mapped[bool] = mapped_column(default=False)
    display_resolution: Mapped[int] = mapped_column(default=0)  # 0 original, 1 to 8 as DeviantArt's sizes
    feature: Mapped[bool] = mapped_column(default=True)  # also show in Featured
    # Licence, sharing, critique, groups, subjects, place, source link: see options.py for the shape.
    publish_options: Mapped[dict[str, Any]] = mapped_column(default=dict)

    upload_mode: Mapped[UploadMode] = mapped_column(default=UploadMode.SINGLE)

    # What automations choose by: the artist's own rating, and the project it belongs to.
    rating: Mapped[int | None]
    project: Mapped[str | None] = mapped_column(String(100))
    shuffle_key: Mapped[int] = mapped_column(default=lambda: secrets.randbelow(SHUFFLE_KEYS))
    # Sell it once it is out, at a price drawn from this preset.
    sale_preset_id: Mapped[str | None] = mapped_column(
        PrefixedId("prc"), ForeignKey("price_presets.id", ondelete="RESTRICT"), index=True
    )

    scheduled_at: Mapped[datetime | None]
    jitter_seconds: Mapped[int] = mapped_column(default=0)
    actual_publish_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    late_policy: Mapped[LatePolicy] = mapped_column(default=LatePolicy.PUBLISH)
    max_lateness_minutes: Mapped[int | None]
    hold_reason: Mapped[HoldReason | None]
    # Published now by a person: the account's gap does not hold it up.
    ignores_gap: Mapped[bool] = mapped_column(default=False)

    stash_item_id: Mapped[str | None] = mapped_column(String(32))
    deviation_id: Mapped[str | None] = mapped_column(String(64))  # DeviantArt's own; the first file's in multiple mode
    deviation_url: Mapped[str | None] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)
    error_category: Mapped[str | None] = mapped_column(String(32))

    retry_count: Mapped[int] = mapped_column(default=0)
    last_retry_at: Mapped[datetime | None]

    execution_lock_id: Mapped[str | None] = mapped_column(String(64))
    execution_locked_at: Mapped[datetime | None]
    execution_version: Mapped[int] = mapped_column(default=0)

    imported_at: Mapped[datetime | None]  # taken over from the account's gallery, not published from here
    post_count_incremented: Mapped[bool] = mapped_column(default=False)
    deleted_at: Mapped[datetime | None] = mapped_column(index=True)

    files: Mapped[list["DeviationFile"]] = relationship(
        lazy="raise", order_by="DeviationFile.sort_order", passive_deletes=True, back_populates="deviation"
    )


class DeviationFile(Base):
    """One file of a deviation and its own fate at DeviantArt: stash item, remote id, address."""

    __tablename__ = "deviation_files"
    __table_args__ = (
        Index("ix_deviation_files_deviation_id_sort_order", "deviation_id", "sort_order"),
        UniqueConstraint("remote_deviation_id"),
        CheckConstraint("file_size >= 0", name="size_not_negative"),
    )

    id: Mapped[str] = primary_key("fil")
    deviation_id: Mapped[str] = mapped_column(DEVIATION, ForeignKey("deviations.id", ondelete="CASCADE"))
    blob_id: Mapped[str] = mapped_column(PrefixedId("blb"), ForeignKey("blobs.id"), index=True)
    original_filename: Mapped[str] = mapped_column(String(255))
    storage_key: Mapped[str] = mapped_column(String(400))
    storage_url: Mapped[str] = mapped_column(String(500))
    mime_type: Mapped[str] = mapped_column(String(64))
    file_size: Mapped[int] = mapped_column(Bytes)
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration: Mapped[float | None]  # seconds, films only
    sort_order: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    # Where it came from: the product, and what it was made with and cost, kept when the product is long gone. The shape
    # of ``generation``: {"prompt", "negative_prompt", "provider", "model", "seed", "parameters"}.
    product_id: Mapped[str | None] = mapped_column(
        PrefixedId("prd"), ForeignKey("products.id", ondelete="SET NULL"), index=True
    )
    generation: Mapped[dict[str, Any] | None]
    cost: Mapped[Decimal | None] = mapped_column(Cost())  # US dollars; None is unknown

    stash_item_id: Mapped[str | None] = mapped_column(String(32))
    # A digest of what the item was sent with: an item that no longer says what the post says is sent again.
    submitted_as: Mapped[str | None] = mapped_column(String(64))
    remote_deviation_id: Mapped[str | None] = mapped_column(String(64))
    remote_url: Mapped[str | None] = mapped_column(Text)
    published_at: Mapped[datetime | None]

    deviation: Mapped[Deviation] = relationship(lazy="raise", back_populates="files")


class PublishAttempt(Base):
    """One call made for a post: which step, how it ended, how long it took. The Execution logs screen reads these."""

    __tablename__ = "publish_attempts"
    __table_args__ = (
        Index("ix_publish_attempts_deviation_id_started_at", "deviation_id", "started_at"),
        Index("ix_publish_attempts_user_id_started_at", "user_id", "started_at"),
        Index("ix_publish_attempts_started_at", "started_at"),
    )

    id: Mapped[str] = primary_key("atm")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    account_id: Mapped[str | None] = mapped_column(ACCOUNT, ForeignKey("accounts.id", ondelete="SET NULL"))
    deviation_id: Mapped[str] = mapped_column(DEVIATION, ForeignKey("deviations.id", ondelete="CASCADE"))
    file_id: Mapped[str | None] = mapped_column(FILE, ForeignKey("deviation_files.id", ondelete="SET NULL"))
    number: Mapped[int]  # 1 is the first try of this post
    step: Mapped[str] = mapped_column(String(16))  # submit, publish, lookup, token, prepare
    outcome: Mapped[str] = mapped_column(String(16))  # done, failed, unknown
    category: Mapped[str | None] = mapped_column(String(32))
    http_status: Mapped[int | None]
    provider_code: Mapped[int | None]
    message: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[datetime]
    duration_ms: Mapped[int]
    correlation_id: Mapped[str | None] = mapped_column(String(64))


class GalleryCache(Base):
    """A gallery folder at DeviantArt as last read; fresh for 5 minutes, shown stale up to 2 hours."""

    __tablename__ = "gallery_cache"
    __table_args__ = (UniqueConstraint("account_id", "folder_id"),)

    id: Mapped[str] = primary_key("gal")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[str] = mapped_column(ACCOUNT, ForeignKey("accounts.id", ondelete="CASCADE"))
    folder_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    cached_at: Mapped[datetime]
