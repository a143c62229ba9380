"""Whether what an automation posts is put up for sale, and at which price."""

import streamlit as st

from core.identity.sessions import SignedIn
from core.publishing.automations import overview
from core.runtime import get_runtime
from core.sales.models import PricePreset
from core.sales.money import money
from core.ui.automations.drafting import Draft
from core.ui.links import screen_link

_NONE = ""


def show_selling(user: SignedIn, draft: Draft) -> None:
    """The switch, the preset, and what selling changes about the posts."""
    shown = draft.shown.form
    st.caption("What goes out is put into the sale queue as soon as it is published, at the price of a preset.")
    with get_runtime().database.read() as session:
        presets = overview.list_presets(session, user.actor, chosen=shown.sale_queue_preset_id)
    is_on = st.toggle("Sell what it posts", value=shown.auto_add_to_sale_queue, key=draft.key("sell"))
    preset_id = _preset_field(draft, presets, is_needed=is_on)
    draft.put(auto_add_to_sale_queue=is_on, sale_queue_preset_id=preset_id)
    if is_on:
        st.markdown(
            "So that nobody takes the original for free, each post then gets a watermark, is shown at 1920 pixels at "
            "most, and cannot be downloaded. This comes after the defaults."
        )


def _preset_field(draft: Draft, presets: list[PricePreset], *, is_needed: bool) -> str | None:
    current = draft.shown.form.sale_queue_preset_id
    names = {_NONE: "No preset"} | {one.id: _named(one) for one in presets}
    chosen = st.selectbox(
        "Price preset",
        list(names),
        index=list(names).index(current) if current in names else 0,
        format_func=lambda one: names[one],
        key=draft.key("preset"),
        width=420,
    )
    if is_needed and not chosen:
        st.markdown(":orange[:material/edit_note: Choose a price preset, or switch selling off.]")
    if not presets:
        screen_link("Make a price preset", "presets", icon=":material/sell:")
    return chosen or None


def _named(preset: PricePreset) -> str:
    if preset.min_price is not None and preset.max_price is not None:
        price = f"{money(preset.min_price, preset.currency)} to {money(preset.max_price, preset.currency)}"
    else:
        price = money(preset.price, preset.currency)
    return f"{preset.name} · {price}{' · archived' if preset.archived_at else ''}"
