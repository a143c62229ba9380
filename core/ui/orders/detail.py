"""One order: where it stands, what can be done with it, its items."""

from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.orders import actions
from core.studio.orders.access import get_order
from core.studio.orders.detail import order_view
from core.studio.orders.listing import OrderView
from core.studio.orders.models import Order
from core.ui.errors import guarded
from core.ui.generate.wording import show_saving
from core.ui.orders import look
from core.ui.orders.attempts import show_log
from core.ui.orders.cost import cost_of
from core.ui.orders.items import act_on_order, items_csv, show_items
from core.ui.orders.listing import SHOWN
from core.ui.orders.progress import badge_of, sentence_of, show_progress
from core.ui.orders.standing import Standing, show_wait, standings_of
from core.ui.orders.toast import TOAST
from core.ui.tables import csv_button
from core.ui.times import moment
from core.ui.words import count, plain, shortened

SECONDS = 2


def show_order(runtime: Runtime, user: SignedIn, order_id: str, now: datetime) -> None:
    """The whole screen of one order. Only what moves is drawn anew, and only while it moves."""
    look.apply()
    st.page_link("pages/create/orders.py", label="All orders", icon=":material/arrow_back:",
                 query_params=st.session_state.get(SHOWN, {}))  # fmt: skip
    with runtime.database.read() as session:
        order = order_view(session, user.actor, order_id)
        kept = get_order(session, user.actor, order_id)
    is_live = not order.has_ended
    pace = SECONDS if is_live else None
    st.fragment(_show_standing, run_every=pace)(runtime, user, order_id, is_live=is_live)
    _show_kept(runtime, user, order, kept)
    st.fragment(show_items, run_every=pace)(runtime, user, order_id)
    show_log(runtime, user, order_id, now)


def _show_standing(runtime: Runtime, user: SignedIn, order_id: str, *, is_live: bool) -> None:
    now = utc_now()
    with runtime.database.read() as session:
        order = order_view(session, user.actor, order_id)
        standing = standings_of(session, [order], now=now)[order.id]
    if is_live and order.has_ended:
        st.rerun()  # the whole screen, which then stops looking
    _show_head(order, standing, user.timezone, now)
    _show_actions(runtime, user, order)


def _show_head(order: OrderView, standing: Standing, timezone: str, now: datetime) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        label, colour = badge_of(order)
        st.badge(label, color=colour)
        st.markdown(f"**{plain(shortened(order.prompt, 140)) or 'Without words'}**")
    facts = [plain(order.model_name), plain(order.provider_name), moment(order.created_at, timezone, now=now)]
    if order.project:
        facts.append(plain(order.project))
    st.caption(" · ".join([*facts, cost_of(order)]))
    if order.has_ended:
        st.markdown(sentence_of(order))
    else:
        show_progress(order, standing)
    with st.container():  # always there, so that what follows keeps its place
        show_wait(standing, timezone, now)


def _show_actions(runtime: Runtime, user: SignedIn, order: OrderView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not order.has_ended:
            if order.paused_at is not None:
                if st.button("Go on", icon=":material/play_arrow:", key="order-resume", type="primary"):
                    act_on_order(runtime, "It goes on.", lambda session: actions.resume_order(
                        session, user.actor, order.id, now=utc_now()))  # fmt: skip
            elif not order.is_cancelling and st.button("Pause", icon=":material/pause:", key="order-pause"):
                act_on_order(runtime, "Nothing new of it is begun.", lambda session: actions.pause_order(
                    session, user.actor, order.id, now=utc_now()))  # fmt: skip
            if not order.is_cancelling:
                with st.popover("Cancel", icon=":material/cancel:", key="order-cancelling"):
                    st.markdown("What has not begun ends at once; what runs is cancelled at the provider.")
                    if st.button("Cancel the order", key="order-cancel"):
                        act_on_order(runtime, "Cancelled.", lambda session: actions.cancel_order(
                            session, user.actor, order.id, now=utc_now()))  # fmt: skip
        again = order.failed + order.cancelled
        if again and st.button(f"Retry {count(again, 'item')}", icon=":material/replay:", key="order-retry"):
            act_on_order(runtime, f"{count(again, 'item')} go again.", lambda session: actions.retry_items(
                session, user.actor, order.id, now=utc_now()))  # fmt: skip
        if order.products:
            st.page_link("pages/create/gallery.py", label="Cull its pictures", icon=":material/photo_library:",
                         query_params={"order": order.id})  # fmt: skip


def _show_kept(runtime: Runtime, user: SignedIn, order: OrderView, kept: Order) -> None:
    """What was ordered, and what can be made of it again."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link("pages/create/generate.py", label="Order again", icon=":material/content_copy:",
                     query_params={"order": order.id})  # fmt: skip
        with runtime.database.read() as session:
            again = actions.form_of(session, user.actor, order.id)
        show_saving(runtime, user, again, None, toast=TOAST)
        csv_button(lambda: items_csv(runtime, user, order.id), f"atelier-{order.id}", key="order-csv")
        if order.has_ended and st.button("Delete", icon=":material/delete:", key="order-delete", type="tertiary"):
            _delete(runtime, user, order.id)
    form = kept.base_parameter_set
    with st.expander("As it was ordered", icon=":material/description:"):
        st.code(str(form.get("prompt", "")) or "–", language=None, wrap_lines=True)
        if form.get("negative_prompt"):
            st.caption("Negative prompt")
            st.code(str(form["negative_prompt"]), language=None, wrap_lines=True)
        if form.get("parameters"):
            st.caption(plain(", ".join(f"{name} {value}" for name, value in form["parameters"].items())))


def _delete(runtime: Runtime, user: SignedIn, order_id: str) -> None:
    with guarded():
        with runtime.database.session() as session:
            actions.delete_order(session, user.actor, order_id, now=utc_now())
        st.session_state[TOAST] = "Moved to the trash; its pictures stay. “Trash” above the list brings it back."
        st.query_params.pop("order", None)
        st.rerun()
