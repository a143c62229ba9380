"""Tables of products."""

import enum
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Timestamps, primary_key
from core.db.types import Cost, PrefixedId, SearchVector

USER = PrefixedId("usr")
# Queries that want the partial indexes say these word for word: SQLite compares the text. The columns that these fix
# stand in the indexes besides, for it takes the index with the most columns that are fixed.
LIVE = "deleted_at IS NULL"
LIKED = "liked AND deleted_at IS NULL"
REJECTED = "rejected AND deleted_at IS NULL"
UNSORTED = "NOT liked AND NOT rejected AND rating IS NULL AND deleted_at IS NULL"
IMPORTED = "source = 'imported' AND deleted_at IS NULL"


class ProductType(enum.StrEnum):
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class ProductSource(enum.StrEnum):
    """How it came here."""

    GENERATED = "generated"
    IMPORTED = "imported"


class Product(Timestamps, Base):
    """One picture. Path, size, digest, dimensions, duration and type of the file lie with its blob, which several
    products may share.

    ``prompt``, ``provider``, ``model`` and ``parameters`` are copied from the item, or read from the file, so that it
    can be found, compared and sent on whatever becomes of the order. ``parameters`` are in plain names (steps, seed,
    guidance, width …). ``cost`` is its share of the item's cost in US dollars; ``None`` is unknown, zero is free.
    """

    __tablename__ = "products"
    __table_args__ = (
        Index("ix_products_project_id", "project_id"),
        Index("ix_products_order_item_id", "order_item_id"),
        Index("ix_products_type", "type"),
        Index("ix_products_liked", "liked"),
        Index("ix_products_created_at", "created_at"),
        Index("ix_products_blob_id", "blob_id"),
        Index("ix_products_deleted_at", "deleted_at"),
        # The gallery: one person's live products, newest first, and the same with one filter.
        Index("ix_products_live", "user_id", "created_at", "id", sqlite_where=text(LIVE), postgresql_where=text(LIVE)),
        Index(
            "ix_products_live_project",
            "user_id",
            "project_id",
            "created_at",
            "id",
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "ix_products_live_model",
            "user_id",
            "model",
            "created_at",
            "id",
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "ix_products_live_rating",
            "user_id",
            "rating",
            "created_at",
            "id",
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "ix_products_liked_live",
            "user_id",
            "liked",
            "created_at",
            "id",
            sqlite_where=text(LIKED),
            postgresql_where=text(LIKED),
        ),
        Index(
            "ix_products_live_provider",
            "user_id",
            "provider",
            "created_at",
            "id",
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "ix_products_live_cost",
            "user_id",
            "cost",
            "created_at",
            "id",
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        Index(
            "ix_products_rejected_live",
            "user_id",
            "rejected",
            "created_at",
            "id",
            sqlite_where=text(REJECTED),
            postgresql_where=text(REJECTED),
        ),
        Index(
            "ix_products_unsorted_live",
            "user_id",
            "liked",
            "rejected",
            "rating",
            "created_at",
            "id",
            sqlite_where=text(UNSORTED),
            postgresql_where=text(UNSORTED),
        ),
        Index(
            "ix_products_imported_live",
            "user_id",
            "source",
            "created_at",
            "id",
            sqlite_where=text(IMPORTED),
            postgresql_where=text(IMPORTED),
        ),
        Index(
            "ix_products_binned",
            "user_id",
            "deleted_at",
            "id",
            sqlite_where=text("deleted_at IS NOT NULL"),
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
        # One result of one item is one product, however often it is stored again after a crash.
        Index("uq_products_order_item_output", "order_item_id", "output_index", unique=True),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint("NOT (liked AND rejected)", name="liked_or_rejected"),
        CheckConstraint("cost >= 0", name="cost_not_negative"),
    )

    id: Mapped[str] = primary_key("prd")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    order_item_id: Mapped[str | None] = mapped_column(
        PrefixedId("itm"), ForeignKey("order_items.id", ondelete="SET NULL")
    )
    output_index: Mapped[int | None]  # which of the item's results, from 0
    project_id: Mapped[str | None] = mapped_column(PrefixedId("prj"), ForeignKey("projects.id", ondelete="CASCADE"))
    blob_id: Mapped[str] = mapped_column(PrefixedId("blb"), ForeignKey("blobs.id"))
    type: Mapped[ProductType]
    source: Mapped[ProductSource]
    name: Mapped[str] = mapped_column(String(255))  # as a file is called when it is downloaded, without ending

    provider: Mapped[str | None] = mapped_column(String(100))
    model: Mapped[str | None] = mapped_column(String(255))
    prompt: Mapped[str | None] = mapped_column(Text)
    negative_prompt: Mapped[str | None] = mapped_column(Text)
    seed: Mapped[str | None] = mapped_column(String(32))  # text: some pass 64 bits
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what each token and lookup of the prompt became
    # The specification's ``metadata``, a name SQLAlchemy keeps for itself.
    provider_metadata: Mapped[dict[str, Any]] = mapped_column("metadata", default=dict)
    cost: Mapped[Decimal | None] = mapped_column(Cost())
    cost_is_estimated: Mapped[bool] = mapped_column(default=False)

    liked: Mapped[bool] = mapped_column(default=False)
    rejected: Mapped[bool] = mapped_column(default=False)
    rating: Mapped[int | None]
    notes: Mapped[str | None] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text, default="")
    search_vector: Mapped[str | None] = mapped_column(SearchVector, deferred=True)
    deleted_at: Mapped[datetime | None]


class ProductOriginal(Base):
    """The picture as the provider sent it, of a product that hooks changed; kept as long as the product."""

    __tablename__ = "product_originals"

    product_id: Mapped[str] = mapped_column(
        PrefixedId("prd"), ForeignKey("products.id", ondelete="CASCADE"), primary_key=True
    )
    blob_id: Mapped[str] = mapped_column(PrefixedId("blb"), ForeignKey("blobs.id"), index=True)
