"""What running orders wait for, and how long they take."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.studio.orders.listing import is_any_running, list_running, views_of
from core.studio.orders.models import ItemStatus, OrderStatus
from core.studio.orders.pace import seconds_left
from core.studio.orders.waiting import waits_of
from core.system.actors import Actor
from tests.factories import NOON, make_user
from tests.studio.factories import make_generation_attempt, make_item, make_order, make_provider

SOON = NOON + timedelta(minutes=5)


def _wait(session, order):
    return waits_of(session, views_of(session, [order]), now=NOON).get(order.id)


@pytest.mark.parametrize(
    ("fields", "words", "until", "needs_somebody"),
    [
        ({"is_enabled": False}, "switched off", None, True),
        ({"paused_until": SOON}, "asked for a break", SOON, False),
        ({"paused_until": SOON, "check_passed": False, "check_message": "Wrong key."}, "stands still: Wrong key.",
         SOON, True),
        ({"daily_spend_cap": Decimal(1), "spend_day": NOON.date(), "spent_today": Decimal(1)}, "cap of Local", None,
         True),
    ],
)  # fmt: skip
def test_what_holds_a_provider_holds_its_orders(session, fields, words, until, needs_somebody):
    order = make_order(session, make_user(session), make_provider(session, **fields), items=1)
    wait = _wait(session, order)
    assert words in wait.reason and (wait.until, wait.needs_somebody) == (until, needs_somebody)


def test_a_cap_of_yesterday_holds_nothing(session):
    yesterday = NOON.date() - timedelta(days=1)
    provider = make_provider(session, daily_spend_cap=Decimal(1), spend_day=yesterday, spent_today=Decimal(1))
    assert _wait(session, make_order(session, make_user(session), provider, items=1)) is None


def test_an_order_waits_behind_others_and_for_its_next_try(session):
    user, provider = make_user(session), make_provider(session, concurrent_limit=1)
    first, second = (make_order(session, user, provider, items=2) for _ in range(2))
    busy = make_item(session, first, status=ItemStatus.GENERATING)
    make_generation_attempt(session, busy, opened_at=NOON - timedelta(seconds=5))
    first.expanded_count = 3
    assert _wait(session, first) is None, "something of it is under way"
    assert "takes 1 at once" in _wait(session, second).reason
    provider.concurrent_limit, provider.rate_limit_requests = None, 1
    assert "had its 1 call of this minute" in _wait(session, second).reason
    provider.rate_limit_requests = None
    third = make_order(session, user, provider, expanded_count=1)
    make_item(session, third, due_at=SOON, error_message="It was away.")
    wait = _wait(session, third)
    assert wait.until == SOON and "tried again. It was away." in wait.reason


def test_the_time_left_follows_the_latest_items(session):
    order = make_order(session, make_user(session), make_provider(session), expanded_count=10, completed_count=4,
                       status=OrderStatus.PROCESSING)  # fmt: skip
    for number in range(4):
        make_item(session, order, status=ItemStatus.COMPLETE, completed_at=NOON - timedelta(seconds=10 * number))
    assert seconds_left(session, views_of(session, [order]), now=NOON) == {order.id: 60.0}
    # What ended before it rested for an hour says nothing of its pace.
    make_item(session, order, status=ItemStatus.COMPLETE, completed_at=NOON - timedelta(hours=1))
    assert seconds_left(session, views_of(session, [order]), now=NOON) == {order.id: 60.0}
    order.completed_count = 2
    assert seconds_left(session, views_of(session, [order]), now=NOON) == {}
    order.completed_count = 4
    assert seconds_left(session, views_of(session, [order]), now=NOON + timedelta(hours=1)) == {}


def test_something_runs_as_long_as_an_order_of_ones_own_has_not_ended(session):
    provider, user = make_provider(session), make_user(session)
    alice = Actor.person(user.id)
    make_order(session, make_user(session, "charlie"), provider, status=OrderStatus.PROCESSING)
    make_order(session, user, provider, status=OrderStatus.FULFILLED)
    assert not is_any_running(session, alice) and not list_running(session, alice)
    make_order(session, user, provider)
    assert is_any_running(session, alice) and len(list_running(session, alice)) == 1
