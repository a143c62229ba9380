"""Collections put together by hand."""

import pytest

from core.studio.shelves import collections
from core.studio.shelves.collections import CollectionForm
from core.studio.shelves.errors import CollectionNotFound, ShelfInUse, ShelfRefused
from core.system.actors import Actor
from tests.factories import NOON, make_user
from tests.studio.factories import make_collection, make_product


@pytest.fixture
def user(session):
    return make_user(session)


@pytest.fixture
def alice(user):
    return Actor.person(user.id)


def test_members_keep_the_order_they_are_put_into(session, user, alice):
    row = collections.create_collection(session, alice, CollectionForm("Best"), now=NOON)
    a, b, c = (make_product(session, user).id for _ in range(3))
    assert collections.add_products(session, alice, row.id, [a, b], now=NOON) == 2
    assert collections.add_products(session, alice, row.id, [b, c], now=NOON) == 1
    collections.reorder(session, alice, row.id, [c, a], now=NOON)
    assert collections.member_ids(session, alice, row.id) == [c, a, b]
    session.refresh(row)
    assert row.product_count == 3


def test_the_cover_goes_with_its_product(session, user, alice):
    row = make_collection(session, user)
    one = make_product(session, user).id
    collections.add_products(session, alice, row.id, [one], now=NOON)
    assert collections.set_cover(session, alice, row.id, one, now=NOON).cover_product_id == one
    collections.remove_products(session, alice, row.id, [one], now=NOON)
    session.refresh(row)
    assert (row.cover_product_id, row.product_count) == (None, 0)


def test_a_collection_by_rule_takes_no_members_by_hand(session, user, alice):
    row = make_collection(session, user, rule={"liked": True})
    with pytest.raises(ShelfInUse, match="rule"):
        collections.add_products(session, alice, row.id, [make_product(session, user).id], now=NOON)


def test_deleting_one_leaves_its_products_and_can_be_taken_back(session, user, alice):
    row = make_collection(session, user)
    one = make_product(session, user).id
    collections.add_products(session, alice, row.id, [one], now=NOON)
    collections.delete_collection(session, alice, row.id, now=NOON)
    with pytest.raises(CollectionNotFound):
        collections.member_ids(session, alice, row.id)
    collections.restore_collection(session, alice, row.id, now=NOON)
    assert collections.member_ids(session, alice, row.id) == [one]


def test_what_is_a_strangers_stays_out(session, user, alice):
    charlie = make_user(session, "charlie")
    theirs, own = make_product(session, charlie).id, make_collection(session, user)
    with pytest.raises(ShelfRefused):
        collections.add_products(session, alice, own.id, [theirs], now=NOON)
    with pytest.raises(ShelfRefused):
        collections.set_cover(session, alice, own.id, theirs, now=NOON)
    with pytest.raises(CollectionNotFound):
        collections.delete_collection(session, alice, make_collection(session, charlie).id, now=NOON)
