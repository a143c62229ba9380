"""What is being made, while it is: progress of running orders, and the latest pictures."""

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.orders.inputs import latest_pictures
from core.studio.orders.listing import OrderView, is_any_running, list_running
from core.ui.orders.progress import show_progress
from core.ui.orders.standing import Standing, show_wait, standings_of
from core.ui.pictures import Picture, show_strip
from core.ui.words import plain, shortened

STRIP = 8
MOST = 4
SECONDS = 2


def show_running(runtime: Runtime, user: SignedIn) -> None:
    """Draws itself anew every two seconds, as long as something runs."""
    with runtime.database.read() as session:
        is_running = is_any_running(session, user.actor)
    st.fragment(_look, run_every=SECONDS if is_running else None)(runtime, user, is_live=is_running)


def _look(runtime: Runtime, user: SignedIn, *, is_live: bool) -> None:
    now = utc_now()
    with runtime.database.read() as session:
        running = list_running(session, user.actor, limit=MOST)
        standings = standings_of(session, running, now=now)
        latest = latest_pictures(session, user.actor, limit=STRIP)
    if is_live and not running:
        st.rerun()  # the whole screen, which then stops looking
    if running:
        st.markdown("**Being made**")
        for order in running:
            _show_order(order, standings[order.id])
            show_wait(standings[order.id], user.timezone, now)
    if latest:
        st.markdown("**Latest pictures**")
        show_strip(Picture(one.blob_id, one.label, f"/gallery?product={one.id}") for one in latest)
        st.page_link("pages/create/gallery.py", label="Cull them in the gallery", icon=":material/photo_library:")


def _show_order(order: OrderView, standing: Standing) -> None:
    with st.container(border=True):
        st.page_link(
            "pages/create/orders.py",
            label=plain(shortened(order.prompt, 70)) or "Without words",
            query_params={"order": order.id},
        )
        show_progress(order, standing)
