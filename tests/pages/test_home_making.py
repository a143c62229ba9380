"""What of the studio Home shows."""

from core.identity.models import InstanceUserRole
from core.studio.orders.models import ItemStatus, OrderStatus
from core.system.actors import Actor
from core.ui.home.reading import read_home
from core.ui.home.studio_needs import culling_needs, order_needs, provider_needs
from tests.factories import DAY, NOON, make_blob, make_user
from tests.studio.factories import make_item, make_order, make_product, make_provider


def _home(session, user):
    return read_home(session, Actor.person(user.id), zone="UTC", now=NOON)


def test_failed_items_of_the_last_days_need_the_person(session):
    alice = make_user(session)
    provider = make_provider(session)
    order = make_order(session, alice, provider, status=OrderStatus.PARTIALLY_FULFILLED, expanded_count=3,
                       completed_count=1, failed_count=2)  # fmt: skip
    make_order(session, alice, provider, status=OrderStatus.FAILED, expanded_count=1, failed_count=1,
               created_at=NOON - DAY * 9)  # fmt: skip
    (need,) = order_needs(_home(session, alice))
    assert (need.title, need.link) == ("2 items of an order failed", f"orders?order={order.id}")


def test_of_many_orders_with_failed_items_all_are_counted(session):
    alice = make_user(session)
    provider = make_provider(session)

    def fail(orders: int) -> str:
        for _ in range(orders):
            make_order(session, alice, provider, status=OrderStatus.FAILED, expanded_count=2, failed_count=2)
        (need,) = order_needs(_home(session, alice))
        return need.title

    assert fail(2) == "4 items of 2 orders failed"
    assert fail(7) == "Items of 9 orders failed"


def test_a_provider_that_holds_orders_back_needs_an_administrator(session):
    alice, bob = make_user(session, role=InstanceUserRole.ADMIN), make_user(session, "bob")
    provider = make_provider(session, "fal", check_passed=False, check_message="Wrong key.")
    idle = make_provider(session, "openai", is_enabled=False)
    make_item(session, make_order(session, bob, provider))
    assert [one.detail for one in provider_needs(_home(session, alice))] == ["Wrong key."]
    assert list(provider_needs(_home(session, bob))) == []
    assert idle.id not in {one.id for one in _home(session, alice).making.stopped}


def test_a_handful_of_unjudged_pictures_is_no_task(session):
    alice = make_user(session)
    blob = make_blob(session, alice)
    for _ in range(4):
        make_product(session, alice, blob)
    make_product(session, alice, blob, liked=True)
    assert list(culling_needs(_home(session, alice))) == []
    make_product(session, alice, blob)
    assert [one.title for one in culling_needs(_home(session, alice))] == ["5 pictures to cull"]


def test_what_is_being_made_is_shown(session):
    alice = make_user(session)
    order = make_order(session, alice, make_provider(session), items=2, status=OrderStatus.PROCESSING)
    make_item(session, order, status=ItemStatus.GENERATING)
    assert [one.id for one in _home(session, alice).making.running] == [order.id]
