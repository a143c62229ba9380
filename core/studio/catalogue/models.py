"""Tables of the catalogue: providers and their models."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db.base import Base, Timestamps, primary_key
from core.db.types import Cost, EncryptedText
from core.studio.providers import CommercialUse, Modality, ProviderKind


class Provider(Timestamps, Base):
    """A provider as configured in this house, for everybody in it. The id is a short word: ``replicate``, ``comfy-2``.

    ``spend_day`` (in the house's reporting zone), ``spent_today`` and ``held_today`` are the guard of the daily cap: a
    call holds its estimate before it is made, and the truth takes its place afterwards. Both are in US dollars.
    """

    __tablename__ = "providers"
    __table_args__ = (
        CheckConstraint("rate_limit_requests > 0", name="requests_positive"),
        CheckConstraint("rate_limit_tokens > 0", name="tokens_positive"),
        CheckConstraint("concurrent_limit > 0", name="concurrent_positive"),
        CheckConstraint("daily_spend_cap >= 0", name="cap_not_negative"),
        CheckConstraint("spent_today >= 0 AND held_today >= 0", name="spend_not_negative"),
    )

    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    kind: Mapped[ProviderKind]
    name: Mapped[str] = mapped_column(String(255))
    api_base_url: Mapped[str | None] = mapped_column(Text)
    api_key_encrypted: Mapped[str | None] = mapped_column(EncryptedText("providers.api_key_encrypted"))
    webhook_secret: Mapped[str | None] = mapped_column(EncryptedText("providers.webhook_secret"))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    rate_limit_requests: Mapped[int | None]  # calls begun in any 60 seconds
    rate_limit_tokens: Mapped[int | None]  # in any 60 seconds
    concurrent_limit: Mapped[int | None]  # calls under way at once
    daily_spend_cap: Mapped[Decimal | None] = mapped_column(Cost())
    spend_day: Mapped[date | None]
    spent_today: Mapped[Decimal] = mapped_column(Cost(), default=Decimal(0))
    held_today: Mapped[Decimal] = mapped_column(Cost(), default=Decimal(0))
    # Nothing is begun before this: the provider asked for less, or is away.
    paused_until: Mapped[datetime | None]
    failures_in_a_row: Mapped[int] = mapped_column(default=0)
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)
    checked_at: Mapped[datetime | None]
    check_message: Mapped[str | None] = mapped_column(Text)
    check_passed: Mapped[bool | None]
    # What a person noted of its content policy, and of marks that it leaves in pictures.
    policy_url: Mapped[str | None] = mapped_column(Text)
    policy_note: Mapped[str | None] = mapped_column(Text)
    deleted_at: Mapped[datetime | None]


class Model(Timestamps, Base):
    """A model of a provider. ``definition`` is what its adapter needs besides, as a ComfyUI workflow."""

    __tablename__ = "models"
    __table_args__ = (
        UniqueConstraint("provider_id", "model_id"),
        Index("ix_models_provider_id", "provider_id"),
        Index("ix_models_family", "family"),
        Index("ix_models_modality", "modality"),
    )

    id: Mapped[str] = primary_key("mdl")
    provider_id: Mapped[str] = mapped_column(ForeignKey("providers.id"))
    model_id: Mapped[str] = mapped_column(String(255))  # the provider's own name
    name: Mapped[str] = mapped_column(String(255))
    family: Mapped[str | None] = mapped_column(String(100))
    modality: Mapped[Modality]
    version: Mapped[str | None] = mapped_column(String(100))
    is_available: Mapped[bool] = mapped_column(default=True)
    parameter_schema: Mapped[dict[str, Any]] = mapped_column(default=dict)  # ParameterSpecSet.to_json
    capabilities: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pricing: Mapped[dict[str, Any]] = mapped_column(default=dict)
    definition: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Made by a person (a workflow of theirs): refreshing the catalogue leaves it alone.
    is_custom: Mapped[bool] = mapped_column(default=False)
    is_hidden: Mapped[bool] = mapped_column(default=False)  # not wanted in the order form
    position: Mapped[int] = mapped_column(default=0)
    # By its terms, as a person noted them: refreshing the catalogue leaves these alone.
    commercial_use: Mapped[CommercialUse] = mapped_column(
        default=CommercialUse.UNKNOWN, server_default=CommercialUse.UNKNOWN.value
    )
    terms_url: Mapped[str | None] = mapped_column(Text)
    terms_note: Mapped[str | None] = mapped_column(Text)
