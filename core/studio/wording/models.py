"""Tables of wording: lookups, and templates for orders."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Timestamps, primary_key
from core.db.types import PrefixedId

USER = PrefixedId("usr")


class Lookup(Timestamps, Base):
    """A named list of words for prompts. Those of the house (``is_system``) have no owner and cannot be deleted; a
    person's own of the same key goes before them."""

    __tablename__ = "lookups"
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        Index(
            "uq_lookups_system_key",
            "key",
            unique=True,
            sqlite_where=text("user_id IS NULL"),
            postgresql_where=text("user_id IS NULL"),
        ),
        Index("ix_lookups_key", "key"),
        Index("ix_lookups_category", "category"),
        CheckConstraint("is_system = (user_id IS NULL)", name="system_has_no_owner"),
    )

    id: Mapped[str] = primary_key("lkp")
    user_id: Mapped[str | None] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(100))
    values: Mapped[list[str]]
    description: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(String(100))
    is_system: Mapped[bool] = mapped_column(default=False)
    deleted_at: Mapped[datetime | None]


class GenerationTemplate(Timestamps, Base):
    """A saved order form (the specification's ``templates``): ``parameter_set`` has the shape of an order's
    ``base_parameter_set``. Global ones can be used in every project of their owner."""

    __tablename__ = "generation_templates"
    __table_args__ = (
        Index("ix_generation_templates_provider_model", "provider", "model"),
        Index("ix_generation_templates_project_id", "project_id"),
        Index("ix_generation_templates_is_global", "is_global"),
        Index("ix_generation_templates_user_id_created_at", "user_id", "created_at"),
        CheckConstraint("is_global = (project_id IS NULL)", name="global_has_no_project"),
        CheckConstraint("usage_count >= 0", name="count_not_negative"),
    )

    id: Mapped[str] = primary_key("gtp")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(String(100))
    model: Mapped[str] = mapped_column(String(200))
    parameter_set: Mapped[dict[str, Any]]
    project_id: Mapped[str | None] = mapped_column(PrefixedId("prj"), ForeignKey("projects.id", ondelete="CASCADE"))
    is_global: Mapped[bool] = mapped_column(default=False)
    usage_count: Mapped[int] = mapped_column(default=0)
    deleted_at: Mapped[datetime | None]
