"""Generate, Orders, Providers & models and Making of: empty, filled, refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from core.clock import utc_now
from core.studio.catalogue.models import Model, Provider
from core.studio.orders.models import ItemStatus, Order, OrderItem, OrderStatus
from core.studio.parameters import ParameterSpec, ParameterSpecSet, ParameterType
from core.studio.providers import CheckedConnection, Consumption, ErrorCategory, GenerationError, ProviderKind
from core.ui.generate import ordering
from tests.factories import make_user
from tests.screens.support import press, run, said
from tests.studio.factories import (
    SPECS,
    make_generation_attempt,
    make_item,
    make_model,
    make_order,
    make_product,
    make_provider,
)

GENERATE, ORDERS = "pages/create/generate.py", "pages/create/orders.py"
PROVIDERS, MAKING = "pages/connect/providers.py", "pages/insights/making.py"


class Shop:
    """A provider whose door and shelves can be closed."""

    def __init__(self, *, answers: bool = True, has_models: bool = True) -> None:
        self.answers, self.has_models = answers, has_models

    def check(self, _connection):
        if not self.answers:
            raise GenerationError("The key is wrong. Paste it again.", ErrorCategory.AUTHENTICATION)
        return CheckedConnection("anna", "The key is good.")

    def models(self, _connection):
        if not self.has_models:
            raise GenerationError("It did not answer in time.", ErrorCategory.NETWORK)
        return []

    def close(self):
        pass


@pytest.fixture
def painter(runtime):
    with runtime.database.session() as session:
        provider = make_provider(session)
        make_model(session, provider)
        make_model(session, provider, "plain", parameter_schema={}, capabilities={"accepts_negative_prompt": False})


def field(screen, label):
    return next(one for one in [*screen.text_input, *screen.text_area, *screen.selectbox] if one.label == label)


def typed(screen, label, value):
    field(screen, label).input(value)
    return run(screen)


def placed(runtime):
    with runtime.database.read() as session:
        return list(session.scalars(select(Order).order_by(Order.created_at)))


def test_without_a_model_the_form_leads_to_the_providers(anna, open_page):
    assert "No model is on offer" in said(open_page(GENERATE))


def test_the_form_asks_for_the_price_of_the_chosen_model_alone_and_for_no_key(runtime, anna, painter, open_page):
    with runtime.database.session() as session:
        replicate = make_provider(session, "replicate", position=1, api_key_encrypted="r8_secret")
        for number in range(12):
            make_model(session, replicate, f"somebody/{number}")
    screen = open_page(GENERATE)
    statements: list[str] = []
    listener = lambda _c, _k, statement, *_: statements.append(statement)  # noqa: E731 - removed again below
    event.listen(runtime.database.engine, "before_cursor_execute", listener)
    run(screen)
    event.remove(runtime.database.engine, "before_cursor_execute", listener)
    assert len(field(screen, "Model").options) == 14
    assert sum("FROM model_prices" in one for one in statements) == 1
    assert not any("api_key_encrypted" in one for one in statements)


def test_what_is_previewed_is_ordered_once_and_the_form_is_kept(runtime, anna, painter, open_page, monkeypatch):
    monkeypatch.setattr(ordering, "DOUBLE_CLICK", timedelta(days=1))
    screen = typed(open_page(GENERATE), "Prompt", "a [red,blue] *fox*")
    assert "**2 items** · free" in said(screen)
    screen = press(screen, "Order 2 pictures")
    assert "a \\[red,blue\\] \\*fox\\*" in "".join(one.label for one in screen.get("page_link"))
    screen = press(screen, "Order 2 pictures")
    assert "Ordered once" in screen.toast[0].value
    (order,) = placed(runtime)
    assert (order.expanded_count, order.base_parameter_set["prompt"]) == (2, "a [red,blue] *fox*")
    assert field(open_page(GENERATE), "Prompt").value == "a [red,blue] *fox*"


def test_what_cannot_be_made_is_said_with_its_place_before_it_is_ordered(anna, painter, open_page):
    screen = typed(open_page(GENERATE), "Prompt", "a [red fox")
    assert "never closed" in said(screen) and "Prompt, character 3: a **\\[** red fox" in said(screen)
    screen = typed(screen, "Prompt", "fox [ " * 25)
    assert said(screen).count("never closed") == 1 and "characters 5, 11, 17 and 22 more" in said(screen)
    assert "1 to mind below" in said(screen)
    screen = typed(screen, "width", "500")
    assert "“500” is not a multiple of 8; 504 would do" in said(screen)
    screen = typed(screen, "Negative prompt", "blur || people")
    assert "Give the negative prompt one" in said(screen)
    assert not any(one.label.startswith("Order ") for one in screen.button)


def test_a_press_on_a_count_that_has_changed_since_orders_nothing(runtime, anna, painter, open_page):
    screen = typed(open_page(GENERATE), "Prompt", "a fox")
    field(screen, "Prompt").input("a [red,blue] fox")
    screen = press(screen, "Order 1 picture")
    assert placed(runtime) == [] and "now says “Order 2 pictures”" in screen.toast[0].value
    press(screen, "Order 2 pictures")
    assert placed(runtime)[0].expanded_count == 2


def test_another_model_keeps_what_it_takes_and_says_what_it_does_not(runtime, anna, painter, open_page):
    screen = typed(open_page(GENERATE), "Prompt", "a fox")
    screen = typed(typed(screen, "Negative prompt", "blur"), "steps", "30")
    model = field(screen, "Model")
    model.select("Plain · Local")
    screen = run(screen)
    assert "no parameter “steps”" in said(screen) and "Yours is kept" in said(screen)
    press(screen, "Order 1 picture")
    assert placed(runtime)[0].base_parameter_set["negative_prompt"] == ""
    field(screen, "Model").select("Painter · Local")
    screen = run(screen)
    assert field(screen, "Negative prompt").value == "blur"


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("black-forest-labs/flux-dev", "today's cap of Replicate leaves \\$0.03"),
        ("somebody/unpriced", "Ask an administrator to set a price"),
    ],
)
def test_an_order_that_the_cap_would_stop_says_so_before(runtime, anna, open_page, model, words):
    with runtime.database.session() as session:
        make_model(session, make_provider(session, "replicate", daily_spend_cap=Decimal("0.03")), model)
    assert words in said(typed(open_page(GENERATE), "Prompt", "a [red,blue] fox"))


def test_words_have_one_field_each_whatever_the_model_calls_them(runtime, anna, open_page):
    words = [ParameterSpec(name, ParameterType.TEXT, name) for name in ("prompt", "negativePrompt")]
    with runtime.database.session() as session:
        schema = ParameterSpecSet.of((*words, *SPECS)).to_json()
        make_model(session, make_provider(session), parameter_schema=schema)
    assert [one.label for one in open_page(GENERATE).text_area] == ["Prompt", "Negative prompt"]


class Teller(Shop):
    """A provider that says what a call would cost, unless it is closed."""

    def estimate(self, _connection, request):
        if not self.answers:
            raise GenerationError("It did not answer in time.", ErrorCategory.NETWORK)
        return Consumption(images=request.images, reported_cost=Decimal(4 * request.images), currency="buzz")


@pytest.mark.parametrize(
    ("answers", "caption", "headline"),
    [(True, "about \\$0.004 a picture", "about **\\$0.008**"), (False, "price unknown", "price unknown: No price")],
    ids=["tells", "fails"],
)
def test_a_price_that_only_the_provider_knows_is_asked_for(runtime, anna, open_page, answers, caption, headline):
    runtime.__dict__["image_providers"] = {ProviderKind.CIVITAI: Teller(answers=answers)}
    with runtime.database.session() as session:
        make_model(session, make_provider(session, "civitai"), "urn:air:sd1", pricing={})
    screen = open_page(GENERATE)
    assert f"text-to-image · {caption}" in said(screen)
    screen = typed(screen, "Prompt", "a [red,blue] fox")
    assert headline in said(screen)
    press(screen, "Order 2 pictures · about \\$0.008" if answers else "Order 2 pictures")
    assert placed(runtime)[0].estimated_cost == (Decimal("0.008") if answers else None)


def test_a_running_order_says_what_it_waits_for_and_can_be_paused_and_cancelled(runtime, anna, painter, open_page):
    with runtime.database.session() as session:
        order_id = make_order(session, anna, session.get_one(Provider, "local"), items=3).id
        session.get_one(Provider, "local").is_enabled = False
    assert "Local is switched off" in said(open_page(ORDERS))
    screen = press(open_page(ORDERS, order=order_id), "Pause")
    assert placed(runtime)[0].paused_at is not None
    screen = press(screen, "Go on")
    assert placed(runtime)[0].paused_at is None
    screen = press(screen, "Cancel the order")
    assert "0 of 3 made, 3 cancelled" in said(screen)
    screen = press(screen, "Delete")
    assert "Nothing was ordered yet" in said(screen)
    press(open_page(ORDERS, **{"orders-show": "Trash"}), "Restore")
    assert placed(runtime)[0].deleted_at is None


def test_a_failed_item_says_why_and_goes_again(runtime, anna, painter, open_page):
    with runtime.database.session() as session:
        order = make_order(session, anna, session.get_one(Provider, "local"), status=OrderStatus.FAILED,
                           expanded_count=1, failed_count=1)  # fmt: skip
        make_item(session, order, status=ItemStatus.FAILED, due_at=None, error_message="<b>Refused</b> by the house.")
    screen = open_page(ORDERS, order=order.id)
    assert "\\<b\\>Refused" in said(screen)
    press(screen, "Retry 1 item")
    with runtime.database.read() as session:
        assert session.scalars(select(OrderItem)).one().status is ItemStatus.PENDING


def test_anothers_order_looks_missing(runtime, anna, painter, open_page):
    with runtime.database.session() as session:
        theirs = make_order(session, make_user(session, "bob"), session.get_one(Provider, "local"), items=1)
    assert "no such order" in said(open_page(ORDERS, order=theirs.id)).lower()


def test_members_look_at_providers_and_change_nothing(runtime, anna, painter, open_page):
    screen = open_page(PROVIDERS)
    assert "Administrators set these up" in said(screen) and "**Local**" in said(screen)
    assert not {one.label for one in screen.button} & {"Test connection", "Save", "Remove", "Add"}


@pytest.mark.parametrize(
    ("shop", "words", "passed"),
    [
        (Shop(answers=False), "The key is wrong. Paste it again.", False),
        (Shop(has_models=False), "Its models could not be read, so the list may be old. It did not answer", True),
        (Shop(), "The key is good.", True),
    ],
    ids=["wrong-key", "no-models", "good"],
)
def test_what_came_of_a_test_stays_on_the_card(runtime, admin, open_page, shop, words, passed):
    runtime.__dict__["image_providers"] = {ProviderKind.COMFYUI: shop}
    with runtime.database.session() as session:
        make_provider(session, "comfyui")
    press(open_page(PROVIDERS), "Test connection")
    assert words in said(open_page(PROVIDERS))
    with runtime.database.read() as session:
        assert session.get_one(Provider, "comfyui").check_passed is passed


def test_a_provider_is_removed_only_when_that_is_ticked(runtime, admin, open_page):
    with runtime.database.session() as session:
        make_provider(session, "comfyui")
    screen = open_page(PROVIDERS)
    assert next(one for one in screen.button if one.label == "Remove").disabled
    next(one for one in screen.checkbox if one.label.startswith("Remove")).check()
    press(run(screen), "Remove")
    with runtime.database.read() as session:
        assert session.get_one(Provider, "comfyui").deleted_at is not None


def test_making_of_calls_models_as_the_order_form_does(runtime, anna, painter, open_page):
    with runtime.database.session() as session:
        shown = session.scalars(select(Model)).first()
        shown.name = "Quiet waters"
        make_product(session, anna, model=shown.model_id, created_at=utc_now())
        item = make_item(session, make_order(session, anna, session.get_one(Provider, "local")))
        make_generation_attempt(session, item, model=shown.model_id, opened_at=utc_now())
    tables = [frame.value for frame in open_page(MAKING).dataframe]
    assert [list(table["Model"]) for table in tables if "Model" in table] == [["Quiet waters"]] * 2


def test_making_of_shows_what_is_kept_and_what_it_cost(runtime, anna, open_page):
    assert "Nothing was made in this span" in said(open_page(MAKING))
    now = utc_now()
    with runtime.database.session() as session:
        make_product(session, anna, liked=True, created_at=now, cost=Decimal("0.04"))
        make_product(session, anna, rejected=True, created_at=now, cost=Decimal("0.04"))
    screen = open_page(MAKING)
    figures = {one.label: one.value for one in screen.metric}
    assert (figures["Made"], figures["Kept"], figures["Cost per kept"]) == ("2", "1", "$0.08")
    assert "50% of those judged" in said(screen)
