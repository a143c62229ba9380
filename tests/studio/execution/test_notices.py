"""What people are told about their orders."""

from sqlalchemy import select

from core.studio.providers import ErrorCategory, GenerationError
from core.system.models import Notification
from core.system.topics import BY_KIND, kind_of
from tests.studio.execution.house import House


def told(house: House) -> list[str]:
    with house.database.read() as session:
        found = [kind_of(topic) for topic in session.scalars(select(Notification.topic))]
    assert set(found) <= set(BY_KIND)
    return found


def test_an_order_that_took_longer_than_a_minute_is_told_of_once(house: House) -> None:
    house.place(2)
    house.turn()
    house.later(minutes=2)
    house.run_until_idle()
    assert told(house) == ["order.done"]


def test_an_order_somebody_waited_for_is_not_told_of(house: House) -> None:
    house.place(2)
    house.run_until_idle()
    assert told(house) == []


def test_an_order_with_failed_items_is_told_of_however_short_it_was(house: House) -> None:
    house.scripted.script("submit", GenerationError("Not this.", ErrorCategory.CONTENT_POLICY))
    order_id = house.place(2)
    house.run_until_idle()
    assert told(house) == ["order.failed"]
    with house.database.read() as session:
        title = session.scalars(select(Notification.title)).one()
    assert title == "1 of 2 items of an order with Painter failed"
    assert house.order(order_id).failed_count == 1
