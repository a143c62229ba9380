"""Tables of metering: every call to a provider, the sums that screens read, and prices set by the house."""

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import ids
from core.db.base import Base, primary_key
from core.db.types import NOWHERE, Bytes, Cost, PrefixedId

USER = PrefixedId("usr")
KEY = PrefixedId("key")
PROJECT = PrefixedId("prj")
USAGE = PrefixedId("use")

# Sums of tokens and milliseconds pass two thousand million.
Long = Bytes
# In the keys of sums, where null cannot stand: no project, no key.
NO_PROJECT, NO_KEY = (ids.encode(kind.prefix, NOWHERE) for kind in (PROJECT, KEY))


class UsageStatus(enum.StrEnum):
    """How a call ended. ``refused``: it was never begun, or the provider would not; ``aborted``: broken off."""

    OK = "ok"
    ERROR = "error"
    REFUSED = "refused"
    ABORTED = "aborted"


class PriceUnit(enum.StrEnum):
    """What a price is for. Tokens are priced by the million, everything else by one."""

    IMAGE = "image"
    MEGAPIXEL = "megapixel"
    SECOND = "second"
    REQUEST = "request"
    TOKENS_IN = "tokens_in"
    TOKENS_IN_IMAGE = "tokens_in_image"
    TOKENS_CACHED = "tokens_cached"
    TOKENS_OUT = "tokens_out"
    TOKENS_OUT_IMAGE = "tokens_out_image"
    BUZZ = "buzz"  # what Civitai counts in


class Usage(Base):
    """One call to a provider: what it used and what it cost. Rows are added, never changed.

    ``cost`` is what the provider takes, in US dollars; ``None`` is unknown, zero is free. ``tokens_in`` counts all that
    went in, pictures and cached ones included, ``tokens_out`` all that came out. A correction is a row of its own with
    ``corrects_id``: it adds to the sums, but is no call. ``margin`` is added to ``cost`` for ``charge``; both stay
    empty until holders of keys are charged. ``subject`` is what the call was made for, as an order's item.
    """

    __tablename__ = "usage"
    __table_args__ = (
        # Whatever is reported twice is one event, however late the second report comes.
        Index("uq_usage_user_id_event_key", "user_id", "event_key", unique=True),
        # The newest events, of one person or key or of everybody, page by page.
        Index("ix_usage_user_id_occurred_at", "user_id", "occurred_at"),
        Index("ix_usage_api_key_id_occurred_at", "api_key_id", "occurred_at"),
        Index("ix_usage_occurred_at", "occurred_at"),
        Index("ix_usage_provider_model", "provider", "model"),
        # What empties these columns when a project or an event goes finds its rows by them.
        Index(
            "ix_usage_project_id",
            "project_id",
            sqlite_where=text("project_id IS NOT NULL"),
            postgresql_where=text("project_id IS NOT NULL"),
        ),
        Index(
            "ix_usage_corrects_id",
            "corrects_id",
            sqlite_where=text("corrects_id IS NOT NULL"),
            postgresql_where=text("corrects_id IS NOT NULL"),
        ),
        CheckConstraint("cost >= 0 OR corrects_id IS NOT NULL", name="cost_not_negative"),
    )

    id: Mapped[str] = primary_key("use")
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"))
    api_key_id: Mapped[str | None] = mapped_column(KEY, ForeignKey("api_keys.id", ondelete="SET NULL"))
    project_id: Mapped[str | None] = mapped_column(PROJECT, ForeignKey("projects.id", ondelete="SET NULL"))
    event_key: Mapped[str] = mapped_column(String(200))
    provider: Mapped[str] = mapped_column(String(100))
    provider_kind: Mapped[str] = mapped_column(String(32))
    model: Mapped[str] = mapped_column(String(255))
    model_answered: Mapped[str | None] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(32), default="image")
    operation: Mapped[str] = mapped_column(String(64), default="generate")
    modality: Mapped[str | None] = mapped_column(String(32))
    status: Mapped[UsageStatus]
    tokens_in: Mapped[int | None] = mapped_column(Long)
    tokens_in_image: Mapped[int | None] = mapped_column(Long)
    tokens_cached: Mapped[int | None] = mapped_column(Long)
    tokens_out: Mapped[int | None] = mapped_column(Long)
    tokens_out_image: Mapped[int | None] = mapped_column(Long)
    tokens_reasoning: Mapped[int | None] = mapped_column(Long)
    tokens_total: Mapped[int | None] = mapped_column(Long)
    images: Mapped[int | None]
    megapixels: Mapped[float | None] = mapped_column(Float)
    seconds: Mapped[float | None] = mapped_column(Float)  # of computing
    requests: Mapped[int] = mapped_column(default=1)
    cost: Mapped[Decimal | None] = mapped_column(Cost())
    currency: Mapped[str] = mapped_column(String(3), default="usd")
    price_source: Mapped[str | None] = mapped_column(String(100))
    price_version: Mapped[str | None] = mapped_column(String(100))
    price_note: Mapped[str | None] = mapped_column(Text)  # how it was reckoned, or what was missing
    estimated: Mapped[bool] = mapped_column(default=False)
    margin: Mapped[Decimal | None] = mapped_column(Cost())
    charge: Mapped[Decimal | None] = mapped_column(Cost())
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    latency_ms: Mapped[int | None]
    request_id: Mapped[str | None] = mapped_column(String(255))  # the provider's
    trace_id: Mapped[str | None] = mapped_column(String(64))
    parent_id: Mapped[str | None] = mapped_column(USAGE)  # the turn this call was part of; may be written later
    corrects_id: Mapped[str | None] = mapped_column(USAGE, ForeignKey("usage.id", ondelete="SET NULL"))
    subject: Mapped[str | None] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column("metadata", default=dict)


class Measures:
    """What is summed. ``timed`` is of how many calls the latency is known, ``estimated_cost`` a part of ``cost``."""

    calls: Mapped[int] = mapped_column(Long)
    ok: Mapped[int] = mapped_column(Long)
    errors: Mapped[int] = mapped_column(Long)
    refused: Mapped[int] = mapped_column(Long)
    aborted: Mapped[int] = mapped_column(Long)
    unpriced: Mapped[int] = mapped_column(Long)
    images: Mapped[int] = mapped_column(Long)
    tokens_in: Mapped[int] = mapped_column(Long)
    tokens_in_image: Mapped[int] = mapped_column(Long)
    tokens_cached: Mapped[int] = mapped_column(Long)
    tokens_out: Mapped[int] = mapped_column(Long)
    tokens_out_image: Mapped[int] = mapped_column(Long)
    tokens_reasoning: Mapped[int] = mapped_column(Long)
    timed: Mapped[int] = mapped_column(Long)
    latency_ms: Mapped[int] = mapped_column(Long)
    cost: Mapped[Decimal] = mapped_column(Cost(20))
    estimated_cost: Mapped[Decimal] = mapped_column(Cost(20))


class UsageQuarter(Measures, Base):
    """Sums of a quarter of an hour: whole days of any time zone are made of them.

    ``quarter`` counts quarters of an hour since 1970 in UTC. The id that stands for none is all zeros.
    """

    __tablename__ = "usage_quarters"
    # The key is the row: nothing else is ever looked up in it.
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own way to declare it

    quarter: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    provider: Mapped[str] = mapped_column(String(100), primary_key=True)
    model: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(32), primary_key=True)
    project_id: Mapped[str] = mapped_column(PROJECT, primary_key=True)
    api_key_id: Mapped[str] = mapped_column(KEY, primary_key=True)


class UsagePersonDay(Measures, Base):
    """Sums of a person's day, in the time zone that :class:`UsageState` names. The id for none is all zeros."""

    __tablename__ = "usage_person_days"
    __table_args__ = (
        # One person's year; the key serves everybody's days.
        Index("ix_usage_person_days_user_id_day", "user_id", "day"),
        {"sqlite_with_rowid": False},
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(USER, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    provider: Mapped[str] = mapped_column(String(100), primary_key=True)
    model: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(32), primary_key=True)
    project_id: Mapped[str] = mapped_column(PROJECT, primary_key=True)
    api_key_id: Mapped[str] = mapped_column(KEY, primary_key=True)


class UsageHouseDay(Measures, Base):
    """Sums of everybody's day, in the same time zone: few rows, so that a year of the whole house reads at once."""

    __tablename__ = "usage_house_days"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own way to declare it

    day: Mapped[date] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(100), primary_key=True)
    model: Mapped[str] = mapped_column(String(255), primary_key=True)
    type: Mapped[str] = mapped_column(String(32), primary_key=True)


class UsageState(Base):
    """Which time zone's days the sums are of, and what the last check of them against the events found. One row."""

    __tablename__ = "usage_state"
    __table_args__ = (CheckConstraint("id = 'singleton'", name="singleton"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True, default="singleton")
    timezone: Mapped[str] = mapped_column(String(64))
    rebuilt_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    checked_from: Mapped[date | None]
    checked_until: Mapped[date | None]
    differences: Mapped[int | None]  # rows that differed in the last check


class ModelPrice(Base):
    """A price set by the house: from ``valid_from`` until ``valid_until`` it stands before the bundled ones.

    ``model`` is ``*`` for all of a provider; ``modality``, ``size`` and ``quality`` narrow it down, empty ones match
    all. ``amount`` is for one ``unit``, of tokens for a million, in US dollars. Calls made before keep what they were
    reckoned with.
    """

    __tablename__ = "model_prices"
    __table_args__ = (
        Index("ix_model_prices_provider_model", "provider", "model"),
        CheckConstraint("amount >= 0", name="amount_not_negative"),
        CheckConstraint("valid_until > valid_from", name="valid_in_order"),
    )

    id: Mapped[str] = primary_key("mpr")
    provider: Mapped[str] = mapped_column(String(100))
    model: Mapped[str] = mapped_column(String(255))
    modality: Mapped[str | None] = mapped_column(String(32))
    unit: Mapped[PriceUnit]
    amount: Mapped[Decimal] = mapped_column(Cost())
    size: Mapped[str | None] = mapped_column(String(32))
    quality: Mapped[str | None] = mapped_column(String(32))
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[str | None] = mapped_column(USER, ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]
