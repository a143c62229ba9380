"""Price presets: made, changed, put in order, and let go when nothing unfinished needs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.identity.models import User
from core.sales.access import get_preset, plain
from core.sales.errors import PresetInUse, PresetNotFound, PresetRefused
from core.sales.models import PricePreset
from core.sales.money import CURRENCIES, money
from core.sales.usage import usage_of
from core.system import audit
from core.system.actors import Actor

NAME_LENGTH = 100
DESCRIPTION_LENGTH = 2000
LOWEST, HIGHEST = 100, 1_000_000  # cents

_FIELDS = ("name", "price", "min_price", "max_price", "currency", "description")


@dataclass(frozen=True, slots=True)
class PresetForm:
    """What a person says about a preset: ``price`` alone, or both ends of a range; cents, from 100 to 1,000,000."""

    name: str
    price: int | None = None
    min_price: int | None = None
    max_price: int | None = None
    currency: str = "USD"
    description: str | None = None


def form_of(name: str, lowest: int, highest: int, currency: str, description: str | None) -> PresetForm:
    """The form that makes such a preset: fixed when ``lowest`` and ``highest`` are the same."""
    if lowest == highest:
        return PresetForm(name, lowest, currency=currency, description=description)
    return PresetForm(name, min_price=lowest, max_price=highest, currency=currency, description=description)


def create_preset(session: Session, actor: Actor, form: PresetForm, *, now: datetime) -> PricePreset:
    """A new preset at the end of the list; the first one is the default. Raises :class:`PresetRefused`."""
    values = _read(form)
    others = _hold_all(session, actor)
    preset = PricePreset(
        id=new_id("prc"),
        user_id=actor.user_id,
        sort_order=max((one.sort_order for one in others), default=-1) + 1,
        is_default=not others,
        created_at=now,
        updated_at=now,
        **values,
    )
    session.add(preset)
    session.flush()
    audit.record(session, actor, "preset.created", preset.id, after=values, now=now)
    return preset


def edit_preset(session: Session, actor: Actor, preset_id: str, form: PresetForm, *, now: datetime) -> PricePreset:
    """Change a preset. Prices that were drawn already stay as they are.

    Raises :class:`PresetNotFound` or :class:`PresetRefused`.
    """
    preset = get_preset(session, actor, preset_id)
    before, after = audit.changes(plain(preset, _FIELDS), _read(form))
    if after:
        for name, value in after.items():
            setattr(preset, name, value)
        preset.updated_at = now
        session.flush()
        audit.record(session, actor, "preset.edited", preset.id, before=before, after=after, now=now)
    return preset


def duplicate_preset(session: Session, actor: Actor, preset_id: str, *, now: datetime) -> PricePreset:
    """A copy at the end of the list, never the default. Raises :class:`PresetNotFound`."""
    preset = get_preset(session, actor, preset_id)
    ending = " (copy)"
    lowest, highest = preset.min_price or preset.price, preset.max_price or preset.price
    name = f"{preset.name[: NAME_LENGTH - len(ending)]}{ending}"
    copy = form_of(name, lowest, highest, preset.currency, preset.description)
    return create_preset(session, actor, copy, now=now)


def reorder_presets(session: Session, actor: Actor, ids: Sequence[str], *, now: datetime) -> None:
    """Put presets into this order; those not named follow as they were. Raises :class:`PresetNotFound`."""
    held = {one.id: one for one in _hold_all(session, actor)}
    if not set(ids) <= set(held):
        raise PresetNotFound("One of these price presets is no longer there. Reload the page.")
    order = list(dict.fromkeys([*ids, *held]))
    if order == list(held):
        return
    for place, preset_id in enumerate(order):
        held[preset_id].sort_order = place
    session.flush()
    audit.record(session, actor, "preset.reordered", order[0], before={"order": list(held)}, after={"order": order},
                 now=now)  # fmt: skip


def move_preset(session: Session, actor: Actor, preset_id: str, *, up: bool, now: datetime) -> None:
    """Swap a preset with the one above or below; at the end of the list nothing changes."""
    get_preset(session, actor, preset_id)
    order = [one.id for one in _hold_all(session, actor)]
    place = order.index(preset_id)
    other = place - 1 if up else place + 1
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        reorder_presets(session, actor, order, now=now)


def make_default(session: Session, actor: Actor, preset_id: str, *, now: datetime) -> PricePreset:
    """Make this preset the one that is offered first. Raises :class:`PresetNotFound`."""
    _hold_all(session, actor)
    preset = get_preset(session, actor, preset_id)
    if not preset.is_default:
        _set_default(session, actor, preset)
        audit.record(session, actor, "preset.made_default", preset.id, after={"is_default": True}, now=now)
    return preset


def delete_preset(session: Session, actor: Actor, preset_id: str, *, now: datetime) -> bool:
    """Delete a preset; ``True`` when it is kept as archived, because finished sales or posts refer to it.

    The next in the list becomes the default if it was that. Raises :class:`PresetNotFound`, or
    :class:`PresetInUse` while unfinished sales, automations or posts that are not out yet need it.
    """
    others = [one for one in _hold_all(session, actor) if one.id != preset_id]
    preset = get_preset(session, actor, preset_id)
    # Held against whoever is just choosing it.
    session.execute(select(PricePreset.id).where(PricePreset.id == preset.id).with_for_update())
    usage = usage_of(session, actor, preset.id)
    if usage.is_needed:
        raise PresetInUse(f"“{preset.name}” is still used by {usage.in_words()}. Give them another price first.")
    was_default, before = preset.is_default, plain(preset, _FIELDS)
    if usage.is_referred_to:
        preset.archived_at, preset.is_default, preset.updated_at = now, False, now
    else:
        session.delete(preset)
    session.flush()
    if was_default and others:
        _set_default(session, actor, others[0])
    action = "preset.archived" if usage.is_referred_to else "preset.deleted"
    audit.record(session, actor, action, preset.id, before=before, now=now)
    return usage.is_referred_to


def restore_preset(session: Session, actor: Actor, preset_id: str, *, now: datetime) -> PricePreset:
    """Take an archived preset back into the list, at its end. Raises :class:`PresetNotFound`."""
    others = _hold_all(session, actor)
    preset = get_preset(session, actor, preset_id, archived=True)
    if preset.archived_at is not None:
        preset.archived_at, preset.updated_at, preset.is_default = None, now, not others
        preset.sort_order = max((one.sort_order for one in others), default=-1) + 1
        session.flush()
        audit.record(session, actor, "preset.restored", preset.id, now=now)
    return preset


def _hold_all(session: Session, actor: Actor) -> list[PricePreset]:
    """The person's presets in their order; whoever else changes the list or its default waits."""
    session.execute(select(User.id).where(User.id == actor.user_id).with_for_update(key_share=True))
    query = select(PricePreset).where(PricePreset.user_id == actor.user_id, PricePreset.archived_at.is_(None))
    query = query.order_by(PricePreset.sort_order, PricePreset.id).execution_options(populate_existing=True)
    return list(session.scalars(query))


def _set_default(session: Session, actor: Actor, preset: PricePreset) -> None:
    # Off before on: the table allows one at a time.
    session.execute(
        update(PricePreset).where(PricePreset.user_id == actor.user_id, PricePreset.is_default).values(is_default=False)
    )
    preset.is_default = True
    session.flush()


def _read(form: PresetForm) -> dict[str, Any]:
    """The columns of a form. Raises :class:`PresetRefused`."""
    name = " ".join(form.name.replace("\0", "").split())
    if not name or len(name) > NAME_LENGTH:
        raise PresetRefused(f"Give the preset a name of 1 to {NAME_LENGTH} characters.")
    if form.currency not in CURRENCIES:
        raise PresetRefused(f"“{form.currency[:10]}” is no currency Atelier knows. Choose one from the list.")
    description = (form.description or "").replace("\0", "").strip() or None
    if description and len(description) > DESCRIPTION_LENGTH:
        raise PresetRefused(f"The description is longer than {DESCRIPTION_LENGTH:,} characters. Shorten it.")
    return {"name": name, "currency": form.currency, "description": description} | _read_prices(form)


def _read_prices(form: PresetForm) -> dict[str, int | None]:
    ends = (form.min_price, form.max_price)
    given = [price for price in (form.price, *ends) if price is not None]
    low, high = money(LOWEST, form.currency), money(HIGHEST, form.currency)
    if any(not LOWEST <= price <= HIGHEST for price in given):
        raise PresetRefused(f"A price lies between {low} and {high}.")
    if form.price is not None and ends == (None, None):
        return {"price": form.price, "min_price": None, "max_price": None}
    if form.price is not None or form.min_price is None or form.max_price is None:
        raise PresetRefused("Give one fixed price, or the lowest and the highest of a range.")
    if form.min_price >= form.max_price:
        raise PresetRefused("The lowest price of a range must be below its highest.")
    return {"price": 0, "min_price": form.min_price, "max_price": form.max_price}
