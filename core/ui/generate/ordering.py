"""Pressing *Order*: once is one order, however often it was clicked."""

from datetime import datetime, timedelta

import streamlit as st

from core.clock import utc_now
from core.errors import AtelierError
from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.catalogue.offers import Offer
from core.studio.orders import placing
from core.studio.orders.forms import OrderForm
from core.studio.orders.placing import Preview
from core.ui.errors import guarded
from core.ui.generate.draft import Draft
from core.ui.generate.preview import show_headline
from core.ui.generate.quoting import preview, quotes_of_visit
from core.ui.generate.wording import TOAST
from core.ui.money import dollars
from core.ui.words import count, plain

PLACED = "generate.placed"
BUTTON = "generate.button"
# Two presses closer together than this are a double click, however slow the screen was in between.
DOUBLE_CLICK = timedelta(seconds=3)


def show_offer(
    runtime: Runtime, user: SignedIn, draft: Draft, offer: Offer, form: OrderForm, *, now: datetime
) -> Preview | None:
    """How many for how much, the button, and the way to what it ordered; or why it cannot be ordered, and ``None``."""
    try:
        seen = preview(runtime, user, offer, form, now=now)
    except AtelierError as error:
        st.warning(plain(str(error)), icon=":material/edit_note:")
        return None
    show_headline(seen)
    _show_button(runtime, user, draft, form, seen)
    _show_placed(draft)
    return seen


def _show_button(runtime: Runtime, user: SignedIn, draft: Draft, form: OrderForm, seen: Preview) -> None:
    """The button, which says how many pictures for how much."""
    cost = seen.estimate.cost
    price = f" · about {dollars(cost)}" if cost else ""
    # Its key is that of the order to be, and of what it says: a click meant for the one before, or for the count before
    # the prompt was changed, finds no button.
    key = f"place-{draft.token}-{seen.images}-{cost}"
    label = f"Order {count(seen.images, 'picture')}{price}"
    if st.button(label, type="primary", key=key, icon=":material/brush:", disabled=not seen.expansion.items):
        _order(runtime, user, draft, form, seen.images)
    elif _was_meant_otherwise(draft, key):
        st.toast(
            f"Nothing was ordered: the form had changed, and the button now says “{plain(label)}”. Press it again."
        )


def _was_meant_otherwise(draft: Draft, key: str) -> bool:
    """Whether the button that was pressed is this order's, as it was before the form changed."""
    before: str | None = st.session_state.get(BUTTON)
    st.session_state[BUTTON] = key
    if before is None or before == key or not before.startswith(f"place-{draft.token}-"):
        return False
    return bool(st.session_state.get(before))


def _show_placed(draft: Draft) -> None:
    """The way to the order that was just placed, until the form is changed."""
    placed = st.session_state.get(PLACED)
    if placed and placed[1] == draft.kept():
        st.page_link("pages/create/orders.py", label="Ordered. See how it comes along", icon=":material/check_circle:",
                     query_params={"order": placed[0]})  # fmt: skip


def _order(runtime: Runtime, user: SignedIn, draft: Draft, form: OrderForm, images: int) -> None:
    if _is_double_click(draft, utc_now()):
        st.toast("Ordered once: the second press came right after the first. Press again for another order.")
        return
    with guarded():
        with runtime.database.session() as session:
            order_id = placing.place(session, user.actor, form, now=utc_now(), quotes=quotes_of_visit()).id
        st.session_state[PLACED] = (order_id, draft.kept(), utc_now())
        st.session_state[TOAST] = f"{count(images, 'picture')} ordered."
        draft.renew()
        st.rerun()


def _is_double_click(draft: Draft, now: datetime) -> bool:
    placed = st.session_state.get(PLACED)
    return placed is not None and placed[1] == draft.kept() and bool(now - placed[2] < DOUBLE_CLICK)
