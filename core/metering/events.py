"""Recording what calls used: one event a call, and the sums it belongs to, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, tuple_
from sqlalchemy.orm import Session

from core.db.base import table_of
from core.db.ids import new_id
from core.db.types import NANO
from core.metering import sums
from core.metering.consumption import Consumption
from core.metering.errors import InvalidEvent
from core.metering.models import Usage, UsageStatus
from core.metering.price import HIGHEST_COST, Price
from core.metering.state import lock_shared
from core.metering.upserts import insert_new

__all__ = ["OLDEST", "Consumption", "Price", "UsageEvent", "UsageStatus", "record"]

# A late event still lands in its own day; what is older is no report any more (Stripe's rule for meter events).
OLDEST = timedelta(days=35)
# Clocks differ.
NEWEST = timedelta(minutes=5)

USAGE = table_of(Usage)
_MOST = {"event_key": 200, "provider": 100, "provider_kind": 32, "model": 255, "type": 32, "operation": 64}
_NEEDED = ("user_id", "event_key", "provider", "provider_kind", "model", "type", "operation")
# What a provider says may be as long as it likes; it is cut to what fits.
_CUT = {"model_answered": 255, "request_id": 255, "trace_id": 64, "subject": 64, "modality": 32}


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """One call to a provider, as it ended. ``event_key`` is the reporter's own name for it: told twice, it counts once.

    ``occurred_at`` is when the call ended. ``subject`` is what it was made for, as an order's item; ``parent_id`` the
    event of the turn it was part of; ``corrects_id`` the event whose sums it puts right. ``metadata`` must be JSON and
    hold no prompts, keys or addresses.
    """

    user_id: str
    event_key: str
    provider: str
    provider_kind: str
    model: str
    status: UsageStatus
    consumption: Consumption
    price: Price
    occurred_at: datetime
    model_answered: str | None = None
    type: str = "image"
    operation: str = "generate"
    modality: str | None = None
    project_id: str | None = None
    api_key_id: str | None = None
    subject: str | None = None
    latency_ms: int | None = None
    request_id: str | None = None
    trace_id: str | None = None
    parent_id: str | None = None
    corrects_id: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


def record(session: Session | Connection, events: Sequence[UsageEvent], *, now: datetime) -> list[str]:
    """Write events and add them to the sums; their ids, in the same order.

    All or nothing. An event whose key its person used before gives the id of the first one and adds nothing. Raises
    :class:`InvalidEvent`. Several writers may meet: run the transaction by ``retrying.in_transaction``.
    """
    if isinstance(session, Session):
        session.flush()  # what the events refer to
    for event in events:
        _check(event, now)
    if not events:
        return []
    _check_corrections(session, events)
    zone = lock_shared(session)
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for event in events:
        rows.setdefault((event.user_id, event.event_key), _row(event, now))
    # In one order in all transactions: two that bring the same keys wait for each other instead of meeting crosswise.
    new = insert_new(session, USAGE, [rows[key] for key in sorted(rows)])
    added = [row for row in rows.values() if row["id"] in new]
    if added:
        sums.add(session, added, zone)
    ids = {key: row["id"] for key, row in rows.items() if row["id"] in new}
    ids |= _known(session, [key for key in rows if key not in ids])
    return [ids[event.user_id, event.event_key] for event in events]


def _check_corrections(session: Session | Connection, events: Sequence[UsageEvent]) -> None:
    wanted = {(event.user_id, event.corrects_id) for event in events if event.corrects_id}
    if wanted:
        columns = (USAGE.c.user_id, USAGE.c.id)
        query = select(*columns).where(tuple_(*columns).in_(wanted))
        if wanted - {(row.user_id, row.id) for row in session.execute(query)}:
            raise InvalidEvent("A correction names an event of the same person; this one does not.")


def _known(session: Session | Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    if not keys:
        return {}
    columns = (USAGE.c.user_id, USAGE.c.event_key)
    query = select(*columns, USAGE.c.id).where(tuple_(*columns).in_(keys))
    return {(row.user_id, row.event_key): row.id for row in session.execute(query)}


def _check(event: UsageEvent, now: datetime) -> None:
    for name in _NEEDED:
        value = getattr(event, name)
        if not value or len(value) > _MOST.get(name, len(value)):
            raise InvalidEvent(f"An event needs a {name} of 1 to {_MOST.get(name, 200)} characters.")
    if event.occurred_at.tzinfo is None:
        raise InvalidEvent("An event needs the time zone of its moment.")
    if event.occurred_at < now - OLDEST:
        raise InvalidEvent(f"An event may be reported up to {OLDEST.days} days late; this one is older.")
    if event.occurred_at > now + NEWEST:
        raise InvalidEvent("An event cannot be ahead of the clock by more than 5 minutes. Check the machine's time.")
    cost = event.price.cost
    if cost is not None and not (cost.is_finite() and abs(cost) <= HIGHEST_COST):
        raise InvalidEvent(f"A cost is a number of US dollars up to {HIGHEST_COST:,.0f}, or unknown.")
    if cost is not None and cost < 0 and event.corrects_id is None:
        raise InvalidEvent("Only a correction may cost less than nothing.")
    if any((value or 0) < 0 for value in _amounts(event)):
        raise InvalidEvent("What a call used cannot be less than nothing.")


def _amounts(event: UsageEvent) -> list[Any]:
    if event.corrects_id is not None:
        return []
    used = event.consumption
    return [
        event.latency_ms, used.images, used.megapixels, used.seconds, used.tokens_in, used.tokens_in_image,
        used.tokens_cached, used.tokens_out, used.tokens_out_image, used.tokens_reasoning,
    ]  # fmt: skip


def _row(event: UsageEvent, now: datetime) -> dict[str, Any]:
    used, price = event.consumption, event.price
    cut = {name: (getattr(event, name) or "")[:most] or None for name, most in _CUT.items()}
    into = _together(used.tokens_in, used.tokens_in_image)
    out = _together(used.tokens_out, used.tokens_out_image, used.tokens_reasoning)
    return {
        "id": new_id("use"),
        "user_id": event.user_id,
        "api_key_id": event.api_key_id,
        "project_id": event.project_id,
        "event_key": event.event_key,
        "provider": event.provider,
        "provider_kind": event.provider_kind,
        "model": event.model,
        "type": event.type,
        "operation": event.operation,
        **cut,
        "status": UsageStatus(event.status),
        "tokens_in": into,
        "tokens_in_image": used.tokens_in_image,
        "tokens_cached": used.tokens_cached,
        "tokens_out": out,
        "tokens_out_image": used.tokens_out_image,
        "tokens_reasoning": used.tokens_reasoning,
        "tokens_total": _together(into, out),
        "images": used.images,
        "megapixels": None if used.megapixels is None else float(used.megapixels),
        "seconds": None if used.seconds is None else float(used.seconds),
        "requests": 0 if event.corrects_id else 1,
        # Rounded here, so that the sums are of what the rows say.
        "cost": None if price.cost is None else price.cost.quantize(NANO),
        "currency": "usd",
        "price_source": (price.source or "")[:100] or None,
        "price_version": (price.version or "")[:100] or None,
        "price_note": price.note or None,
        "estimated": price.estimated,
        "margin": None,
        "charge": None,
        "occurred_at": event.occurred_at,
        "received_at": now,
        "latency_ms": event.latency_ms,
        "parent_id": event.parent_id,
        "corrects_id": event.corrects_id,
        "metadata": {**event.metadata, **({"rates": dict(price.rates)} if price.rates else {})},
    }


def _together(*counts: int | None) -> int | None:
    """The sum of what is known; ``None`` when nothing is."""
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
