"""What becomes of items whose calls fail, by the category of the error."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.identity.models import InstanceUserRole
from core.metering.models import UsageStatus
from core.studio.catalogue import configuring
from core.studio.orders.models import AttemptState, ItemStatus, OrderItemInput, OrderStatus
from core.studio.products import trash as products_trash
from core.studio.providers import CallState, CallStatus, Consumption, ErrorCategory, GenerationError
from core.system.actors import Actor
from core.system.models import Notification
from tests.factories import NOON, make_actor, make_user
from tests.studio.execution.house import House
from tests.studio.factories import make_product


def test_an_error_that_may_pass_is_tried_three_times_more_and_then_given_up(house: House) -> None:
    error = GenerationError("It is overloaded.", ErrorCategory.TRANSIENT, http_status=500)
    house.scripted.script("submit", *[error] * 4)
    order_id = house.place()
    house.turn()
    item = house.item(order_id)
    assert (item.status, item.retry_count, item.error_message) == (ItemStatus.PENDING, 1, "It is overloaded.")
    assert item.due_at is not None
    assert timedelta(seconds=2.5) <= item.due_at - NOON <= timedelta(seconds=7.5)
    assert house.order(order_id).status is OrderStatus.PROCESSING  # not failed: it will be tried again
    assert house.turn() == 0  # the wait is really waited for
    house.run_until_idle()
    item = house.item(order_id)
    assert (item.status, item.retry_count, item.error_category) == (ItemStatus.FAILED, 3, "transient")
    assert [one.number for one in house.attempts(order_id)] == [1, 2, 3, 4]
    assert [event.status for event in house.events()] == [UsageStatus.ERROR] * 4
    assert house.order(order_id).status is OrderStatus.FAILED


@pytest.mark.parametrize(
    ("category", "status"),
    [
        (ErrorCategory.VALIDATION, UsageStatus.REFUSED),
        (ErrorCategory.CONTENT_POLICY, UsageStatus.REFUSED),
        (ErrorCategory.NO_IMAGE, UsageStatus.ERROR),
        (ErrorCategory.UNKNOWN, UsageStatus.ERROR),
    ],
)
def test_an_error_that_would_come_again_ends_the_item_with_what_to_do(
    house: House, category: ErrorCategory, status: UsageStatus
) -> None:
    used = Consumption(images=0, reported_cost=Decimal("0.001"))
    error = GenerationError("Change the prompt.", category, http_status=400, consumption=used)
    house.scripted.script("submit", error)
    order_id = house.place()
    house.run_until_idle()
    item, (event,) = house.item(order_id), house.events()
    assert (item.status, item.error_message, item.retry_count) == (ItemStatus.FAILED, "Change the prompt.", 0)
    assert (event.status, event.cost) == (status, Decimal("0.001"))


def test_a_provider_that_asks_for_less_is_left_alone_by_all_items_and_then_tried_by_one(house: House) -> None:
    error = GenerationError("Too many.", ErrorCategory.RATE_LIMITED, http_status=429, retry_after=200)
    house.scripted.script("submit", error)
    order_id = house.place(4)
    for work in house.begin(limit=1):
        house.runner.run(work)
    paused_until = house.provider.paused_until
    assert paused_until is not None and paused_until >= NOON + timedelta(seconds=200)
    assert house.begin() == []
    house.now = paused_until
    assert len(house.begin()) == 1  # one finds out whether it takes calls again
    assert house.begin() == []
    house.recover()
    house.run_until_idle()
    assert house.provider.failures_in_a_row == 0
    assert house.order(order_id).status is OrderStatus.FULFILLED


def test_a_provider_that_was_never_reached_cost_nothing_and_is_no_event(house: House) -> None:
    house.scripted.script("submit", GenerationError("Nobody there.", ErrorCategory.NETWORK))
    order_id = house.place()
    house.turn()
    assert house.events() == []
    assert house.provider.paused_until is not None
    house.run_until_idle()
    assert [one.state for one in house.attempts(order_id)] == [AttemptState.FAILED, AttemptState.DONE]


@pytest.mark.parametrize("category", [ErrorCategory.AUTHENTICATION, ErrorCategory.QUOTA])
def test_a_key_that_is_refused_stops_the_provider_until_somebody_acts(house: House, category: ErrorCategory) -> None:
    house.scripted.script("submit", GenerationError("The key is wrong.", category, http_status=401))
    with house.database.session() as session:
        admin = make_actor(session, "root", role=InstanceUserRole.ADMIN)
    order_id = house.place(3)
    for work in house.begin(limit=1):
        house.runner.run(work)
    first, second, _ = house.items(order_id)
    assert (first.status, second.status) == (ItemStatus.FAILED, ItemStatus.PENDING)
    assert house.provider.paused_until == NOON + timedelta(hours=12)  # the next midnight
    assert (house.provider.check_passed, house.provider.check_message) == (False, "The key is wrong.")
    with house.database.read() as session:
        told = list(session.scalars(select(Notification).where(Notification.topic == "provider.stopped:prv_replicate")))
    assert {one.user_id for one in told} == {admin.user_id, house.order(order_id).user_id}
    house.later(hours=2)
    assert house.begin() == []
    with house.database.session() as session:
        configuring.set_key(session, admin, "replicate", "r8_new", now=house.now)
    house.run_until_idle()
    assert house.order(order_id).status is OrderStatus.PARTIALLY_FULFILLED


def test_a_call_that_fails_at_the_provider_is_tried_again_and_what_it_cost_is_added_up(house: House) -> None:
    error = GenerationError("Out of memory.", ErrorCategory.TRANSIENT)
    used = Consumption(reported_cost=Decimal("0.01"))
    house.scripted.script("poll", CallStatus(CallState.FAILED, error=error, consumption=used))
    order_id = house.place()
    house.run_until_idle()
    item = house.item(order_id)
    assert item.status is ItemStatus.COMPLETE
    assert house.attempts(order_id)[0].cost == Decimal("0.01")
    assert item.cost is None  # of the second call nobody knows the price
    assert house.scripted.requests[0].key != house.scripted.requests[1].key


def test_an_error_nobody_thought_of_leaves_the_call_to_be_looked_up(house: House) -> None:
    house.scripted.script("submit", RuntimeError("boom"))
    order_id = house.place()
    house.turn()
    assert house.attempts(order_id)[0].state is AttemptState.OPEN
    house.run_until_idle()
    assert house.scripted.count("find") == 1
    assert house.item(order_id).status is ItemStatus.COMPLETE


def test_a_poll_without_an_answer_is_repeated_and_makes_nothing_again(house: House) -> None:
    away = GenerationError("It did not answer.", ErrorCategory.PROVIDER_OUTAGE, http_status=503)
    house.scripted.script("poll", *[away] * 5)
    order_id = house.place()
    house.run_until_idle()
    assert house.item(order_id).status is ItemStatus.COMPLETE
    assert house.scripted.count("submit") == 1


def test_a_call_that_cannot_be_asked_about_for_a_day_is_a_person_s_to_repeat(house: House) -> None:
    house.scripted.script("poll", *[GenerationError("Away.", ErrorCategory.PROVIDER_OUTAGE)] * 2)
    order_id = house.place()
    house.turn()
    house.later(hours=25)
    house.turn()
    item, (attempt,) = house.item(order_id), house.attempts(order_id)
    assert (item.status, attempt.state) == (ItemStatus.FAILED, AttemptState.UNKNOWN)
    assert "may have been made" in (item.error_message or "")


def test_a_call_the_provider_forgot_is_not_made_again_by_itself(house: House) -> None:
    house.scripted.script("poll", CallStatus(CallState.LOST))
    order_id = house.place()
    house.run_until_idle()
    assert house.attempts(order_id)[0].state is AttemptState.UNKNOWN
    assert house.item(order_id).status is ItemStatus.FAILED


def test_a_picture_that_was_deleted_is_not_done_without(house: House) -> None:
    with house.database.session() as session:
        user = make_user(session, "alice")
        picture = make_product(session, user, deleted_at=NOON)
        kept = {"prompt": "a harbour", "inputs": {"image": picture.id}}
    order_id = house.place(base_parameter_set=kept)
    with house.database.session() as session:
        item_id = house.item(order_id).id
        session.add(OrderItemInput(order_item_id=item_id, parameter="image", product_id=picture.id))
    with house.database.session() as session:
        products_trash.purge(session, Actor.person(user.id), [picture.id], now=NOON)
    house.turn()
    item = house.item(order_id)
    assert house.scripted.requests == []  # words alone would make, and cost, something else
    assert (item.status, item.error_category, item.cost) == (ItemStatus.FAILED, "validation", 0)
    assert "deleted" in (item.error_message or "")
