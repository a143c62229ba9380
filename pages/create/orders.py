"""Orders: what was ordered, where it stands, and one order with its items."""

import streamlit as st

from core.clock import utc_now
from core.runtime import get_runtime
from core.studio.orders.listing import OrderFilter, list_orders
from core.ui.errors import guarded
from core.ui.gate import current_user
from core.ui.links import show_address
from core.ui.orders.detail import show_order
from core.ui.orders.listing import ask_filter, show_orders
from core.ui.orders.toast import TOAST
from core.ui.orders.trash import show_trash
from core.ui.page import empty_state, page_header, zone_note

user = current_user()
runtime = get_runtime()
now = utc_now()
show_address()

page_header("Orders", "What you ordered, where it stands, and what it cost.")
if toast := st.session_state.pop(TOAST, None):
    st.toast(toast)
with guarded():
    if order_id := st.query_params.get("order"):
        show_order(runtime, user, order_id, now)
    else:
        with runtime.database.read() as session:
            has_any = list_orders(session, user.actor, OrderFilter(), size=1).total
        wanted = ask_filter()
        if wanted.in_trash:
            show_trash(runtime, user, now)
        elif has_any:
            show_orders(runtime, user, wanted)
        else:
            empty_state("Nothing was ordered yet", "Write a prompt and see what it becomes before you order it.",
                        icon=":material/brush:")  # fmt: skip
            st.page_link("pages/create/generate.py", label="Generate", icon=":material/brush:")
st.caption(zone_note(user.timezone))
