"""What Civitai says a call would cost becomes the price of a preview and of the order."""

from decimal import Decimal

from sqlalchemy import select

from core.studio.catalogue.access import get_model
from core.studio.catalogue.connections import connection_of, model_ref
from core.studio.catalogue.quoting import FRESH, Quotes
from core.studio.catalogue.syncing import sync_models
from core.studio.orders import placing
from core.studio.orders.forms import OrderForm
from core.studio.orders.models import OrderItem
from core.studio.providers import QuotingProvider
from tests.factories import NOON, make_actor
from tests.studio.factories import make_provider

SD15 = "urn:air:sd1:checkpoint:civitai:4384@128713"


def test_a_form_nobody_knows_a_price_of_is_priced_by_the_stand_in_and_nothing_is_made(
    session, civitai, connection, control
):
    assert isinstance(civitai, QuotingProvider)
    alice, quotes = make_actor(session), Quotes()
    row = make_provider(
        session, "civitai", api_base_url=connection.base_url, api_key_encrypted=connection.api_key,
        daily_spend_cap=Decimal(1),
    )  # fmt: skip
    sync_models(session, row, civitai.models(connection), now=NOON)
    form = OrderForm("civitai", SD15, "a [red,blue] fox", parameters={"steps": "20,40"}, images_per_item=2)
    seen = placing.preview(session, alice, form, now=NOON, quotes=quotes)
    assert (seen.estimate.cost, len(seen.questions)) == (None, 2), "one for each number of steps, whatever the words"
    model = model_ref(get_model(session, "civitai", SD15))
    assert quotes.ask(civitai, connection_of(row), model, quotes.due(seen.questions, now=NOON), now=NOON)
    seen = placing.preview(session, alice, form, now=NOON, quotes=quotes)
    # 1,000 Buzz are a dollar; the stand-in takes one for each picture of 512 × 512 and 20 steps.
    assert seen.estimate.cost == Decimal("0.012")
    assert quotes.due(seen.questions, now=NOON) == []
    assert len(quotes.due(seen.questions, now=NOON + FRESH)) == 2, "prices that were told grow old"
    order = placing.place(session, alice, form, now=NOON, quotes=quotes)
    costs = session.scalars(select(OrderItem.estimated_cost).where(OrderItem.order_id == order.id))
    assert sorted(costs) == [Decimal("0.002")] * 2 + [Decimal("0.004")] * 2
    assert (control.begun, control.state()["estimates"]) == (0, 2)
