"""Price presets: what pieces cost, as a fixed price or a range to draw from."""

import streamlit as st

from core.runtime import get_runtime
from core.sales import listing
from core.ui.gate import current_user
from core.ui.page import empty_state, page_header
from core.ui.sell import notice, preset_form
from core.ui.sell.preset_cards import show_archived, show_card
from core.ui.tables import csv_button, csv_bytes

user = current_user()
with get_runtime().database.read() as session:
    presets = listing.list_presets(session, user.actor)
    archived = listing.list_presets(session, user.actor, archived=True)


def make_csv() -> bytes:
    """The export; made when the button is pressed."""
    return csv_bytes(listing.presets_csv([*presets, *archived]))


left, right = st.columns([4, 1], vertical_alignment="bottom")
with left:
    page_header("Price presets", "What a piece costs: a fixed price, or a range from which each piece gets its own.")
if presets:
    with right, st.container(horizontal_alignment="right"):
        st.button("New preset", type="primary", icon=":material/add:", key="new-preset", on_click=preset_form.open_form)
with st.container(width=760):
    notice.show()
    if not presets:
        empty_state(
            "No price yet",
            "Make a preset, then sell posts with it: by hand under Content, or by an automation.",
            icon=":material/sell:",
        )
        st.button("New preset", type="primary", icon=":material/add:", key="new-preset", on_click=preset_form.open_form)
    for place, preset in enumerate(presets):
        show_card(user, preset, place, len(presets))
    show_archived(user, archived)
    if presets or archived:
        csv_button(make_csv, "price-presets", key="presets-csv")
preset_form.show(user)
