"""Prices set by the house: adding, ending and listing them. They never change what a past call cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.identity.models import User
from core.identity.roles import require_admin
from core.metering.errors import InvalidPrice, PriceNotFound
from core.metering.models import ModelPrice, PriceUnit
from core.metering.prices.bundled import BUNDLED, OWN_HARDWARE
from core.metering.prices.rates import Rate
from core.system import audit
from core.system.actors import Actor

MOST = Decimal(10_000)
_LENGTHS = {"provider": 100, "model": 255, "modality": 32, "size": 32, "quality": 32}


@dataclass(frozen=True, slots=True)
class PriceForm:
    """``amount`` US dollars for one ``unit`` (of tokens: a million) from ``valid_from`` on; empty parts match all."""

    provider: str
    model: str
    unit: PriceUnit
    amount: Decimal
    valid_from: datetime
    modality: str | None = None
    size: str | None = None
    quality: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PriceView:
    """A price, who set it (``None``: erased), and whether it holds now."""

    price: ModelPrice
    set_by: str | None
    holds: bool


def set_price(session: Session, actor: Actor, form: PriceForm, *, now: datetime) -> ModelPrice:
    """Set a price. One for the same calls that would still hold then ends there. For administrators.

    Raises :class:`InvalidPrice` for an amount that is none, and for a beginning before one that is set already.
    """
    require_admin(session, actor)
    values = _clean(form)
    same = [getattr(ModelPrice, name) == values[name] for name in ("provider", "model", "unit")]
    same += [getattr(ModelPrice, name).is_not_distinct_from(values[name]) for name in ("modality", "size", "quality")]
    still = or_(ModelPrice.valid_until.is_(None), ModelPrice.valid_until > form.valid_from)
    for other in session.scalars(select(ModelPrice).where(*same, still).with_for_update()):
        if other.valid_from >= form.valid_from:
            raise InvalidPrice("A price for the same calls begins then or later. End that one first.")
        other.valid_until = form.valid_from
    price = ModelPrice(**values, created_by=actor.user_id or None, created_at=now)
    session.add(price)
    session.flush()
    audit.record(session, actor, "price.set", price.id, after=_said(price), now=now)
    return price


def end_price(session: Session, actor: Actor, price_id: str, *, now: datetime) -> ModelPrice:
    """Let a price hold no longer; one that has not begun goes altogether. For administrators."""
    require_admin(session, actor)
    price = session.get(ModelPrice, price_id, with_for_update=True)
    if price is None or (price.valid_until is not None and price.valid_until <= now):
        raise PriceNotFound("This price holds no longer. Reload the page.")
    before = _said(price)
    if price.valid_from >= now:
        session.delete(price)
    else:
        price.valid_until = now
    session.flush()
    audit.record(
        session, actor, "price.ended", price_id, before=before, after={"valid_until": now.isoformat()}, now=now
    )
    return price


def list_prices(session: Session, *, now: datetime, holding_only: bool = False) -> list[PriceView]:
    """The house's prices, everybody may see them: by provider and model, the newest first."""
    query = select(ModelPrice, User.name, User.username).outerjoin(User, User.id == ModelPrice.created_by)
    query = query.order_by(ModelPrice.provider, ModelPrice.model, ModelPrice.unit, ModelPrice.valid_from.desc())
    views = [PriceView(row[0], row[1] or row[2], _holds(row[0], now)) for row in session.execute(query)]
    return [view for view in views if view.holds] if holding_only else views


def list_bundled() -> list[tuple[str, Rate]]:
    """The prices that come with the product, with the kind of provider; hardware of the house costs nothing."""
    return [(kind, rate) for kind, rates in BUNDLED.items() for rate in rates]


def csv_rows(views: Sequence[PriceView]) -> list[Sequence[object]]:
    """Prices as rows of a CSV file."""
    names = ("provider", "model", "modality", "unit", "amount", "size", "quality", "valid_from", "valid_until", "note")
    rows: list[Sequence[object]] = [["filter", "prices set by the house, in US dollars"], [*names, "set_by"]]
    for view in views:
        said = _said(view.price)
        rows.append([*("" if said[name] is None else said[name] for name in names), view.set_by or ""])
    return rows


def is_own_hardware(kind: str) -> bool:
    """Whether calls of this kind of provider cost nothing unless the house says so."""
    return kind in OWN_HARDWARE


def _holds(price: ModelPrice, now: datetime) -> bool:
    return price.valid_from <= now and (price.valid_until is None or price.valid_until > now)


def _clean(form: PriceForm) -> dict[str, Any]:
    if not form.amount.is_finite() or not 0 <= form.amount <= MOST:
        raise InvalidPrice(f"A price lies between 0 and {MOST:,} US dollars.")
    if form.amount != form.amount.quantize(Decimal("1e-9")):
        raise InvalidPrice("A price has at most nine decimals.")
    if form.valid_from.tzinfo is None:
        raise InvalidPrice("Say from when the price holds.")
    texts = {name: (getattr(form, name) or "").strip() or None for name in _LENGTHS}
    for name, most in _LENGTHS.items():
        if len(texts[name] or "") > most:
            raise InvalidPrice(f"The {name} has at most {most} characters.")
    if not texts["provider"] or not texts["model"]:
        raise InvalidPrice("Say which provider and model the price is for.")
    note = (form.note or "").strip()[:1000] or None
    unit, amount = PriceUnit(form.unit), form.amount
    return {**texts, "unit": unit, "amount": amount, "valid_from": form.valid_from, "note": note}


def _said(price: ModelPrice) -> dict[str, Any]:
    return {
        "provider": price.provider,
        "model": price.model,
        "modality": price.modality,
        "unit": price.unit.value,
        "amount": f"{price.amount:f}",
        "size": price.size,
        "quality": price.quality,
        "valid_from": price.valid_from.isoformat(),
        "valid_until": price.valid_until.isoformat() if price.valid_until else None,
        "note": price.note,
    }
