"""The items of an order: cards with their pictures, what went wrong, and a file of all of them."""

from collections.abc import Callable, Sequence
from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.orders import actions
from core.studio.orders.detail import ItemPage, ItemView, list_items
from core.studio.orders.models import ItemStatus
from core.ui.errors import guarded
from core.ui.money import dollars, plain_dollars
from core.ui.orders.attempts import show_details
from core.ui.orders.toast import TOAST
from core.ui.pictures import Picture, show_picture
from core.ui.tables import csv_bytes
from core.ui.times import moment
from core.ui.words import plain, shortened

ACROSS = 3
EXPORTED_AT_ONCE = 500
HEAD = ("item", "batch", "status", "prompt", "negative_prompt", "parameters", "choices", "pictures", "cost_usd",
        "estimated_usd", "tries", "error", "completed_at")  # fmt: skip
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


def act_on_order(runtime: Runtime, said: str, act: Callable[[Session], object]) -> None:
    """Do it, say so, and draw the screen anew."""
    with guarded():
        with runtime.database.session() as session:
            act(session)
        st.session_state[TOAST] = said
        st.rerun()


def show_items(runtime: Runtime, user: SignedIn, order_id: str) -> None:
    """One page of cards."""
    now = utc_now()
    group = st.segmented_control(
        "Items", list(_GROUPS), default="All", key=f"order-items-{order_id}", label_visibility="collapsed"
    )
    page_key = f"order-items-page-{order_id}"
    number = int(st.session_state.get(page_key, 1))
    with runtime.database.read() as session:
        page = list_items(session, user.actor, order_id, statuses=_GROUPS[group or "All"], page=number)
    if not page.rows:
        st.caption("No items here.")
    for start in range(0, len(page.rows), ACROSS):
        for column, item in zip(st.columns(ACROSS), page.rows[start : start + ACROSS], strict=False):
            with column:
                _show_item(runtime, user, item, now)
    if page.pages > 1:
        st.pagination(page.pages, key=page_key)


def _show_item(runtime: Runtime, user: SignedIn, item: ItemView, now: datetime) -> None:
    """Its parts are always there, empty or not: what is open below a picture stays open when the picture comes."""
    with st.container(border=True, key=f"item-{item.id}", gap="xsmall"):
        with st.container(gap="xsmall"):
            for picture in item.pictures:
                show_picture(Picture(picture.blob_id, shortened(item.prompt, 120), f"/gallery?product={picture.id}"))
        with st.container(gap="xsmall"):
            _show_facts(item, user.timezone, now)
        with st.container(horizontal=True, vertical_alignment="center"):
            show_details(runtime, user, item, now)
            if item.status in (ItemStatus.FAILED, ItemStatus.CANCELLED) and st.button(
                "Retry", key=f"retry-{item.id}", icon=":material/replay:"
            ):
                act_on_order(runtime, "It goes again.", lambda session: actions.retry_items(
                    session, user.actor, item.order_id, [item.id], now=utc_now()))  # fmt: skip


def _show_facts(item: ItemView, timezone: str, now: datetime) -> None:
    facts = [f"{item.number}", "being cancelled" if item.is_cancelling else _WORDS[item.status]]
    if item.cost is not None:
        facts.append("free" if item.cost == 0 else dollars(item.cost))
    elif item.status is ItemStatus.COMPLETE:
        facts.append("cost unknown")
    st.caption(" · ".join(facts))
    if item.status is ItemStatus.GENERATING and item.progress is not None:
        st.progress(item.progress)
    st.markdown(plain(shortened(item.prompt, 160)))
    if item.choices:
        st.caption(plain(", ".join(f"{name}: {value or 'nothing'}" for name, value in item.choices.items())))
    if item.error_message and item.status is not ItemStatus.COMPLETE:
        _show_error(item, timezone, now)


def _show_error(item: ItemView, timezone: str, now: datetime) -> None:
    colour = "red" if item.status is ItemStatus.FAILED else "orange"
    st.markdown(f":{colour}[:material/error:] {plain(item.error_message or '')}")
    if item.status is ItemStatus.PENDING and item.due_at is not None and item.due_at > now:
        st.caption(f"Try {item.retry_count + 1} {moment(item.due_at, timezone, now=now)}.")
    elif item.has_lost_call and item.status is ItemStatus.FAILED:
        st.caption("The answer to a call before was lost: the provider may have charged that one too.")


def items_csv(runtime: Runtime, user: SignedIn, order_id: str) -> bytes:
    """All items of an order; instants in UTC, money in US dollars, empty where nobody knows."""
    rows: list[Sequence[object]] = [[f"# Atelier items of order {order_id}"], HEAD]
    page: ItemPage | None = None
    with runtime.database.read() as session:
        while page is None or page.number < page.pages:
            number = page.number + 1 if page else 1
            page = list_items(session, user.actor, order_id, page=number, size=EXPORTED_AT_ONCE)
            rows.extend(map(_csv_row, page.rows))
    return csv_bytes(rows)


def _csv_row(item: ItemView) -> Sequence[object]:
    return [
        item.number, item.batch, item.status.value, item.prompt, item.negative_prompt, _pairs(item.parameters),
        _pairs(item.choices), len(item.pictures), "" if item.cost is None else plain_dollars(item.cost),
        "" if item.estimated_cost is None else plain_dollars(item.estimated_cost), item.retry_count,
        item.error_message or "",
        "" if item.completed_at is None else item.completed_at.isoformat(timespec="seconds"),
    ]  # fmt: skip


def _pairs(values: dict[str, object]) -> str:
    return "; ".join(f"{name}={value}" for name, value in values.items())
