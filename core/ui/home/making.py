"""What is being made right now, on Home."""

from collections.abc import Sequence

import streamlit as st

from core.studio.orders.listing import OrderView
from core.ui.orders.progress import show_progress
from core.ui.words import plain, shortened

SHOWN = 3


def show_making(running: Sequence[OrderView]) -> None:
    """The latest running orders with their progress; nothing when none runs."""
    if not running:
        return
    st.header("Being made", anchor=False)
    with st.container(border=True, key="home-making", gap="small"):
        for order in running[:SHOWN]:
            st.page_link(
                "pages/create/orders.py",
                label=plain(shortened(order.prompt, 80)) or "Without words",
                query_params={"order": order.id},
            )
            show_progress(order)
        if len(running) > SHOWN:
            st.page_link("pages/create/orders.py", label="All that is being made", icon=":material/list_alt:",
                         query_params={"orders-show": "Running"})  # fmt: skip
