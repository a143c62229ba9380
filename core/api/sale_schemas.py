"""What the sale queue is asked and answers."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from core.api.texts import Line, Text
from core.sales.claims import ClaimedSale
from core.sales.leases import MAX_CLIENT_LENGTH
from core.sales.listing import SalePage, SaleView
from core.sales.models import SaleQueueStatus
from core.sales.money import plain_amount

Client = Annotated[
    Line,
    Field(min_length=1, max_length=MAX_CLIENT_LENGTH, description="The client's name for itself, always the same.",
          examples=["studio-laptop"]),
]  # fmt: skip
Version = Annotated[int, Field(ge=0, le=2**31 - 1, description="`claim_version` of the claim that this answers.")]


_OBJECT = TypeAdapter(dict[str, Any])


def _object(value: Any) -> Any:
    """A form can only carry the object as text."""
    return _OBJECT.validate_json(value) if isinstance(value, str) else value


class NextIn(BaseModel):
    """Who asks for a sale."""

    model_config = ConfigDict(extra="forbid")
    client: Client


class ClaimIn(NextIn):
    """Which claim is meant."""

    claim_version: Version


class FailIn(ClaimIn):
    """Why the price could not be set."""

    message: Text = Field(min_length=1, max_length=20_000, description="A sentence for the person.")
    details: Annotated[dict[str, Any] | None, BeforeValidator(_object)] = Field(
        None, description="Whatever helps to find out why; in a form, as JSON text."
    )


class ClaimOut(BaseModel):
    """A piece to be priced, and the claim to answer with."""

    sale_id: str
    claim_version: int
    attempts: int = Field(description="How often it was tried, this time included.")
    deviation_id: str
    title: str
    url: str = Field(description="The piece at the site.")
    price: int = Field(description="In the currency's smallest unit.")
    amount: str = Field(description="The same as one types it.", examples=["49.99"])
    currency: str
    preset: str
    lease_expires_at: datetime = Field(description="Send a heartbeat before, or somebody else may get it.")
    is_resumed: bool = Field(description="This client held it already.")

    @classmethod
    def of(cls, claimed: ClaimedSale) -> Self:
        same = ("sale_id", "claim_version", "attempts", "deviation_id", "title", "url", "price", "currency",
                "lease_expires_at", "is_resumed")  # fmt: skip
        values = {name: getattr(claimed, name) for name in same}
        amount = plain_amount(claimed.price, claimed.currency)
        return cls(**values, amount=amount, preset=claimed.price_preset_name)


class LeaseOut(BaseModel):
    """Until when the claim is good now."""

    lease_expires_at: datetime


class SaleOut(BaseModel):
    """One sale."""

    id: str
    status: SaleQueueStatus
    deviation_id: str
    title: str
    url: str
    price: int
    amount: str
    currency: str
    preset: str
    attempts: int
    held_by: str | None
    not_before: datetime | None = Field(description="After a failed try: when it is tried again.")
    completed_at: datetime | None
    completed_by: str | None
    error: str | None
    has_screenshot: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, sale: SaleView) -> Self:
        same = ("id", "status", "deviation_id", "title", "url", "price", "currency", "attempts", "held_by",
                "not_before", "completed_at", "completed_by", "created_at", "updated_at")  # fmt: skip
        values = {name: getattr(sale, name) for name in same}
        return cls(
            **values, amount=sale.typed_price, preset=sale.preset_name, error=sale.error_message,
            has_screenshot=sale.has_proof,
        )  # fmt: skip


class SalesOut(BaseModel):
    """One page of sales; `page` counts from 1."""

    items: list[SaleOut]
    total: int
    page: int
    pages: int

    @classmethod
    def of(cls, page: SalePage) -> Self:
        return cls(items=[SaleOut.of(row) for row in page.rows], total=page.total, page=page.number, pages=page.pages)
