"""What a person does with an order."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.models import User
from core.studio.orders import actions, detail, listing
from core.studio.orders.errors import OrderBusy, OrderNotFound
from core.studio.orders.listing import OrderFilter
from core.studio.orders.models import AttemptState, ItemStatus, Order, OrderItem, OrderStatus
from core.system.actors import Actor
from core.system.models import AuditEvent
from tests.factories import DAY, HOUR, NOON, make_user
from tests.studio.factories import (
    make_generation_attempt,
    make_item,
    make_order,
    make_product,
    make_project,
    make_provider,
)


@pytest.fixture
def user(session: Session) -> User:
    return make_user(session)


@pytest.fixture
def alice(user: User) -> Actor:
    return Actor.person(user.id)


@pytest.fixture
def order(session: Session, user: User) -> Order:
    """Six items: waiting, waiting for another try, running, complete, failed, cancelled."""
    row = make_order(session, user, make_provider(session), status=OrderStatus.PROCESSING, expanded_count=6,
                     completed_count=1, failed_count=1, cancelled_count=1)  # fmt: skip
    make_item(session, row)
    make_item(session, row, retry_count=1, due_at=NOON + HOUR)
    running = make_item(session, row, status=ItemStatus.GENERATING, lock_id="w", locked_at=NOON)
    make_generation_attempt(session, running, state=AttemptState.SUBMITTED)
    make_item(session, row, status=ItemStatus.COMPLETE, due_at=None)
    make_item(
        session, row, status=ItemStatus.FAILED, due_at=None, error_message="Refused.", error_category="validation"
    )
    make_item(session, row, status=ItemStatus.CANCELLED, due_at=None)
    return row


def _statuses(session: Session, order: Order) -> list[str]:
    query = select(OrderItem.status).where(OrderItem.order_id == order.id).order_by(OrderItem.sequence_number)
    return [status.value for status in session.scalars(query)]


def test_cancelling_ends_what_has_not_begun_and_asks_for_the_rest(session, alice, order):
    row = actions.cancel_order(session, alice, order.id, now=NOON)
    expected = ["cancelled", "cancelled", "generating", "complete", "failed", "cancelled"]
    assert _statuses(session, order) == expected
    running = session.scalars(select(OrderItem).where(OrderItem.status == ItemStatus.GENERATING)).one()
    assert running.cancel_requested_at == NOON
    assert (row.status, row.cancelled_count) == (OrderStatus.PROCESSING, 3)
    assert detail.order_view(session, alice, order.id).is_cancelling


def test_an_order_of_which_nothing_ran_is_cancelled_at_once(session, user, alice):
    row = make_order(session, user, make_provider(session), items=3)
    assert actions.cancel_order(session, alice, row.id, now=NOON).status is OrderStatus.CANCELLED
    assert row.completed_at == NOON
    with pytest.raises(OrderBusy, match="nothing left to cancel"):
        actions.cancel_order(session, alice, row.id, now=NOON)


def test_retrying_takes_failed_and_cancelled_items_up_again(session, alice, order):
    assert actions.retry_items(session, alice, order.id, now=NOON) == 2
    assert _statuses(session, order) == ["pending", "pending", "generating", "complete", "pending", "pending"]
    again = session.scalars(select(OrderItem).where(OrderItem.error_message.is_not(None))).one()
    assert (again.retry_count, again.due_at, again.error_category) == (0, NOON, None)
    assert again.error_message == "Refused.", "what went wrong last is still to be read"
    session.refresh(order)
    assert (order.failed_count, order.cancelled_count) == (0, 0)


def test_an_order_that_had_ended_goes_on_when_one_of_its_items_is_retried(session, user, alice):
    row = make_order(session, user, make_provider(session), status=OrderStatus.FAILED, expanded_count=2, failed_count=2,
                     completed_at=NOON)  # fmt: skip
    first = make_item(session, row, status=ItemStatus.FAILED, due_at=None)
    make_item(session, row, status=ItemStatus.FAILED, due_at=None)
    assert actions.retry_items(session, alice, row.id, [first.id], now=NOON) == 1
    session.refresh(row)
    assert (row.status, row.failed_count, row.completed_at) == (OrderStatus.PROCESSING, 1, None)


def test_pausing_and_going_on_change_no_state(session, alice, order):
    assert actions.pause_order(session, alice, order.id, now=NOON).paused_at == NOON
    assert actions.resume_order(session, alice, order.id, now=NOON).paused_at is None
    assert order.status is OrderStatus.PROCESSING


def test_an_order_is_thrown_away_when_nothing_of_it_runs_and_comes_back(session, user, alice, order):
    with pytest.raises(OrderBusy, match="Cancel it first"):
        actions.delete_order(session, alice, order.id, now=NOON)
    ended = make_order(session, user, session.get_one(type(make_provider(session, "fal")), "local"))
    actions.delete_order(session, alice, ended.id, now=NOON)
    with pytest.raises(OrderNotFound):
        detail.order_view(session, alice, ended.id)
    assert [one.id for one in listing.list_orders(session, alice, OrderFilter(in_trash=True)).rows] == [ended.id]
    assert actions.restore_order(session, alice, ended.id, now=NOON).deleted_at is None


def test_ordering_again_begins_with_the_same_form(session, alice, order):
    again = actions.form_of(session, alice, order.id)
    assert (again.prompt, again.repeats_id, again.seed) == ("a harbour", order.id, order.seed)
    assert again.client_token is None


def test_lists_show_what_is_there_and_what_it_cost(session, user, alice, order):
    item = session.scalars(select(OrderItem).where(OrderItem.status == ItemStatus.COMPLETE)).one()
    item.cost = 0
    make_product(session, user, order_item_id=item.id, output_index=0)
    make_order(session, user, session.get_one(type(make_provider(session, "fal")), "fal"), created_at=NOON - DAY,
               project_id=make_project(session, user).id, search_text="a red fox")  # fmt: skip
    page = listing.list_orders(session, alice, OrderFilter())
    assert page.rows[0].id == order.id and page.total == 2
    view = page.rows[0]
    assert (view.products, view.cost, view.unpriced, view.generating, len(view.covers)) == (1, 0, 0, 1, 1)
    assert view.progress == 0.5
    for wanted, total in (
        (OrderFilter(statuses=(OrderStatus.PROCESSING,)), 1),
        (OrderFilter(provider="fal"), 1),
        (OrderFilter(words="fox"), 1),
        (OrderFilter(words="owl"), 0),
        (OrderFilter(since=NOON), 1),
        (OrderFilter(until=NOON), 1),
    ):
        assert listing.list_orders(session, alice, wanted).total == total


def test_an_item_tells_of_its_calls(session, alice, order):
    running = session.scalars(select(OrderItem).where(OrderItem.status == ItemStatus.GENERATING)).one()
    assert [one.state for one in detail.list_attempts(session, alice, running.id)] == [AttemptState.SUBMITTED]
    page = detail.list_items(session, alice, order.id, statuses=[ItemStatus.FAILED])
    assert [one.error_message for one in page.rows] == ["Refused."]
    assert detail.recent_logs(session, alice, order.id) == []


def test_a_lost_call_is_told_of_once_another_was_made_after_it(session, alice, order):
    failed = session.scalars(select(OrderItem).where(OrderItem.status == ItemStatus.FAILED)).one()

    def told() -> list[bool]:
        page = detail.list_items(session, alice, order.id, statuses=[ItemStatus.FAILED, ItemStatus.COMPLETE])
        return [one.has_lost_call for one in page.rows]

    make_generation_attempt(session, failed, state=AttemptState.UNKNOWN)
    assert told() == [False, False]  # the item's own error tells of it
    make_generation_attempt(session, failed, number=2, state=AttemptState.FAILED)
    assert told() == [False, True]


def test_a_strangers_order_looks_missing(session, order):
    charlie = Actor.person(make_user(session, "charlie").id)
    before = len(session.scalars(select(AuditEvent)).all())
    for act in (actions.cancel_order, actions.pause_order, actions.retry_items, actions.delete_order):
        with pytest.raises(OrderNotFound):
            act(session, charlie, order.id, now=NOON)
    for look in (detail.order_view, detail.list_items, detail.recent_logs, actions.form_of):
        with pytest.raises(OrderNotFound):
            look(session, charlie, order.id)
    assert listing.list_orders(session, charlie, OrderFilter()).rows == ()
    assert len(session.scalars(select(AuditEvent)).all()) == before
