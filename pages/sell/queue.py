"""Sale queue: published pieces on the way to their price, by hand or by a client."""

import functools

import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.runtime import get_runtime
from core.sales import listing
from core.sales.listing import SaleFilter
from core.sales.models import SaleQueueStatus
from core.ui.gate import current_user
from core.ui.page import page_header, zone_note
from core.ui.sell import by_hand, dialogs, entries, notice, query, rows
from core.ui.sell.attention import show_attention, show_totals
from core.ui.sell.empty import show_empty_queue
from core.ui.sell.query import Chosen
from core.ui.sell.watch import watch
from core.ui.tables import csv_button, csv_bytes

PAGE_SIZE = 25

user = current_user()
database = get_runtime().database
now = utc_now()


def show_head(chosen: Chosen, waiting: int) -> None:
    """What the screen is for, and the switch between the list and one piece at a time."""
    left, right = st.columns([4, 1.2], vertical_alignment="bottom")
    with left:
        page_header("Sale queue", f"Published pieces on the way to their price. {zone_note(user.timezone)}")
    with right, st.container(horizontal_alignment="right"):
        if chosen.is_by_hand:
            st.button("Back to the list", icon=":material/list:", key="sales-list", on_click=query.switch,
                      kwargs={"by_hand": False})  # fmt: skip
        else:
            st.button("Price by hand", icon=":material/edit:", type="primary", key="sales-hand", disabled=not waiting,
                      on_click=query.switch, kwargs={"by_hand": True})  # fmt: skip


def show_how() -> None:
    """What people wonder about: why this is not done by Atelier itself."""
    st.caption(
        "DeviantArt’s public API cannot set a price. So each one is set by hand, or by a client such as a browser "
        "extension that asks for the next piece here."
    )


def show_list(user: SignedIn, chosen: Chosen) -> None:
    """The rows of this page, each with what can be done to it."""
    with database.read() as session:
        page = listing.list_sales(session, user.actor, chosen.wanted, page=chosen.page, page_size=PAGE_SIZE, now=now)
    if not page.rows:
        show_empty_queue(chosen)
        return
    with st.container(key="sale-rows", gap="small"):
        for sale in page.rows:
            entry = rows.show_row(sale, user.timezone, now=now, entries=entries.ENTRIES[sale.status])
            if entry is not None:  # here, so that a refusal stands below its row
                entries.choose(user, sale, entry)
    query.show_pages(page.number, page.pages)
    csv_button(functools.partial(make_csv, user, chosen.wanted), "sale-queue", key="sales-csv")


def make_csv(user: SignedIn, wanted: SaleFilter) -> bytes:
    """The export; made when the button is pressed."""
    with database.read() as session:
        return csv_bytes(listing.sales_csv(session, user.actor, wanted, now=utc_now()))


chosen = query.current()
with database.read() as session:
    signs = listing.signs(session, user.actor, now=now)
    silent = listing.list_silent(session, user.actor, now=now)
    totals = listing.totals(session, user.actor)
    waiting = listing.list_waiting(session, user.actor, now=now) if chosen.is_by_hand else ()
rows.apply()
show_head(chosen, signs.counts[SaleQueueStatus.PENDING])
notice.show()
if chosen.is_by_hand:
    by_hand.show_by_hand(user, chosen, waiting, signs.counts[SaleQueueStatus.PENDING])
else:
    show_how()
    show_attention(user, signs.counts, silent)
    show_totals(totals)
    if any(signs.counts.values()):
        query.show_filters(chosen, signs.counts)
    show_list(user, chosen)
    watch(user, signs, drawn_at=now)
dialogs.show(user)
