"""The dialog that makes or changes a price preset."""

import enum
from dataclasses import dataclass

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.sales import listing, presets
from core.sales.errors import PresetRefused
from core.sales.listing import PresetView
from core.sales.money import CURRENCIES, money, plain_amount, read_amount
from core.sales.presets import DESCRIPTION_LENGTH, HIGHEST, LOWEST, NAME_LENGTH, PresetForm
from core.ui.desk import next_number
from core.ui.errors import guarded
from core.ui.sell.notice import leave

_KEY = "presets.dialog"


class _Kind(enum.StrEnum):
    FIXED = "Fixed price"
    RANGE = "Range"


@dataclass(frozen=True, slots=True)
class _Open:
    """``preset_id`` is ``None`` for a new one; ``number`` keeps two openings from sharing their fields."""

    preset_id: str | None
    number: int


def open_form(preset_id: str | None = None) -> None:
    """Show the dialog on the next run."""
    st.session_state[_KEY] = _Open(preset_id, next_number())


def close() -> None:
    """Show none."""
    st.session_state.pop(_KEY, None)


def show(user: SignedIn) -> None:
    """The dialog, if it is open; one about a preset that is gone closes by itself."""
    opened: _Open | None = st.session_state.get(_KEY)
    if opened is None:
        return
    preset = None
    if opened.preset_id is not None:
        with get_runtime().database.read() as session:
            found = {one.id: one for one in listing.list_presets(session, user.actor)}
        preset = found.get(opened.preset_id)
        if preset is None:
            close()
            return
    title = "Change the preset" if preset else "New price preset"
    st.dialog(title, icon=":material/sell:", on_dismiss=close)(_show)(user, preset, f"preset-{opened.number}")


def _show(user: SignedIn, preset: PresetView | None, key: str) -> None:
    name = st.text_input("Name", value=preset.name if preset else "", max_chars=NAME_LENGTH, key=f"{key}-name",
                         placeholder="Standard, Originals …")  # fmt: skip
    kind = st.segmented_control(
        "Kind", list(_Kind), default=_Kind.RANGE if preset and preset.is_range else _Kind.FIXED, required=True,
        key=f"{key}-kind", label_visibility="collapsed",
    )  # fmt: skip
    left, right = st.columns([1.4, 1])
    with right:
        currency = _currency_field(key, preset)
    with left:
        amounts = _amount_fields(key, preset, is_range=kind is _Kind.RANGE)
    st.caption(_explained(currency, is_range=kind is _Kind.RANGE))
    description = st.text_area("Note for yourself (optional)", value=(preset and preset.description) or "",
                               max_chars=DESCRIPTION_LENGTH, key=f"{key}-description", height=80)  # fmt: skip
    if st.button("Save", type="primary", key=f"{key}-save", width="stretch"):
        with guarded():
            form = _form(name or "", amounts, currency, description)
            _save(user, preset, form)
            close()
            st.rerun()


def _currency_field(key: str, preset: PresetView | None) -> str:
    codes = list(CURRENCIES)
    chosen = st.selectbox(
        "Currency", codes, index=codes.index(preset.currency) if preset and preset.currency in codes else 0,
        format_func=lambda code: f"{code} · {CURRENCIES[code].name}", key=f"{key}-currency",
    )  # fmt: skip
    return chosen or "USD"


def _amount_fields(key: str, preset: PresetView | None, *, is_range: bool) -> list[str]:
    """What was typed: one amount, or lowest and highest."""
    known = [plain_amount(cents, preset.currency) for cents in (preset.lowest, preset.highest)] if preset else ["", ""]
    if not is_range:
        return [st.text_input("Price", value=known[0], key=f"{key}-price", placeholder="49.90") or ""]
    low, high = st.columns(2)
    return [
        low.text_input("Lowest", value=known[0], key=f"{key}-lowest", placeholder="20.00") or "",
        high.text_input("Highest", value=known[1], key=f"{key}-highest", placeholder="60.00") or "",
    ]


def _explained(currency: str, *, is_range: bool) -> str:
    limits = f"From {money(LOWEST, currency)} to {money(HIGHEST, currency)}.".replace("$", r"\$")
    drawn = " Each piece gets its own price, drawn evenly from the range when it is queued." if is_range else ""
    return f"{limits}{drawn} What is queued already keeps its price."


def _form(name: str, amounts: list[str], currency: str, description: str | None) -> PresetForm:
    """What was typed as the service takes it. Raises ``PresetRefused``."""
    if not all(amount.strip() for amount in amounts):
        raise PresetRefused("Type a price." if len(amounts) == 1 else "Type both the lowest and the highest price.")
    cents = [read_amount(amount, currency) for amount in amounts]
    if len(cents) == 1:
        return PresetForm(name, price=cents[0], currency=currency, description=description)
    return PresetForm(name, min_price=cents[0], max_price=cents[1], currency=currency, description=description)


def _save(user: SignedIn, preset: PresetView | None, form: PresetForm) -> None:
    with get_runtime().database.session() as session:
        if preset is None:
            saved = presets.create_preset(session, user.actor, form, now=utc_now())
        else:
            saved = presets.edit_preset(session, user.actor, preset.id, form, now=utc_now())
    leave(f"“{saved.name}” is saved.")
