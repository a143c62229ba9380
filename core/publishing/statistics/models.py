"""Tables of statistics after publication, and of taking over an existing gallery."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, primary_key
from core.db.types import PrefixedId

USER = PrefixedId("usr")
ACCOUNT = PrefixedId("acc")
DEVIATION = PrefixedId("dev")


class DeviationStatistics(Base):
    """Counts of one published work at one moment; ``None`` where the site did not say."""

    __tablename__ = "deviation_statistics"
    __table_args__ = (
        Index("ix_deviation_statistics_deviation_id_taken_at", "deviation_id", "taken_at"),
        Index("ix_deviation_statistics_user_id_taken_at", "user_id", "taken_at"),
    )

    id: Mapped[str] = primary_key("sta")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    account_id: Mapped[str | None] = mapped_column(ACCOUNT, ForeignKey("accounts.id", ondelete="SET NULL"), index=True)
    deviation_id: Mapped[str] = mapped_column(DEVIATION, ForeignKey("deviations.id", ondelete="CASCADE"))
    taken_at: Mapped[datetime]
    views: Mapped[int | None]
    favourites: Mapped[int | None]
    comments: Mapped[int | None]
    downloads: Mapped[int | None]


class StatisticsTurn(Base):
    """When a published work is looked at next: often at first, seldom later. The newest counts stand here as well."""

    __tablename__ = "statistics_turns"
    __table_args__ = (Index("ix_statistics_turns_account_id_next_at", "account_id", "next_at"),)

    deviation_id: Mapped[str] = mapped_column(
        DEVIATION, ForeignKey("deviations.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[str] = mapped_column(ACCOUNT, ForeignKey("accounts.id", ondelete="CASCADE"))
    next_at: Mapped[datetime | None]  # None: gone from the site
    taken_at: Mapped[datetime | None]
    views: Mapped[int | None]
    favourites: Mapped[int | None]
    comments: Mapped[int | None]
    downloads: Mapped[int | None]


class GalleryImportStatus(enum.StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class GalleryImport(Base):
    """Taking over an account's works: how far it has come. One running or paused per account."""

    __tablename__ = "gallery_imports"
    __table_args__ = (
        Index(
            "uq_gallery_imports_under_way",
            "account_id",
            unique=True,
            sqlite_where=text("status IN ('running', 'paused')"),
            postgresql_where=text("status IN ('running', 'paused')"),
        ),
        Index("ix_gallery_imports_status_due_at", "status", "due_at"),
    )

    id: Mapped[str] = primary_key("gim")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[str] = mapped_column(ACCOUNT, ForeignKey("accounts.id", ondelete="CASCADE"))
    status: Mapped[GalleryImportStatus] = mapped_column(default=GalleryImportStatus.RUNNING)
    with_pictures: Mapped[bool] = mapped_column(default=True)
    next_offset: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    error_message: Mapped[str | None] = mapped_column(Text)
    lock_id: Mapped[str | None] = mapped_column(String(64))
    locked_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
