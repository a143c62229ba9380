"""Placing an order, and the preview that is the same without the writing."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.identity.models import User
from core.metering.price import Price
from core.studio.catalogue.models import Model, Provider
from core.studio.expansion import PairingError
from core.studio.orders import estimating, placing
from core.studio.orders.errors import OrderRefused
from core.studio.orders.forms import OrderForm
from core.studio.orders.models import ItemStatus, Order, OrderItem, OrderItemInput, OrderStatus
from core.studio.parameters import ParameterSpec, ParameterSpecSet, ParameterType
from core.studio.shelves.errors import ProjectNotFound, ShelfInUse
from core.studio.shelves.models import ProjectStatus
from core.studio.wording import starters, templates
from core.studio.wording.templates import TemplateForm
from core.system.actors import Actor
from tests.factories import NOON, make_user
from tests.studio.factories import SPECS, make_lookup, make_model, make_product, make_project, make_provider

PICTURE = ParameterSpecSet.of((*SPECS, ParameterSpec("image", ParameterType.IMAGE, label="Picture", required=True)))


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def alice(user: User) -> Actor:
    return Actor.person(user.id)


@pytest.fixture
def provider(session: Session) -> Provider:
    return make_provider(session)


@pytest.fixture(autouse=True)
def model(session: Session, provider: Provider) -> Model:
    return make_model(session, provider)


def form(prompt: str = "a [red,blue] fox", **fields: object) -> OrderForm:
    return OrderForm("local", "painter", prompt, **fields)  # type: ignore[arg-type]  # as each test names them


def _items(session: Session, order: Order) -> list[OrderItem]:
    query = select(OrderItem).where(OrderItem.order_id == order.id).order_by(OrderItem.sequence_number)
    return list(session.scalars(query))


def test_what_the_preview_shows_is_what_is_ordered(session, user, alice):
    make_lookup(session, user, "animal", ["fox", "owl", "hare"])
    wanted = form("a [red,blue:1] [animal] (&) a hill", seed=7, parameters={"steps": "10,20"}, images_per_item=2)
    seen = placing.preview(session, alice, wanted, now=NOON)
    order = placing.place(session, alice, wanted, now=NOON)
    items = _items(session, order)
    assert [one.generation_parameter_set["prompt"] for one in items] == [one.prompt for one in seen.expansion.items]
    assert [one.batch_number for one in items] == [one.batch for one in seen.expansion.items]
    assert (order.expanded_count, seen.images) == (8, 16)
    assert order.base_parameter_set["prompt"] == wanted.prompt, "kept as it was typed"
    assert {one.status for one in items} == {ItemStatus.PENDING} and order.status is OrderStatus.PENDING
    assert {one.generation_parameter_set["parameters"]["steps"] for one in items} == {10, 20}
    assert items[0].choices["animal"] == "fox"


def test_seeds_left_open_are_chosen_here_and_are_the_same_when_ordered_again(session, alice):
    first = _items(session, placing.place(session, alice, form(seed=1), now=NOON))
    again = _items(session, placing.place(session, alice, form(seed=1), now=NOON))
    other = _items(session, placing.place(session, alice, form(seed=2), now=NOON))

    def seeds(items: list[OrderItem]) -> list[int]:
        return [one.generation_parameter_set["parameters"]["seed"] for one in items]

    assert seeds(first) == seeds(again) != seeds(other)
    assert len(set(seeds(first))) == 2
    own = _items(session, placing.place(session, alice, form(parameters={"seed": "42"}), now=NOON))
    assert {int(seed) for seed in seeds(own)} == {42}


def test_own_hardware_is_free_and_an_unpriced_model_says_so(session, alice):
    assert placing.preview(session, alice, form(), now=NOON).estimate.cost == Decimal(0)
    make_model(session, make_provider(session, "replicate"), "nobody/knows")
    unknown = OrderForm("replicate", "nobody/knows", "a fox")
    seen = placing.preview(session, alice, unknown, now=NOON)
    assert (seen.estimate.cost, seen.estimate.unpriced) == (None, 1)
    assert "price" in seen.estimate.note.lower()
    order = placing.place(session, alice, unknown, now=NOON)
    assert order.estimated_cost is None and _items(session, order)[0].estimated_cost is None


def test_defaults_decide_the_price_as_well(session, alice):
    size = ParameterSpec("size", ParameterType.ENUM, default="1024x1024", choices=("1024x1024", "1792x1024"))
    quality = ParameterSpec("quality", ParameterType.ENUM, default="standard", choices=("standard", "hd"))
    dalle = make_provider(session, "openai")
    make_model(session, dalle, "dall-e-3", parameter_schema=ParameterSpecSet.of((size, quality)).to_json())
    plain = OrderForm("openai", "dall-e-3", "a fox")
    fine = OrderForm("openai", "dall-e-3", "a fox", parameters={"quality": "hd"})
    costs = [placing.preview(session, alice, one, now=NOON).estimate.cost for one in (plain, fine)]
    assert costs == [Decimal("0.04"), Decimal("0.08")]


def test_an_order_beyond_all_money_has_no_estimate(session, alice, monkeypatch):
    monkeypatch.setattr(estimating, "estimate", lambda *_, **__: Price(Decimal(60_000), "house"))
    seen = placing.preview(session, alice, form(), now=NOON)
    assert seen.estimate.cost is None and "more than can be written down" in seen.estimate.note
    order = placing.place(session, alice, form(), now=NOON)
    assert order.estimated_cost is None
    assert [one.estimated_cost for one in _items(session, order)] == [Decimal(60_000)] * 2


def test_pressing_the_button_twice_places_one_order(session, alice):
    first = placing.place(session, alice, form(client_token="t1"), now=NOON)
    assert placing.place(session, alice, form(client_token="t1"), now=NOON).id == first.id
    assert session.scalar(select(func.count()).select_from(OrderItem)) == 2


def test_an_order_is_capped_with_a_warning(session, user, alice):
    make_lookup(session, user, "many", [f"v{number}" for number in range(60)])
    seen = placing.preview(session, alice, form("[many] [many_1]"), now=NOON)
    assert (len(seen.expansion.items), seen.expansion.is_capped) == (100, True)
    assert seen.expansion.batches[0].possible == 3600
    assert seen.expansion.warnings


def test_the_worked_example_comes_to_144_then_288_and_is_capped(session, alice):
    starters.stock(session, now=NOON)
    prompt = "a [color:2] [cocktail,summer] dress, [color,] hat, [color_1] shoes and [=color_1] bag"
    alone = placing.preview(session, alice, form(prompt), now=NOON).expansion
    both = placing.preview(session, alice, form(prompt, negative_prompt="[blurry,low quality]"), now=NOON).expansion
    assert [batch.possible for batch in (*alone.batches, *both.batches)] == [144, 288]
    assert len(both.items) == 100 and both.is_capped


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"prompt": "  "}, "prompt is empty"),
        ({"prompt": "x" * 20_001}, "at most 20,000"),
        ({"images_per_item": 5}, "1 to 4 pictures"),
        ({"images_per_item": 0}, "1 to 4 pictures"),
        ({"inputs": {"image": "prd_x"}}, "takes no picture"),
    ],
)
def test_what_cannot_be_ordered_says_why(session, alice, fields, says):
    wanted = form(**{"prompt": "a fox"} | fields)
    for act in (placing.preview, placing.place):
        with pytest.raises(OrderRefused, match=says):
            act(session, alice, wanted, now=NOON)
    assert session.scalar(select(func.count()).select_from(Order)) == 0


def test_negatives_that_do_not_pair_up_reject_the_whole_order(session, alice):
    with pytest.raises(PairingError):
        placing.place(session, alice, form("a (&) b", negative_prompt="x (&) y (&) z"), now=NOON)
    assert session.scalar(select(func.count()).select_from(Order)) == 0


def test_a_provider_or_model_that_is_off_takes_no_orders(session, alice, provider, model):
    model.is_available = False
    with pytest.raises(OrderRefused, match="no longer offered"):
        placing.place(session, alice, form(), now=NOON)
    provider.is_enabled = False
    with pytest.raises(OrderRefused, match="switched off"):
        placing.place(session, alice, form(), now=NOON)


def test_a_picture_goes_in_when_it_is_ones_own(session, user, alice, model):
    model.parameter_schema = PICTURE.to_json()
    session.flush()
    with pytest.raises(OrderRefused, match="choose one for “Picture”"):
        placing.place(session, alice, form(), now=NOON)
    own, theirs = make_product(session, user).id, make_product(session, make_user(session, "charlie")).id
    for wrong in (theirs, new_id("prd")):
        with pytest.raises(OrderRefused, match="no longer there"):
            placing.place(session, alice, form(inputs={"image": wrong}), now=NOON)
    order = placing.place(session, alice, form(inputs={"image": own}), now=NOON)
    edges = session.execute(select(OrderItemInput.order_item_id, OrderItemInput.product_id)).all()
    assert {edge.order_item_id for edge in edges} == {one.id for one in _items(session, order)}
    assert {edge.product_id for edge in edges} == {own}


def test_an_order_goes_into_an_active_project_of_ones_own(session, user, alice):
    mine, done = make_project(session, user), make_project(session, user, "Done", status=ProjectStatus.COMPLETED)
    theirs = make_project(session, make_user(session, "charlie"))
    assert placing.place(session, alice, form(project_id=mine.id), now=NOON).project_id == mine.id
    with pytest.raises(ShelfInUse):
        placing.place(session, alice, form(project_id=done.id), now=NOON)
    with pytest.raises(ProjectNotFound):
        placing.place(session, alice, form(project_id=theirs.id), now=NOON)


def test_using_a_template_counts(session, alice):
    kept = templates.save_template(
        session, alice, TemplateForm("Foxes"), provider="local", model="painter",
        parameter_set=form().parameter_set(), now=NOON,
    )  # fmt: skip
    placing.place(session, alice, form(template_id=kept.id), now=NOON)
    session.refresh(kept)
    assert kept.usage_count == 1
