"""One item from the order to its pictures."""

from decimal import Decimal

import pytest

from core.media.errors import StorageFull
from core.metering.models import UsageStatus
from core.studio.orders.models import AttemptState, ItemStatus, OrderStatus
from core.studio.providers import (
    CallState,
    CallStatus,
    Consumption,
    ErrorCategory,
    GenerationError,
    Handle,
    Outcome,
    Output,
    Submitted,
)
from tests.studio.execution.house import House
from tests.studio.execution.scripted import outcome_of, picture
from tests.studio.factories import make_project

COST = Consumption(images=1, reported_cost=Decimal("0.04"))


def done(*outputs: Output, **fields: object) -> CallStatus:
    return CallStatus(CallState.DONE, outcome=Outcome(list(outputs), **fields))  # type: ignore[arg-type]


def test_an_item_is_submitted_asked_about_and_its_picture_becomes_a_product(house: House) -> None:
    house.scripted.script("poll", CallStatus(CallState.RUNNING, progress=0.4))
    house.scripted.script("poll", done(Output(data=picture()), consumption=COST, returned={"seed": 7}))
    order_id = house.place()
    house.turn()
    item = house.item(order_id)
    assert (item.status, item.provider_request_id, item.lock_id) == (ItemStatus.GENERATING, "call-1", None)
    assert house.order(order_id).status is OrderStatus.PROCESSING
    house.later(seconds=1)
    house.turn()
    assert house.item(order_id).progress == 0.4
    house.run_until_idle()
    item, (attempt,), (product,), (event,) = (
        house.item(order_id), house.attempts(order_id), house.products(order_id), house.events(),
    )  # fmt: skip
    assert (item.status, item.progress, item.cost) == (ItemStatus.COMPLETE, None, Decimal("0.04"))
    assert item.actual_parameter_set is not None and item.actual_parameter_set["prompt"] == "a harbour"
    assert item.return_parameter_set == {"seed": 7}
    assert (attempt.state, attempt.cost, attempt.held_cost) == (AttemptState.DONE, Decimal("0.04"), None)
    assert (product.name, product.prompt, product.seed) == ("a harbour 1", "a harbour", "7")
    assert product.parameters == {"steps": 20, "seed": "7", "width": 512, "height": 512}
    assert (product.cost, product.search_text.split()[:2]) == (Decimal("0.04"), ["a", "harbour"])
    assert (event.status, event.event_key, event.cost) == (UsageStatus.OK, attempt.id, Decimal("0.04"))
    assert house.order(order_id).status is OrderStatus.FULFILLED
    assert [line.event for line in house.log(order_id)] == ["submitted", "stored"]
    assert house.scripted.count("submit") == 1


def test_an_answer_that_holds_its_pictures_is_stored_at_once(at_once: House) -> None:
    answer = Submitted(Handle("call-1"), outcome_of(picture(1), picture(2), consumption=COST))
    at_once.scripted.script("submit", answer)
    order_id = at_once.place(choices := 1)
    at_once.set_items(order_id, images=2, choices={"color": "red"})
    assert at_once.turn() == choices
    first, second = at_once.products(order_id)
    assert [first.output_index, second.output_index] == [0, 1]
    assert [first.name, second.name] == ["a harbour 1-1", "a harbour 1-2"]
    assert (first.cost, second.cost, first.choices) == (Decimal("0.02"), Decimal("0.02"), {"color": "red"})
    assert (first.seed, "seed" in first.parameters) == (None, False)  # nobody said which picture had which
    assert at_once.item(order_id).status is ItemStatus.COMPLETE
    assert at_once.scripted.count("poll") == 0


def test_each_picture_has_the_seed_its_provider_gave_it_and_goes_into_the_project(house: House) -> None:
    order_id = house.place()
    with house.database.session() as session:
        from core.identity.models import User
        from core.studio.orders.models import Order

        order = session.get_one(Order, order_id)
        order.project_id = make_project(session, session.get_one(User, order.user_id)).id
        project_id = order.project_id
    outputs = [Output(data=picture(n), seed=str(2**63 + n)) for n in range(2)]
    house.scripted.script("poll", done(*outputs))
    house.run_until_idle()
    assert [one.seed for one in house.products(order_id)] == [str(2**63), str(2**63 + 1)]
    assert {one.project_id for one in house.products(order_id)} == {project_id}


def test_the_same_content_is_one_blob_and_two_products(house: House) -> None:
    house.scripted.script("poll", done(Output(data=picture(5))), done(Output(data=picture(5))))
    order_id = house.place(2)
    house.run_until_idle()
    first, second = house.products(order_id)
    assert first.id != second.id
    assert first.blob_id == second.blob_id


def test_what_can_be_had_of_several_pictures_is_kept_and_the_rest_is_said(house: House) -> None:
    good, corrupt = Output(data=picture(1)), Output(data=picture(2)[:-20])
    gone = Output(url="https://example.com/3.png")
    house.scripted.script("poll", done(good, corrupt, gone))
    house.scripted.script("fetch", GenerationError("The result is no longer there.", ErrorCategory.EXPIRED))
    order_id = house.place()
    house.set_items(order_id, images=3)
    house.run_until_idle()
    item = house.item(order_id)
    assert (item.status, item.error_category) == (ItemStatus.COMPLETE, "bad_result")
    assert item.error_message is not None and item.error_message.startswith("1 of 3 pictures are here. ")
    assert len(house.products(order_id)) == 1
    assert house.order(order_id).status is OrderStatus.FULFILLED


@pytest.mark.parametrize(
    ("output", "category", "says"),
    [
        (None, "no_image", "sent no picture"),
        (Output(data=b"<html>no</html>"), "bad_result", "neither a picture nor a film"),
        (Output(data=b""), "bad_result", "empty"),
        (Output(data=picture()[:-20]), "bad_result", "damaged"),
        (Output(data=bytes(100_001)), "bad_result", "larger than"),
    ],
    ids=["none", "page", "empty", "cut", "large"],
)
def test_a_result_that_cannot_be_used_is_named_paid_once_and_not_asked_for_again(
    house: House, output: Output | None, category: str, says: str
) -> None:
    house.scripted.script("poll", done(*([output] if output else []), consumption=COST))
    order_id = house.place()
    house.run_until_idle()
    item, (event,) = house.item(order_id), house.events()
    assert (item.status, item.error_category) == (ItemStatus.FAILED, category)
    assert says in (item.error_message or "")
    assert (event.status, event.cost, item.cost) == (UsageStatus.ERROR, Decimal("0.04"), Decimal("0.04"))
    assert house.scripted.count("submit") == 1


def test_a_result_that_cannot_be_fetched_now_is_fetched_later_and_never_made_again(house: House) -> None:
    house.scripted.script("poll", *[done(Output(url="https://example.com/1.png"))] * 3)
    away = GenerationError("The host did not answer.", ErrorCategory.NETWORK)
    house.scripted.script("fetch", away, away)
    order_id = house.place()
    house.run_until_idle()
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert (house.scripted.count("submit"), house.scripted.count("fetch")) == (1, 3)


def test_without_room_on_the_disk_a_result_waits_and_what_came_before_is_kept(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = [Output(data=picture(1)), Output(data=picture(2))]
    house.scripted.script("poll", done(*outputs), done(*outputs))
    put, left = house.store.put, [4]  # the first picture with its three thumbnails

    def put_until_full(key: str, *args: object, **kwargs: object) -> None:
        left[0] -= 1
        if left[0] in range(-4, 0):
            raise StorageFull("No room left.")
        put(key, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(house.store, "put", put_until_full)
    order_id = house.place()
    house.set_items(order_id, images=2)
    house.turn()
    house.later(seconds=2)
    house.turn()
    item = house.item(order_id)
    assert (item.status, item.error_category, len(house.products(order_id))) == (
        ItemStatus.GENERATING, "file_system", 1,
    )  # fmt: skip
    house.later(minutes=5)
    left[0] = 100
    house.turn()
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert len(house.products(order_id)) == 2
    assert house.scripted.count("submit") == 1
