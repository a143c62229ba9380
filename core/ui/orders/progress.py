"""How far an order is, in a bar and a sentence."""

from typing import Literal

import streamlit as st

from core.studio.orders.listing import OrderView
from core.studio.orders.models import OrderStatus
from core.ui.orders.standing import Standing, left_in_words
from core.ui.words import count

Colour = Literal["gray", "blue", "green", "orange", "red"]

_BADGES: dict[OrderStatus, tuple[str, Colour]] = {
    OrderStatus.PENDING: ("Waiting", "gray"),
    OrderStatus.PROCESSING: ("Being made", "blue"),
    OrderStatus.FULFILLED: ("Complete", "green"),
    OrderStatus.PARTIALLY_FULFILLED: ("Partly complete", "orange"),
    OrderStatus.FAILED: ("Failed", "red"),
    OrderStatus.CANCELLED: ("Cancelled", "gray"),
}


def badge_of(order: OrderView) -> tuple[str, Colour]:
    """The word for where an order stands, and its colour."""
    if order.is_cancelling:
        return "Being cancelled", "orange"
    if order.paused_at is not None and not order.has_ended:
        return "Paused", "orange"
    return _BADGES[order.status]


def sentence_of(order: OrderView) -> str:
    """``34 of 60 made, 4 under way, 2 failed``; with the pictures where an item makes several."""
    parts = [f"{order.completed:,} of {order.total:,} made"]
    if order.generating:
        parts.append(f"{order.generating:,} under way")
    if order.failed:
        parts.append(f"{order.failed:,} failed")
    if order.cancelled:
        parts.append(f"{order.cancelled:,} cancelled")
    if order.images != order.total:
        parts.append(f"{order.products:,} of {count(order.images, 'picture')}")
    elif order.products and order.products != order.completed:
        parts.append(count(order.products, "picture"))
    return ", ".join(parts)


def show_progress(order: OrderView, standing: Standing | None = None) -> None:
    """A bar while it runs, with the time left when it can be said; the sentence alone afterwards."""
    left = left_in_words(standing) if standing is not None else ""
    said = f"{sentence_of(order)} · {left}" if left else sentence_of(order)
    if order.has_ended:
        st.caption(said)
    else:
        st.progress(order.progress, text=said)
