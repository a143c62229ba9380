"""The table of browse results as last read."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, primary_key
from core.db.types import PrefixedId


class BrowseCache(Base):
    """One answer of a browse call. ``cache_key`` holds everything that decides it, date and page size included;
    ``user_id`` is set when the answer depends on who asks."""

    __tablename__ = "browse_cache"

    id: Mapped[str] = primary_key("brw")
    cache_key: Mapped[str] = mapped_column(String(400), unique=True)
    user_id: Mapped[str | None] = mapped_column(
        PrefixedId("usr"), ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    response_data: Mapped[str] = mapped_column(Text)
    cached_at: Mapped[datetime] = mapped_column(index=True)
