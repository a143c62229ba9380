"""The table of calendar feeds."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, primary_key
from core.db.types import EncryptedText, PrefixedId


class CalendarFeed(Base):
    """A person's secret link to their calendar: found by the SHA-256 of its secret, sealed to be shown again."""

    __tablename__ = "calendar_feeds"

    id: Mapped[str] = primary_key("cal")
    user_id: Mapped[str] = mapped_column(PrefixedId("usr"), ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    secret: Mapped[str] = mapped_column(EncryptedText("calendar_feeds.secret"))
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
