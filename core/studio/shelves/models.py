"""Tables of the shelves: projects, collections, tags."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Timestamps, primary_key
from core.db.types import AnyId, PrefixedId

USER = PrefixedId("usr")
PROJECT = PrefixedId("prj")
PRODUCT = PrefixedId("prd")
TAG = PrefixedId("tag")


class ProjectStatus(enum.StrEnum):
    """Only active projects can be worked in."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    COMPLETED = "completed"


class TaggedKind(enum.StrEnum):
    """What can be tagged."""

    PROJECT = "project"
    PRODUCT = "product"
    COLLECTION = "collection"
    ORDER = "order"


class Project(Timestamps, Base):
    """A body of work. The counts are of what is not in the trash, kept by triggers."""

    __tablename__ = "projects"
    __table_args__ = (
        Index("ix_projects_status", "status"),
        Index("ix_projects_created_at", "created_at"),
        Index("ix_projects_deleted_at", "deleted_at"),
        Index("ix_projects_user_id_created_at", "user_id", "created_at"),
        CheckConstraint("product_count >= 0 AND order_count >= 0", name="counts_not_negative"),
    )

    id: Mapped[str] = primary_key("prj")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    status: Mapped[ProjectStatus] = mapped_column(default=ProjectStatus.ACTIVE)
    product_count: Mapped[int] = mapped_column(default=0)
    order_count: Mapped[int] = mapped_column(default=0)
    featured_product_ids: Mapped[list[str]] = mapped_column(default=list)  # at most four, shown on its card
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    deleted_at: Mapped[datetime | None]


class StudioPreference(Base):
    """Where a person was: the project they work in, and the order form as they left it."""

    __tablename__ = "studio_preferences"

    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    current_project_id: Mapped[str | None] = mapped_column(PROJECT, ForeignKey("projects.id", ondelete="SET NULL"))
    form: Mapped[dict[str, Any]] = mapped_column(default=dict)
    updated_at: Mapped[datetime]


class Collection(Timestamps, Base):
    """Products put together by hand, or by ``rule`` (gallery filters as JSON): then it has no members of its own."""

    __tablename__ = "collections"
    __table_args__ = (
        Index("ix_collections_created_at", "created_at"),
        Index("ix_collections_user_id_created_at", "user_id", "created_at"),
        Index("ix_collections_deleted_at", "deleted_at"),
        CheckConstraint("product_count >= 0", name="count_not_negative"),
    )

    id: Mapped[str] = primary_key("col")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    cover_product_id: Mapped[str | None] = mapped_column(
        PRODUCT, ForeignKey("products.id", ondelete="SET NULL"), index=True
    )
    product_count: Mapped[int] = mapped_column(default=0)
    is_public: Mapped[bool] = mapped_column(default=False)
    rule: Mapped[dict[str, Any] | None]
    deleted_at: Mapped[datetime | None]


class CollectionProduct(Base):
    """A member of a collection, with its place."""

    __tablename__ = "collection_products"
    __table_args__ = (
        Index("ix_collection_products_product_id", "product_id"),
        Index("ix_collection_products_collection_id_position", "collection_id", "position"),
    )

    collection_id: Mapped[str] = mapped_column(
        PrefixedId("col"), ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True
    )
    product_id: Mapped[str] = mapped_column(PRODUCT, ForeignKey("products.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime]


class Tag(Base):
    """A word with a colour. ``usage_count`` is kept by triggers."""

    __tablename__ = "tags"
    __table_args__ = (
        UniqueConstraint("user_id", "name_key"),
        CheckConstraint("usage_count >= 0", name="count_not_negative"),
    )

    id: Mapped[str] = primary_key("tag")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    name_key: Mapped[str] = mapped_column(String(200))  # the name, folded: Blue and blue are one tag
    color: Mapped[str | None] = mapped_column(String(7))
    description: Mapped[str | None] = mapped_column(Text)
    usage_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]


class TagAssociation(Base):
    """A tag on something. Nothing refers to the tagged row, so triggers clean up after it."""

    __tablename__ = "tag_associations"
    __table_args__ = (Index("ix_tag_associations_entity", "entity_type", "entity_id"),)

    tag_id: Mapped[str] = mapped_column(TAG, ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True)
    entity_type: Mapped[TaggedKind] = mapped_column(primary_key=True)
    entity_id: Mapped[str] = mapped_column(AnyId, primary_key=True)
    created_at: Mapped[datetime]
