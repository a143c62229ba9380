"""What an order keeps of hooks, and what ``meta:debug`` does to it."""

import pytest
from sqlalchemy import select

from core.studio.orders import placing
from core.studio.orders.detail import list_items
from core.studio.orders.errors import OrderRefused
from core.studio.orders.forms import OrderForm
from core.studio.orders.models import Order, OrderItem
from core.system.actors import Actor
from tests.factories import NOON, make_user
from tests.studio.factories import make_lookup, make_model, make_provider


@pytest.fixture
def alice(session) -> Actor:
    make_model(session, make_provider(session))
    user = make_user(session)
    make_lookup(session, user, "animal", ["fox", "owl"])
    return Actor.person(user.id)


def form(prompt: str) -> OrderForm:
    return OrderForm("local", "painter", prompt, seed=1)


def test_items_carry_the_hooks_there_are_in_their_order(session, alice):
    wanted = form("a [animal] pipeline:after:Upscale pipeline:after:sharpn pipeline:after:border || a hill")
    (warning,) = [one for one in placing.preview(session, alice, wanted, now=NOON).expansion.warnings
                  if one.code == "unknown_hook"]  # fmt: skip
    assert "“sharpen”" in warning.message
    assert wanted.prompt[warning.start : warning.end].strip() == "pipeline:after:sharpn"
    order = placing.place(session, alice, wanted, now=NOON)
    kept = [one.generation_parameter_set for one in session.scalars(
        select(OrderItem).where(OrderItem.order_id == order.id).order_by(OrderItem.sequence_number))]  # fmt: skip
    assert [one.get("after") for one in kept] == [["upscale", "border"], None, ["upscale", "border"], None]
    assert [one.after for one in list_items(session, alice, order.id).rows][:2] == [("upscale", "border"), ()]


def test_a_dry_run_shows_all_and_orders_nothing(session, alice):
    wanted = form("a [animal] meta:debug:dryrun")
    seen = placing.preview(session, alice, wanted, now=NOON)
    assert (len(seen.expansion.items), seen.stages) == (2, ())
    with pytest.raises(OrderRefused, match="Take “meta:debug:dryrun” out of the prompt"):
        placing.place(session, alice, wanted, now=NOON)
    assert session.scalars(select(Order.id)).all() == []


def test_other_ways_of_debugging_show_the_stages_and_can_be_ordered(session, alice):
    wanted = form("a [animal] meta:debug:interpolation")
    seen = placing.preview(session, alice, wanted, now=NOON)
    assert [stage.title for stage in seen.stages] == ["Tokens", "Items"]
    assert seen.stages[0].lines[0] == "Batch 1, prompt: [animal] as “animal”: fox, owl"
    assert placing.place(session, alice, wanted, now=NOON).expanded_count == 2
    assert placing.preview(session, alice, form("a [animal]"), now=NOON).stages == ()
