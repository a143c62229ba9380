"""One order: where it stands, what can be done with it, its items."""

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.orders import actions
from core.studio.orders.access import get_order
from core.studio.orders.detail import ItemView, list_items, order_view
from core.studio.orders.listing import OrderView
from core.studio.orders.models import ItemStatus
from core.ui.errors import guarded
from core.ui.money import dollars
from core.ui.orders.attempts import show_attempts, show_log
from core.ui.orders.listing import cost_of
from core.ui.orders.progress import badge_of, sentence_of, show_progress
from core.ui.pictures import Picture, show_picture
from core.ui.times import moment
from core.ui.words import count, plain, shortened

TOAST = "orders.toast"
SECONDS = 2
_GROUPS: dict[str, tuple[ItemStatus, ...]] = {
    "All": (),
    "Complete": (ItemStatus.COMPLETE,),
    "Waiting": (ItemStatus.PENDING, ItemStatus.GENERATING),
    "Failed": (ItemStatus.FAILED,),
    "Cancelled": (ItemStatus.CANCELLED,),
}
_WORDS = {
    ItemStatus.PENDING: "waiting",
    ItemStatus.GENERATING: "being made",
    ItemStatus.COMPLETE: "complete",
    ItemStatus.FAILED: "failed",
    ItemStatus.CANCELLED: "cancelled",
}


def show_order(runtime: Runtime, user: SignedIn, order_id: str) -> None:
    """The whole screen of one order."""
    st.page_link("pages/create/orders.py", label="All orders", icon=":material/arrow_back:")
    _show_live(runtime, user, order_id)


@st.fragment(run_every=SECONDS)
def _show_live(runtime: Runtime, user: SignedIn, order_id: str) -> None:
    now = utc_now()
    with runtime.database.read() as session:
        order = order_view(session, user.actor, order_id)
        kept = get_order(session, user.actor, order_id).base_parameter_set
    _show_head(order, user.timezone, now)
    _show_actions(runtime, user, order)
    with st.expander("As it was ordered"):
        st.text(str(kept.get("prompt", "")))
        if kept.get("negative_prompt"):
            st.caption("Without")
            st.text(str(kept["negative_prompt"]))
        if kept.get("parameters"):
            st.caption(plain(", ".join(f"{name}: {value}" for name, value in kept["parameters"].items())))
    _show_items(runtime, user, order, now)
    show_log(runtime, user, order_id, now)


def _show_head(order: OrderView, timezone: str, now: datetime) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        label, colour = badge_of(order)
        st.badge(label, color=colour)
        st.markdown(f"**{plain(shortened(order.prompt, 140)) or 'Without words'}**")
    facts = [order.model_name, order.provider, moment(order.created_at, timezone, now=now), cost_of(order)]
    if order.project:
        facts.insert(2, plain(order.project))
    st.caption(" · ".join(facts))
    if order.has_ended:
        st.markdown(sentence_of(order))
    else:
        show_progress(order)


def _show_actions(runtime: Runtime, user: SignedIn, order: OrderView) -> None:
    with st.container(horizontal=True, gap="small"):
        if not order.has_ended:
            if order.paused_at is None:
                if st.button("Pause", icon=":material/pause:", key="order-pause"):
                    _act(runtime, "Nothing new of it is begun.", lambda session: actions.pause_order(
                        session, user.actor, order.id, now=utc_now()))  # fmt: skip
            elif st.button("Go on", icon=":material/play_arrow:", key="order-resume", type="primary"):
                _act(runtime, "It goes on.", lambda session: actions.resume_order(
                    session, user.actor, order.id, now=utc_now()))  # fmt: skip
            if not order.is_cancelling:
                with st.popover("Cancel", icon=":material/cancel:"):
                    st.markdown("What has not begun ends at once; what runs is cancelled at the provider.")
                    if st.button("Cancel the order", key="order-cancel"):
                        _act(runtime, "Cancelled.", lambda session: actions.cancel_order(
                            session, user.actor, order.id, now=utc_now()))  # fmt: skip
        again = order.failed + order.cancelled
        if again and st.button(f"Retry {count(again, 'item')}", icon=":material/replay:", key="order-retry"):
            _act(runtime, f"{count(again, 'item')} go again.", lambda session: actions.retry_items(
                session, user.actor, order.id, now=utc_now()))  # fmt: skip
        if order.products:
            st.page_link("pages/create/gallery.py", label="Cull its pictures", icon=":material/photo_library:",
                         query_params={"order": order.id})  # fmt: skip
        st.page_link("pages/create/generate.py", label="Order again", icon=":material/content_copy:",
                     query_params={"order": order.id})  # fmt: skip
        if order.has_ended and st.button("Delete", icon=":material/delete:", key="order-delete", type="tertiary"):
            with guarded():
                with runtime.database.session() as session:
                    actions.delete_order(session, user.actor, order.id, now=utc_now())
                st.session_state[TOAST] = "Moved to the trash; its pictures stay. Show › Trash brings it back."
                st.query_params.pop("order", None)
                st.rerun()


def _act(runtime: Runtime, said: str, act: Callable[..., object]) -> None:
    with guarded():
        with runtime.database.session() as session:
            act(session)
        st.session_state[TOAST] = said
        st.rerun()


def _show_items(runtime: Runtime, user: SignedIn, order: OrderView, now: datetime) -> None:
    group = st.segmented_control("Items", list(_GROUPS), default="All", key="order-items", label_visibility="collapsed")
    number = int(st.session_state.get("order-items-page", 1))
    with runtime.database.read() as session:
        page = list_items(session, user.actor, order.id, statuses=_GROUPS[group or "All"], page=number)
    if not page.rows:
        st.caption("No items here.")
    for start in range(0, len(page.rows), 3):
        for column, item in zip(st.columns(3), page.rows[start : start + 3], strict=False):
            with column:
                _show_item(runtime, user, item, now)
    if page.pages > 1:
        st.pagination(page.pages, key="order-items-page")


def _show_item(runtime: Runtime, user: SignedIn, item: ItemView, now: datetime) -> None:
    with st.container(border=True, key=f"item-{item.id}"):
        for picture in item.pictures:
            show_picture(Picture(picture.blob_id, shortened(item.prompt, 120), f"/gallery?product={picture.id}"))
        facts = [f"{item.number}", _WORDS[item.status]]
        if item.is_cancelling:
            facts[1] = "being cancelled"
        if item.cost is not None:
            facts.append("free" if item.cost == 0 else dollars(item.cost))
        st.caption(" · ".join(facts))
        if item.status is ItemStatus.GENERATING and item.progress is not None:
            st.progress(item.progress)
        st.markdown(plain(shortened(item.prompt, 160)))
        if item.choices:
            st.caption(plain(", ".join(f"{name}: {value or 'nothing'}" for name, value in item.choices.items())))
        if item.error_message and item.status is not ItemStatus.COMPLETE:
            _show_error(item, user.timezone, now)
        if item.status in (ItemStatus.FAILED, ItemStatus.CANCELLED) and st.button(
            "Retry", key=f"retry-{item.id}", icon=":material/replay:"
        ):
            _act(runtime, "It goes again.", lambda session: actions.retry_items(
                session, user.actor, item.order_id, [item.id], now=utc_now()))  # fmt: skip
        show_attempts(runtime, user, item, now)


def _show_error(item: ItemView, timezone: str, now: datetime) -> None:
    st.markdown(f":red[:material/error:] {plain(item.error_message or '')}")
    if item.status is ItemStatus.PENDING and item.due_at is not None and item.due_at > now:
        st.caption(f"Try {item.retry_count + 1} {moment(item.due_at, timezone, now=now)}.")
    elif item.may_be_charged and item.status is ItemStatus.FAILED:
        st.caption("The provider may have charged this call. Retrying makes another one.")
