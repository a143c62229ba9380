"""What the screens under Sell say when there is nothing to show, with the one thing to do about it."""

import streamlit as st

from core.ui.links import screen_button
from core.ui.page import empty_state
from core.ui.sell import query
from core.ui.sell.query import Chosen


def show_empty_queue(chosen: Chosen) -> None:
    """An empty queue, or filters that leave nothing."""
    if chosen.status or chosen.text:
        empty_state("Nothing here", "No piece fits this state and search.", icon=":material/filter_alt_off:")
        st.button("Show all", on_click=query.clear, key="sales-clear")
        return
    empty_state(
        "Nothing is for sale yet",
        "Choose published posts under Content and press Sell, or give posts a price preset before they go out: "
        "they come here by themselves.",
        icon=":material/point_of_sale:",
    )
    screen_button("Choose published posts", "content?view=published", key="sales-content", icon=":material/imagesmode:")
