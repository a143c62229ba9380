"""Tables of notes: folders and notes as last read, and labels and templates that are ours alone."""

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Timestamps, primary_key
from core.db.types import PrefixedId

USER = PrefixedId("usr")
ACCOUNT = PrefixedId("acc")
FOLDER = PrefixedId("nfo")
LABEL = PrefixedId("nla")


class NoteFolderType(enum.StrEnum):
    INBOX = "inbox"
    UNREAD = "unread"
    STARRED = "starred"
    SPAM = "spam"
    SENT = "sent"
    DRAFTS = "drafts"


class NoteFolder(Base):
    """A folder of an account's notes. The six kinds are the site's own; ``None`` is one the person made."""

    __tablename__ = "note_folders"
    __table_args__ = (UniqueConstraint("account_id", "remote_folder_id"),)

    id: Mapped[str] = primary_key("nfo")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[str] = mapped_column(ACCOUNT, ForeignKey("accounts.id", ondelete="CASCADE"))
    type: Mapped[NoteFolderType | None]
    remote_folder_id: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(120))
    note_count: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    cached_at: Mapped[datetime]


class Note(Base):
    """A note as last read, or a draft of ours (no ``remote_note_id``) that was not sent yet."""

    __tablename__ = "notes"
    __table_args__ = (
        UniqueConstraint("account_id", "remote_note_id"),
        Index("ix_notes_account_id_folder_id_sent_at", "account_id", "folder_id", "sent_at"),
    )

    id: Mapped[str] = primary_key("not")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[str] = mapped_column(ACCOUNT, ForeignKey("accounts.id", ondelete="CASCADE"))
    folder_id: Mapped[str | None] = mapped_column(FOLDER, ForeignKey("note_folders.id", ondelete="SET NULL"))
    remote_note_id: Mapped[str | None] = mapped_column(String(64))
    sender: Mapped[str | None] = mapped_column(String(64))
    recipients: Mapped[list[str]] = mapped_column(default=list)
    subject: Mapped[str | None] = mapped_column(String(300))
    preview: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime | None]
    is_unread: Mapped[bool] = mapped_column(default=False)
    is_starred: Mapped[bool] = mapped_column(default=False)
    cached_at: Mapped[datetime]


class NoteLabel(Timestamps, Base):
    """A coloured label of the person's own."""

    __tablename__ = "note_labels"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[str] = primary_key("nla")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    color: Mapped[str] = mapped_column(String(7), default="#7a8fb5")
    sort_order: Mapped[int] = mapped_column(default=0)


class NoteFolderLabel(Base):
    """A label on a folder, or on one note in it."""

    __tablename__ = "note_folder_labels"
    __table_args__ = (UniqueConstraint("label_id", "folder_id", "note_id"),)

    id: Mapped[str] = primary_key("nfl")
    label_id: Mapped[str] = mapped_column(LABEL, ForeignKey("note_labels.id", ondelete="CASCADE"))
    folder_id: Mapped[str | None] = mapped_column(FOLDER, ForeignKey("note_folders.id", ondelete="CASCADE"), index=True)
    note_id: Mapped[str | None] = mapped_column(
        PrefixedId("not"), ForeignKey("notes.id", ondelete="CASCADE"), index=True
    )


class NoteTemplate(Timestamps, Base):
    """An answer to use again: subject and body, with the variables of templates."""

    __tablename__ = "note_templates"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[str] = primary_key("nte")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str | None] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    sort_order: Mapped[int] = mapped_column(default=0)
