"""Prices that only the provider can tell: asked while the form is filled in, for a moment at most."""

from collections.abc import Iterable
from datetime import datetime

import streamlit as st

from core.identity.sessions import SignedIn
from core.metering.price import Price
from core.runtime import Runtime
from core.studio.catalogue.access import get_provider
from core.studio.catalogue.connections import connection_of, model_ref
from core.studio.catalogue.list_prices import list_price
from core.studio.catalogue.offers import Offer
from core.studio.catalogue.quoting import Question, Quotes, question_of
from core.studio.orders import placing
from core.studio.orders.forms import OrderForm
from core.studio.orders.placing import Preview
from core.studio.providers import QuotingProvider

KEY = "generate.quotes"


def quotes_of_visit() -> Quotes:
    """What was told in this visit."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Quotes()
    quotes: Quotes = st.session_state[KEY]
    return quotes


def price_of(runtime: Runtime, offer: Offer, *, now: datetime) -> Price:
    """What one picture costs with the model's defaults."""
    question = question_of(offer.model, offer.specs, {}, 1)
    quotes = quotes_of_visit()

    def priced() -> Price:
        with runtime.database.read() as session:
            return list_price(session, offer.kind, offer.model, now=now, told=quotes.find(question))

    price = priced()
    return priced() if price.cost is None and _ask(runtime, offer, [question], now) else price


def preview(runtime: Runtime, user: SignedIn, offer: Offer, form: OrderForm, *, now: datetime) -> Preview:
    """What placing the form would order; raises what ``placing.preview`` raises."""

    def previewed() -> Preview:
        with runtime.database.read() as session:
            return placing.preview(session, user.actor, form, now=now, quotes=quotes_of_visit())

    seen = previewed()
    return previewed() if _ask(runtime, offer, seen.questions, now) else seen


def _ask(runtime: Runtime, offer: Offer, questions: Iterable[Question], now: datetime) -> bool:
    """Whether the provider answered any of them."""
    provider, quotes = runtime.image_providers.get(offer.kind), quotes_of_visit()
    if not isinstance(provider, QuotingProvider):
        return False
    due = quotes.due(questions, now=now)
    if not due:
        return False
    with runtime.database.read() as session:
        connection = connection_of(get_provider(session, offer.model.provider_id))
    return quotes.ask(provider, connection, model_ref(offer.model), due, now=now)
