"""What is being made, while it is: progress of running orders, and the latest pictures."""

import streamlit as st

from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.orders.inputs import latest_pictures
from core.studio.orders.listing import OrderView, list_running
from core.ui.orders.progress import show_progress
from core.ui.pictures import Picture, show_strip
from core.ui.words import plain, shortened

STRIP = 8
SECONDS = 2


@st.fragment(run_every=SECONDS)
def show_running(runtime: Runtime, user: SignedIn) -> None:
    """Draws itself anew every two seconds."""
    with runtime.database.read() as session:
        running = list_running(session, user.actor, limit=4)
        latest = latest_pictures(session, user.actor, limit=STRIP)
    if running:
        st.markdown("**Being made**")
        for order in running:
            _show_order(order)
    if latest:
        st.markdown("**Latest pictures**")
        show_strip(Picture(one.blob_id, one.label, f"/gallery?product={one.id}") for one in latest)
        st.page_link("pages/create/gallery.py", label="Cull them in the gallery", icon=":material/photo_library:")


def _show_order(order: OrderView) -> None:
    with st.container(border=True):
        st.page_link(
            "pages/create/orders.py",
            label=plain(shortened(order.prompt, 70)) or "Without words",
            query_params={"order": order.id},
        )
        show_progress(order)
