"""The table of blobs: one stored file, however many rows show it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, primary_key
from core.db.types import Bytes, PrefixedId, Sha256


class Blob(Base):
    """A file of one owner, addressed by the SHA-256 of its content.

    ``width`` and ``height`` are pixels as displayed (orientation applied), ``duration`` seconds.
    ``embedded`` is what the file says about its making (prompt, seed, model, workflow).
    """

    __tablename__ = "blobs"
    __table_args__ = (
        UniqueConstraint("user_id", "sha256"),
        Index("ix_blobs_user_id_created_at", "user_id", "created_at"),
        Index("ix_blobs_user_id_file_size", "user_id", "file_size"),
    )

    id: Mapped[str] = primary_key("blb")
    user_id: Mapped[str] = mapped_column(PrefixedId("usr"), ForeignKey("users.id", ondelete="CASCADE"))
    sha256: Mapped[str] = mapped_column(Sha256)
    storage_key: Mapped[str] = mapped_column(String(400))
    mime_type: Mapped[str] = mapped_column(String(64))
    file_size: Mapped[int] = mapped_column(Bytes)
    width: Mapped[int | None]
    height: Mapped[int | None]
    duration: Mapped[float | None]
    frames: Mapped[int] = mapped_column(default=1)
    # 64 bits of perceptual hash as a signed number: near-duplicates differ in few bits. None: not computed.
    perceptual_hash: Mapped[int | None] = mapped_column(Bytes)
    embedded: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
