"""Leases and fences of sales: who holds a piece, for how long, and whether an answer belongs to the claim."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_

from core.clock import SKEW
from core.sales.errors import ClaimLost, SaleRefused
from core.sales.models import SaleQueue, SaleQueueStatus

LEASE_SECONDS = 600.0
MAX_CLIENT_LENGTH = 100
MAX_MESSAGE_LENGTH = 2000
MAX_DETAILS_LENGTH = 16_000  # characters as JSON; they are kept with the sale and in the trail
LEASE_RAN_OUT = "lease ran out"
# Minutes until the next try: 1, 5, 25, …
_BACKOFF_BASE = 5

_S = SaleQueueStatus


def next_try_after(attempts: int) -> timedelta:
    """How long a piece is left alone after its failed try number ``attempts``: 1, 5, 25 … minutes."""
    return timedelta(minutes=_BACKOFF_BASE ** (attempts - 1))


def read_client(client: str) -> str:
    """A client's name for itself, 1 to 100 printable characters. Raises :class:`SaleRefused`."""
    name = client.strip()
    if not name or len(name) > MAX_CLIENT_LENGTH or not name.isprintable():
        raise SaleRefused("A client needs a name of 1 to 100 printable characters, the same at every call.")
    return name


def read_message(message: str) -> str:
    """What went wrong, cut at 2,000 characters. Raises :class:`SaleRefused` when it says nothing."""
    said = message.replace("\0", "").strip()
    if not said:
        raise SaleRefused("Say in a message what went wrong.")
    return said[:MAX_MESSAGE_LENGTH]


def read_details(details: dict[str, Any] | None) -> dict[str, Any] | None:
    """What helps to find out why, as it is kept. Raises :class:`SaleRefused` for more than 16,000 characters."""
    try:
        length = len(json.dumps(details, allow_nan=False))
    except (ValueError, RecursionError) as error:
        raise SaleRefused("The details hold what JSON has no word for, such as NaN. Write it as text.") from error
    if length > MAX_DETAILS_LENGTH:
        raise SaleRefused(f"Details have at most {MAX_DETAILS_LENGTH:,} characters as JSON; these have {length:,}.")
    return details


def lease_expired(sale: SaleQueue, *, now: datetime, lease_seconds: float = LEASE_SECONDS) -> bool:
    """Whether the client that holds it has been silent for longer than a lease."""
    lease = timedelta(seconds=lease_seconds)
    return sale.locked_at is not None and not now - lease <= sale.locked_at <= now + SKEW


def is_stale(row: Any, *, now: datetime, lease: timedelta) -> ColumnElement[bool]:
    # One from the future was taken before the clock was put back.
    return or_(row.locked_at < now - lease, row.locked_at > now + SKEW)


def require_claim(sale: SaleQueue, client: str, claim_version: int) -> None:
    if sale.status is _S.COMPLETED:
        raise ClaimLost(f"“{sale.title}” was priced already, by {sale.completed_by}. Go on with the next piece.")
    if sale.status is not _S.PROCESSING:
        raise ClaimLost(f"“{sale.title}” is no longer claimed by anybody. Ask for the next piece.")
    if sale.processing_by != client:
        raise ClaimLost(f"“{sale.title}” is held by {sale.processing_by}. Ask for the next piece.")
    if sale.claim_version != claim_version:
        raise ClaimLost(
            f"This claim of “{sale.title}” is outdated: it was claimed again since. Ask for the next piece."
        )


def is_same_claim(sale: SaleQueue, ended_by: str | None, client: str, claim_version: int) -> bool:
    return ended_by == client and sale.claim_version == claim_version


def is_late_answer(sale: SaleQueue, client: str, claim_version: int) -> bool:
    """Whether the piece was given up only because this very claim fell silent."""
    why = (sale.error_details or {}).get("why")
    is_ours = is_same_claim(sale, last_client(sale), client, claim_version)
    return sale.status is _S.FAILED and why == LEASE_RAN_OUT and is_ours


def last_client(sale: SaleQueue) -> str | None:
    return (sale.error_details or {}).get("client")
