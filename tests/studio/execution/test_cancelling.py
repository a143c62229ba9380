"""Cancelling what runs: here, and at the provider."""

from decimal import Decimal

from core.metering.models import UsageStatus
from core.studio.orders import actions
from core.studio.orders.models import AttemptState, ItemStatus, OrderStatus
from core.studio.providers import CallState, CallStatus, Consumption, ErrorCategory, GenerationError
from core.system.actors import Actor
from tests.studio.execution.house import House


def cancel(house: House, order_id: str) -> None:
    with house.database.session() as session:
        actor = Actor.person(house.order(order_id).user_id)
        actions.cancel_order(session, actor, order_id, now=house.now)


def test_what_runs_is_cancelled_at_the_provider_and_what_waits_at_once(house: House) -> None:
    used = Consumption(reported_cost=Decimal("0.01"))
    house.scripted.script("poll", CallStatus(CallState.CANCELLED, consumption=used))
    order_id = house.place(2)
    for work in house.begin(limit=1):
        house.runner.run(work)
    cancel(house, order_id)
    assert [item.status for item in house.items(order_id)] == [ItemStatus.GENERATING, ItemStatus.CANCELLED]
    house.turn()
    (attempt,), (event,) = house.attempts(order_id), house.events()
    assert {item.status for item in house.items(order_id)} == {ItemStatus.CANCELLED}
    assert house.order(order_id).status is OrderStatus.CANCELLED
    assert (attempt.state, attempt.cost, event.status) == (
        AttemptState.CANCELLED, Decimal("0.01"), UsageStatus.ABORTED,
    )  # fmt: skip
    assert (house.scripted.count("cancel"), house.scripted.count("submit")) == (1, 1)


def test_a_picture_that_came_before_it_could_be_cancelled_is_kept(house: House) -> None:
    house.scripted.script("cancel", False)
    order_id = house.place()
    house.turn()
    cancel(house, order_id)
    house.turn()
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert len(house.products(order_id)) == 1


def test_the_provider_is_asked_to_stop_once_and_a_server_that_forgot_it_has_stopped(house: House) -> None:
    house.scripted.script("poll", CallStatus(CallState.RUNNING), CallStatus(CallState.LOST))
    order_id = house.place()
    house.turn()
    cancel(house, order_id)
    house.run_until_idle()
    assert house.item(order_id).status is ItemStatus.CANCELLED
    assert house.scripted.count("cancel") == 1


def test_a_try_that_failed_meanwhile_is_not_repeated(house: House) -> None:
    def fail(*_: object) -> None:
        cancel(house, order_id)
        raise GenerationError("Overloaded.", ErrorCategory.TRANSIENT)

    house.scripted.script("submit", fail)
    order_id = house.place()
    house.turn()
    assert house.item(order_id).status is ItemStatus.CANCELLED


def test_a_lost_call_that_never_arrived_is_not_made_again_when_it_was_cancelled(house: House) -> None:
    order_id = house.place()
    house.begin()
    cancel(house, order_id)
    house.recover()
    house.run_until_idle()
    assert house.item(order_id).status is ItemStatus.CANCELLED
    assert house.scripted.count("submit") == 0
