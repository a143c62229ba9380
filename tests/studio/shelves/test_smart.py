"""Collections by rule."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.studio.products.filters import ProductFilter
from core.studio.products.trash import throw_away
from core.studio.shelves import collections, projects, smart
from core.studio.shelves.collections import CollectionForm
from core.studio.shelves.covers import covers_of_collections, covers_of_projects
from core.studio.shelves.errors import ShelfInUse, ShelfRefused
from core.system.actors import Actor
from tests.factories import NOON, make_user
from tests.studio.factories import make_collection, make_product, make_project


@pytest.fixture
def user(session):
    return make_user(session)


@pytest.fixture
def alice(user):
    return Actor.person(user.id)


def test_what_fits_the_rule_is_in_it_by_itself(session, user, alice):
    row = smart.create_smart(session, alice, CollectionForm("Liked"), ProductFilter(liked=True), now=NOON)
    make_product(session, user)
    assert smart.smart_ids(session, alice, row) == []
    one = make_product(session, user, liked=True)
    make_product(session, make_user(session, "charlie"), liked=True)
    assert (smart.smart_ids(session, alice, row), str(smart.count_members(session, alice, row))) == ([one.id], "1")
    throw_away(session, alice, [one.id], now=NOON)
    assert smart.smart_ids(session, alice, row) == []


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (ProductFilter(), "lets everything in"),
        (ProductFilter(trashed=True, liked=True), "trash"),
        (ProductFilter(created_from=NOON, created_before=NOON - timedelta(days=1)), "ends before it begins"),
        (ProductFilter(project_id="prj_nowhere"), "no longer there"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(session, alice, rule, reason):
    with pytest.raises(ShelfRefused, match=reason):
        smart.create_smart(session, alice, CollectionForm("Odd"), rule, now=NOON)


def test_a_rule_names_collections_by_hand_only(session, user, alice):
    by_hand = make_collection(session, user)
    collections.add_products(session, alice, by_hand.id, [make_product(session, user, rating=4).id], now=NOON)
    rule = ProductFilter(collection_id=by_hand.id, rating_from=4)
    row = smart.create_smart(session, alice, CollectionForm("Best of them"), rule, now=NOON)
    assert len(smart.smart_ids(session, alice, row)) == 1
    with pytest.raises(ShelfRefused, match="not one by rule"):
        smart.change_rule(session, alice, row.id, replace(rule, collection_id=row.id), now=NOON)
    with pytest.raises(ShelfInUse, match="by hand"):
        smart.change_rule(session, alice, by_hand.id, rule, now=NOON)


def test_members_move_to_any_place(session, user, alice):
    row = make_collection(session, user)
    a, b, c = (make_product(session, user).id for _ in range(3))
    collections.add_products(session, alice, row.id, [a, b, c], now=NOON)
    collections.move(session, alice, row.id, c, before=b, now=NOON)
    assert collections.member_ids(session, alice, row.id) == [a, c, b]
    collections.move(session, alice, row.id, a, before=None, now=NOON)
    assert collections.member_ids(session, alice, row.id) == [c, b, a]
    with pytest.raises(ShelfRefused):
        collections.move(session, alice, row.id, "prd_x", before=a, now=NOON)


def test_cards_show_the_cover_or_what_is_featured_first(session, user, alice):
    project = make_project(session, user)
    products = [make_product(session, user, project_id=project.id, created_at=NOON + timedelta(n)) for n in range(6)]
    blobs = [one.blob_id for one in products]
    row = make_collection(session, user)
    collections.add_products(session, alice, row.id, [one.id for one in products], now=NOON)
    collections.set_cover(session, alice, row.id, products[5].id, now=NOON)
    by_rule = smart.create_smart(
        session, alice, CollectionForm("In it"), ProductFilter(project_id=project.id), now=NOON
    )
    covers = covers_of_collections(session, alice, [row, by_rule])
    assert covers == {row.id: [blobs[5], *blobs[:3]], by_rule.id: blobs[:1:-1]}
    assert covers_of_projects(session, alice, [project]) == {project.id: blobs[:1:-1]}
    projects.feature(session, alice, project.id, [products[0].id], now=NOON)
    assert covers_of_projects(session, alice, [project]) == {project.id: [blobs[0]]}


def test_a_project_that_a_rule_names_can_be_gone_later(session, user, alice):
    project = make_project(session, user)
    row = smart.create_smart(session, alice, CollectionForm("In it"), ProductFilter(project_id=project.id), now=NOON)
    projects.delete_project(session, alice, project.id, with_contents=False, now=NOON)
    assert smart.smart_ids(session, alice, row) == []
