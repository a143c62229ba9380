"""The list of orders: filters, cards, export."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.orders.listing import OrderFilter, OrderPage, OrderView, is_any_running, list_orders
from core.studio.orders.models import OrderStatus
from core.ui.money import plain_dollars
from core.ui.orders.cost import cost_of
from core.ui.orders.progress import badge_of, sentence_of, show_progress
from core.ui.orders.standing import Standing, show_wait, standings_of
from core.ui.pictures import Picture, show_strip
from core.ui.tables import csv_button, csv_bytes
from core.ui.times import moment
from core.ui.words import count, plain, shortened

SECONDS = 3
# In the session: the filters as they stood in the address, for the way back from an order.
SHOWN = "orders-shown"
MOST_EXPORTED = 10_000
GROUPS: dict[str, tuple[OrderStatus, ...]] = {
    "All": (),
    "Running": (OrderStatus.PENDING, OrderStatus.PROCESSING),
    "Complete": (OrderStatus.FULFILLED,),
    "With failures": (OrderStatus.PARTIALLY_FULFILLED, OrderStatus.FAILED),
    "Cancelled": (OrderStatus.CANCELLED,),
    "Trash": (),
}
HEAD = ("order", "placed_at", "status", "provider", "model", "project", "items", "complete", "failed", "cancelled",
        "pictures", "estimated_usd", "cost_usd", "unpriced_items", "prompt")  # fmt: skip


def ask_filter() -> OrderFilter:
    """The filters above the list; they live in the address."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = st.segmented_control(
            "Show", list(GROUPS), default="All", key="orders-show", bind="query-params", label_visibility="collapsed"
        )
        label = "Words of the prompt"
        words = st.text_input(
            label, key="orders-words", bind="query-params", placeholder=label, label_visibility="collapsed", width=240
        )
        project_id = st.query_params.get("project")
        if project_id and st.button("Of one project", icon=":material/close:", key="orders-project",
                                    help="Show the orders of all projects"):  # fmt: skip
            del st.query_params["project"]
            st.rerun()
    st.session_state[SHOWN] = st.query_params.to_dict()
    chosen = group or "All"
    return OrderFilter(
        statuses=GROUPS[chosen], words=words or "", project_id=project_id or None, in_trash=chosen == "Trash"
    )


def show_orders(runtime: Runtime, user: SignedIn, wanted: OrderFilter) -> None:
    """One page of orders; draws itself anew as long as something runs."""
    with runtime.database.read() as session:
        is_running = is_any_running(session, user.actor)
    st.fragment(_show_page, run_every=SECONDS if is_running else None)(runtime, user, wanted, is_live=is_running)


def _show_page(runtime: Runtime, user: SignedIn, wanted: OrderFilter, *, is_live: bool) -> None:
    number, now = int(st.session_state.get("orders-page", 1)), utc_now()
    with runtime.database.read() as session:
        page = list_orders(session, user.actor, wanted, page=number)
        standings = standings_of(session, page.rows, now=now)
        is_over = is_live and not is_any_running(session, user.actor)
    if is_over:
        st.rerun()  # the whole screen, which then stops looking
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(count(page.total, "order"))
        csv_button(lambda: orders_csv(runtime, user, wanted), "atelier-orders", key="orders-csv")
    if not page.rows:
        st.caption("No order fits. Choose “All”, or other words.")
    for order in page.rows:
        _show_card(order, standings[order.id], user.timezone, now)
    if page.pages > 1:
        st.pagination(page.pages, key="orders-page")


def orders_csv(runtime: Runtime, user: SignedIn, wanted: OrderFilter) -> bytes:
    """Everything that matches; instants in UTC, money in US dollars, empty where nobody knows."""
    rows: list[OrderView] = []
    page: OrderPage | None = None
    with runtime.database.read() as session:
        while page is None or (page.number < page.pages and len(rows) < MOST_EXPORTED):
            page = list_orders(session, user.actor, wanted, page=page.number + 1 if page else 1, size=500)
            rows.extend(page.rows)
    states = ", ".join(status.value for status in wanted.statuses) or "all"
    filters = f"# Atelier orders. Filters: status {states}; words “{wanted.words}”; trash {wanted.in_trash}"
    return csv_bytes([[filters], HEAD, *map(_csv_row, rows)])


def _csv_row(order: OrderView) -> Sequence[object]:
    return [
        order.id, order.created_at.isoformat(timespec="seconds"), order.status.value, order.provider, order.model,
        order.project or "", order.total, order.completed, order.failed, order.cancelled, order.products,
        "" if order.estimated_cost is None else plain_dollars(order.estimated_cost),
        "" if order.cost is None else plain_dollars(order.cost), order.unpriced, order.prompt,
    ]  # fmt: skip


def _show_card(order: OrderView, standing: Standing, timezone: str, now: datetime) -> None:
    with st.container(border=True, key=f"order-{order.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            label, colour = badge_of(order)
            st.badge(label, color=colour)
            st.page_link(
                "pages/create/orders.py",
                label=plain(shortened(order.prompt, 90)) or "Without words",
                query_params={"order": order.id},
            )
        facts = [plain(order.model_name), cost_of(order), moment(order.created_at, timezone, now=now)]
        if order.project:
            facts.insert(1, plain(order.project))
        if order.has_ended:
            facts.insert(1, sentence_of(order))
        st.caption(" · ".join(facts))
        if not order.has_ended:
            show_progress(order, standing)
            show_wait(standing, timezone, now)
        if order.covers:
            show_strip(Picture(blob_id) for blob_id in order.covers)
