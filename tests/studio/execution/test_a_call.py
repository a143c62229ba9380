"""One item from the order to its pictures."""


from core.studio.orders.models import AttemptState, ItemStatus, OrderStatus
from core.studio.providers import CallState, CallStatus
from tests.studio.execution.house import House


def test_an_item_is_submitted_polled_and_its_picture_becomes_a_product(house: House) -> None:
    house.scripted.script("poll", CallStatus(CallState.RUNNING, progress=0.4))
    order_id = house.place(1)
    house.turn()
    item = house.item(order_id)
    assert (item.status, item.provider_request_id, item.lock_id) == (ItemStatus.GENERATING, "call-1", None)
    assert house.order(order_id).status is OrderStatus.PROCESSING
    house.later(seconds=1)
    house.turn()
    assert house.item(order_id).progress == 0.4
    house.run_until_idle()
    item, (attempt,) = house.item(order_id), house.attempts(order_id)
    assert (item.status, item.progress, attempt.state) == (ItemStatus.COMPLETE, None, AttemptState.DONE)
    assert house.order(order_id).status is OrderStatus.FULFILLED
    (product,) = house.products(order_id)
    assert (product.name, product.prompt) == ("a harbour 1", "a harbour")
    assert house.scripted.count("submit") == 1
