"""The table of metadata templates."""

import enum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Timestamps, primary_key
from core.db.types import Json, PrefixedId


class TemplateType(enum.StrEnum):
    TAG = "tag"
    DESCRIPTION = "description"
    COMMENT = "comment"


class MetadataTemplate(Timestamps, Base):
    """Tags, a description or a comment to use again.

    ``variables`` are declared as ``{"name", "label", "default"}``; ``content`` uses them in braces.
    """

    __tablename__ = "metadata_templates"
    __table_args__ = (
        Index("ix_metadata_templates_user_id_type_sort_order", "user_id", "type", "sort_order"),
        UniqueConstraint("user_id", "type", "name"),
    )

    id: Mapped[str] = primary_key("tpl")
    user_id: Mapped[str] = mapped_column(PrefixedId("usr"), ForeignKey("users.id", ondelete="CASCADE"))
    type: Mapped[TemplateType]
    name: Mapped[str] = mapped_column(String(100))
    content: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(default=list)
    variables: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    category: Mapped[str | None] = mapped_column(String(60))
    sort_order: Mapped[int] = mapped_column(default=0)
