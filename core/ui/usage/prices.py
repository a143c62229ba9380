"""Calls without a price, and the prices of the house: said to everybody, changed by administrators."""

from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from functools import partial
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.metering.errors import InvalidPrice
from core.metering.figures import Entry
from core.metering.models import PriceUnit
from core.metering.price_list import PriceForm, PriceView, csv_rows, end_price, list_bundled, list_prices, set_price
from core.metering.prices.overrides import EVERY_MODEL
from core.metering.prices.tokens import VERSION
from core.runtime import get_runtime
from core.ui.errors import guarded
from core.ui.money import plain_dollars
from core.ui.page import format_day
from core.ui.tables import csv_button, csv_bytes
from core.ui.usage.notice import SAID
from core.ui.words import count, plain

UNITS = {
    PriceUnit.IMAGE: "picture",
    PriceUnit.MEGAPIXEL: "megapixel",
    PriceUnit.SECOND: "second of computing",
    PriceUnit.REQUEST: "call",
    PriceUnit.TOKENS_IN: "million tokens of text in",
    PriceUnit.TOKENS_IN_IMAGE: "million tokens of pictures in",
    PriceUnit.TOKENS_CACHED: "million cached tokens",
    PriceUnit.TOKENS_OUT: "million tokens of text out",
    PriceUnit.TOKENS_OUT_IMAGE: "million tokens of pictures out",
    PriceUnit.BUZZ: "Buzz",
}
_SHOWN = 5


def show_unpriced(user: SignedIn, entries: Sequence[Entry]) -> None:
    """What the sums leave out, and how to have it in them from now on."""
    if not entries:
        return
    calls = sum(entry.sums.unpriced for entry in entries)
    with st.container(border=True, key="usage-unpriced"):
        st.markdown(
            f":orange[:material/help:] **{count(calls, 'call')} of {count(len(entries), 'model')} "
            f"{'has' if calls == 1 else 'have'} no known price** and {'is' if calls == 1 else 'are'} not in the sums."
        )
        for entry in entries[:_SHOWN]:
            _show_unpriced_model(user, entry)
        rest = len(entries) - _SHOWN
        more = f"{count(rest, 'model')} more under By model. " if rest > 0 else ""
        who = "A price holds for calls from then on; past ones keep what is known of them."
        st.caption(f"{more}{who if user.is_admin else 'Administrators can set a price: ask one of them.'}")


def _show_unpriced_model(user: SignedIn, entry: Entry) -> None:
    provider, model = entry.key
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{plain(entry.name)} :gray[{plain(provider)} · {count(entry.sums.unpriced, 'call')}]")
        if user.is_admin and st.button("Set a price", key=f"price-{provider}-{model}", type="tertiary"):
            ask_price(user, provider, model)


def show_prices(user: SignedIn) -> None:
    """The prices in force: those of the house, and those that come with Atelier."""
    now = utc_now()
    with get_runtime().database.read() as session:
        views = list_prices(session, now=now)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown("**Set by this house**")
        if user.is_admin and st.button("Set a price", key="price-new", icon=":material/add:"):
            ask_price(user, "", "")
    if not views:
        st.caption("None. Calls are reckoned by what the provider reports, else by the lists below.")
    for view in views:
        _show_price(user, view, now)
    if views:
        csv_button(partial(_csv, views), "prices", key="prices-csv")
    st.markdown("**Bundled**")
    st.caption(
        f"Tokens of OpenAI and Gemini: genai-prices {VERSION}. Pictures on hardware of the house cost nothing. "
        "Prices change: compare them with what your provider bills."
    )
    _show_bundled()


def _show_price(user: SignedIn, view: PriceView, now: datetime) -> None:
    price = view.price
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"house-price-{price.id}"):
        with st.container(gap=None):
            narrowed = ", ".join(one for one in (price.modality, price.size, price.quality) if one)
            model = "all models" if price.model == EVERY_MODEL else plain(price.model)
            only = f" :gray[{plain(narrowed)}]" if narrowed else ""
            st.markdown(f"**{plain(price.provider)} · {model}**{only}")
            st.caption(f"\\${_exactly(price.amount)} a {UNITS[price.unit]} · {_when(view, user.timezone, now)}")
        if view.holds or price.valid_from > now:
            if not view.holds:
                st.badge("Planned", color="blue")
            if user.is_admin and st.button("End", key=f"end-{price.id}", type="tertiary"):
                with guarded():
                    with get_runtime().database.session() as session:
                        end_price(session, user.actor, price.id, now=utc_now())
                    SAID.leave("The price holds no longer.")
                    st.rerun()
        else:
            st.badge("Past", color="gray")


def _when(view: PriceView, timezone: str, now: datetime) -> str:
    price = view.price
    words = f"from {format_day(price.valid_from, timezone, now=now)}"
    if price.valid_until:
        words += f" until {format_day(price.valid_until, timezone, now=now)}"
    if view.set_by:
        words += f" · set by {plain(view.set_by)}"
    return words + (f" · {plain(price.note)}" if price.note else "")


def _show_bundled() -> None:
    rows = [
        {
            "Provider": kind,
            "Model": "all" if rate.model == EVERY_MODEL else rate.model,
            "For": ", ".join(one for one in (rate.size, rate.quality) if one),
            "Price": f"${_exactly(rate.amount)} a {UNITS[rate.unit]}",
            "Since": str(rate.valid_from or ""),
            "Listed by": f"{rate.source}, {rate.version}",
        }
        for kind, rate in list_bundled()
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="bundled-prices", alt=f"{len(rows)} bundled prices")


def _exactly(amount: Decimal) -> str:
    """All places there are; a price is not rounded."""
    return plain_dollars(amount) if amount.normalize() == round(amount, 2) else f"{amount.normalize():f}"


def _csv(views: Sequence[PriceView]) -> bytes:
    return csv_bytes(csv_rows(views))


@st.dialog("Set a price", icon=":material/sell:")
def ask_price(user: SignedIn, provider: str, model: str) -> None:
    """A price for a model, from now or from a day on."""
    key = f"{provider}-{model}"
    provider = st.text_input("Provider", provider, key=f"price-provider-{key}", help="Its short word, as fal.")
    model = st.text_input("Model", model, key=f"price-model-{key}", help="The provider's own name; * is all of them.")
    left, right = st.columns([1, 1.4])
    amount = left.text_input("US dollars", key=f"price-amount-{key}", placeholder="0.04")
    unit = right.selectbox("for a", list(UNITS), format_func=UNITS.__getitem__, key=f"price-unit-{key}")
    with st.expander("Only for a size or quality"):
        size = st.text_input("Size", key=f"price-size-{key}", placeholder="1024x1024")
        quality = st.text_input("Quality", key=f"price-quality-{key}", placeholder="high")
    since = st.date_input("From", value=None, key=f"price-since-{key}", help="Midnight of this day; empty is now.")
    note = st.text_input("Note", key=f"price-note-{key}", placeholder="Where the price is from")
    st.caption("Calls made before stay as they were reckoned. A price for the same calls that still holds ends then.")
    if st.button("Set the price", type="primary", key=f"price-save-{key}"):
        with guarded():
            now = utc_now()
            begin = datetime.combine(since, time(), ZoneInfo(user.timezone)) if since else now
            form = PriceForm(
                provider, model, unit, _amount(amount), begin, size=size or None, quality=quality or None, note=note
            )
            with get_runtime().database.session() as session:
                set_price(session, user.actor, form, now=now)
            SAID.leave("The price is set.")
            st.rerun()


def _amount(text: str | None) -> Decimal:
    try:
        return Decimal((text or "").strip().lstrip("$").replace(",", "."))
    except InvalidOperation as error:
        raise InvalidPrice("Type the amount as a number of US dollars, as 0.04.") from error
