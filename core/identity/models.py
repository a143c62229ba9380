"""Tables of the identity context: people, their sessions, and the accounts they link."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Timestamps, primary_key
from core.db.types import EncryptedText, PrefixedId

USER = PrefixedId("usr")


class InstanceUserRole(enum.StrEnum):
    """What a person may do here."""

    ADMIN = "admin"
    MEMBER = "member"


class AccountState(enum.StrEnum):
    """Whether an account can be used: ``reconnect`` holds its posts, their times stay."""

    CONNECTED = "connected"
    RECONNECT = "reconnect"
    DISCONNECTED = "disconnected"


class User(Timestamps, Base):
    """One person. ``username_key`` is the casefolded name: two people cannot differ by case alone."""

    __tablename__ = "users"

    id: Mapped[str] = primary_key("usr")
    username: Mapped[str] = mapped_column(String(64))
    username_key: Mapped[str] = mapped_column(String(128), unique=True)
    name: Mapped[str | None] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    email_verified: Mapped[datetime | None]
    image: Mapped[str | None] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    password_hash: Mapped[str] = mapped_column(String(128))
    disabled_at: Mapped[datetime | None]


class InstanceUser(Base):
    """Who may enter, with which role. The ``da_`` fields name the DeviantArt identity once one is linked."""

    __tablename__ = "instance_users"

    id: Mapped[str] = primary_key("inu")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    da_user_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    da_username: Mapped[str | None] = mapped_column(String(64))
    da_avatar: Mapped[str | None] = mapped_column(Text)
    role: Mapped[InstanceUserRole] = mapped_column(default=InstanceUserRole.MEMBER)
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]


class InstanceSettings(Base):
    """Settings an administrator changes while the house runs; one row. ``None`` means: as the environment says."""

    __tablename__ = "instance_settings"
    __table_args__ = (CheckConstraint("id = 'singleton'", name="singleton"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default="singleton")
    team_invites_enabled: Mapped[bool | None]
    reporting_timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    updated_at: Mapped[datetime]


class LoginSession(Base):
    """A signed-in browser. Only the SHA-256 of the cookie is kept."""

    __tablename__ = "login_sessions"
    __table_args__ = (Index("ix_login_sessions_user_id_expires", "user_id", "expires"),)

    id: Mapped[str] = primary_key("ses")
    session_token: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    expires: Mapped[datetime]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    user_agent: Mapped[str | None] = mapped_column(String(200))


class VerificationToken(Base):
    """A hashed, single-use token; ``identifier`` says what it is good for (``sign-in:usr_…``)."""

    __tablename__ = "verification_tokens"

    identifier: Mapped[str] = mapped_column(String(200), primary_key=True)
    token: Mapped[str] = mapped_column(String(64), primary_key=True, unique=True)
    expires: Mapped[datetime] = mapped_column(index=True)
    payload: Mapped[str | None] = mapped_column(EncryptedText("verification_tokens.payload"))


class SignInAttempt(Base):
    """A wrong password, remembered for the throttle. Name and address are stored as keyed hashes only."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index("ix_sign_in_attempts_key_at", "key", "at"),)

    id: Mapped[str] = primary_key("sia")
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)


class Account(Timestamps, Base):
    """A linked identity at a provider, with its tokens and the pace at which it may be called.

    ``provider`` is ``deviantart``, or ``deviantart-sandbox`` for the stand-in. The pair of tokens
    is refreshed by whoever holds the refresh lease (``refresh_lock_id``): a refresh token works
    once, and two refreshing at the same time would cut the connection. ``next_call_at`` is the
    next free slot for any process.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        UniqueConstraint("provider", "provider_account_id"),
        Index("ix_accounts_user_id_state", "user_id", "state"),
        # The token keeper's query: connected accounts whose access token ends soon.
        Index("ix_accounts_state_expires_at", "state", "expires_at"),
    )

    id: Mapped[str] = primary_key("acc")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    type: Mapped[str] = mapped_column(String(16), default="oauth")
    provider: Mapped[str] = mapped_column(String(32))
    provider_account_id: Mapped[str] = mapped_column(String(64))
    username: Mapped[str] = mapped_column(String(64))
    avatar_url: Mapped[str | None] = mapped_column(Text)
    access_token: Mapped[str | None] = mapped_column(EncryptedText("accounts.access_token"))
    refresh_token: Mapped[str | None] = mapped_column(EncryptedText("accounts.refresh_token"))
    expires_at: Mapped[datetime | None]
    refresh_token_expires_at: Mapped[datetime | None]
    token_type: Mapped[str | None] = mapped_column(String(16))
    scope: Mapped[str | None] = mapped_column(Text)
    id_token: Mapped[str | None] = mapped_column(EncryptedText("accounts.id_token"))
    session_state: Mapped[str | None] = mapped_column(Text)

    # What the site still serves this account, as probed when it was linked: {"notes": {"available": …, "reason": …}}.
    capabilities: Mapped[dict[str, Any] | None]

    state: Mapped[AccountState] = mapped_column(default=AccountState.CONNECTED)
    state_reason: Mapped[str | None] = mapped_column(Text)
    is_default: Mapped[bool] = mapped_column(default=False)
    agreed_submission_at: Mapped[datetime | None]
    agreed_terms_at: Mapped[datetime | None]
    last_refresh_token_refresh: Mapped[datetime | None]
    refresh_token_warning_email_sent: Mapped[bool] = mapped_column(default=False)
    refresh_token_expired_email_sent: Mapped[bool] = mapped_column(default=False)
    refresh_lock_id: Mapped[str | None] = mapped_column(String(64))
    refresh_locked_at: Mapped[datetime | None]

    next_call_at: Mapped[datetime | None]
    call_gap_seconds: Mapped[float | None]
    call_successes: Mapped[int] = mapped_column(default=0)


class ApiKey(Timestamps, Base):
    """A key for a program. Only the HMAC-SHA-256 of the key is kept; ``key_id`` is its public part, which finds it."""

    __tablename__ = "api_keys"
    __table_args__ = (
        Index("ix_api_keys_user_id_active", "user_id", "active"),
        CheckConstraint("active OR revoked_at IS NOT NULL", name="revoked_has_time"),
    )

    id: Mapped[str] = primary_key("key")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    key_id: Mapped[str] = mapped_column(String(32), unique=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    key_prefix: Mapped[str] = mapped_column(String(32))  # what lists show
    permissions: Mapped[list[str]] = mapped_column(default=list)
    active: Mapped[bool] = mapped_column(default=True)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
