"""Orders in the trash, to be brought back."""

from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.orders import actions
from core.studio.orders.listing import OrderFilter, list_orders
from core.ui.errors import guarded
from core.ui.orders.progress import sentence_of
from core.ui.orders.toast import TOAST
from core.ui.times import moment
from core.ui.words import plain, shortened


def show_trash(runtime: Runtime, user: SignedIn, now: datetime) -> None:
    """The latest hundred."""
    with runtime.database.read() as session:
        page = list_orders(session, user.actor, OrderFilter(in_trash=True), size=100)
    if not page.rows:
        st.caption("The trash is empty.")
    for order in page.rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(gap="xxsmall"):
                st.markdown(plain(shortened(order.prompt, 100)) or "Without words")
                st.caption(f"{sentence_of(order)} · {moment(order.created_at, user.timezone, now=now)}")
            if st.button("Restore", key=f"restore-{order.id}", icon=":material/restore:"):
                with guarded():
                    with runtime.database.session() as session:
                        actions.restore_order(session, user.actor, order.id, now=utc_now())
                    st.session_state[TOAST] = "It is back."
                    st.rerun()
