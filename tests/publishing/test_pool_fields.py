"""Rating, project and preset: suggestions, lists, many at once."""

import pytest

from core.publishing import bulk, pool_fields
from core.publishing.bulk import BulkChanges
from core.publishing.changes import DeviationChanges
from core.publishing.deviations import duplicate
from core.publishing.listing import Order, list_deviations
from core.publishing.searching import DeviationFilter
from tests.factories import HOUR, NOON, make_deviation, make_preset, make_user


def titles(session, actor, wanted=None, **options) -> list[str]:
    return [row.title for row in list_deviations(session, actor, wanted, now=NOON, **options).rows]


def test_projects_are_suggested_the_one_used_last_first(session, alice, actor, charlie):
    for project, hours in (("Dunes", 1), ("Harbours", 3), ("Dunes", 2), (None, 9)):
        make_deviation(session, alice, project=project, updated_at=NOON + hours * HOUR)
    make_deviation(session, alice, project="Thrown away", deleted_at=NOON)
    make_deviation(session, make_user(session, "bob"), project="Bob's own")
    assert pool_fields.list_projects(session, actor) == ["Harbours", "Dunes"]
    assert pool_fields.list_projects(session, actor, limit=1) == ["Harbours"]
    assert pool_fields.list_projects(session, charlie) == []


def test_presets_are_offered_in_order_archived_ones_only_where_they_are_in_use(session, alice, actor, charlie):
    prints = make_preset(session, alice, name="Prints", price=1200, sort_order=2)
    ranged = make_preset(session, alice, name="Originals", price=0, min_price=500, max_price=2000, sort_order=1)
    old = make_preset(session, alice, name="Old", archived_at=NOON, sort_order=0)
    offered = pool_fields.list_presets(session, actor)
    assert [(one.id, one.lowest, one.highest) for one in offered] == [(ranged.id, 500, 2000), (prints.id, 1200, 1200)]
    assert pool_fields.list_presets(session, actor, also=[old.id])[0].id == old.id
    assert pool_fields.list_presets(session, charlie, also=[old.id]) == []


@pytest.fixture
def shelf(session, alice):
    preset = make_preset(session, alice)
    make_deviation(session, alice, title="Best", rating=5, project="Dunes", sale_preset_id=preset.id)
    make_deviation(session, alice, title="Fair", rating=3, project="apples")
    make_deviation(session, alice, title="Unrated")
    return preset


def test_lists_are_narrowed_by_rating_project_and_preset(session, actor, shelf):
    assert set(titles(session, actor, DeviationFilter(rating_from=3))) == {"Best", "Fair"}
    assert titles(session, actor, DeviationFilter(rating_from=4)) == ["Best"]
    assert titles(session, actor, DeviationFilter(project="Dunes")) == ["Best"]
    assert titles(session, actor, DeviationFilter(project="dunes")) == []
    assert titles(session, actor, DeviationFilter(sale_preset_id=shelf.id)) == ["Best"]


def test_lists_are_ordered_by_rating_and_by_project_what_has_none_comes_last(session, actor, shelf):
    assert titles(session, actor, order=Order.RATING) == ["Best", "Fair", "Unrated"]
    assert titles(session, actor, order=Order.PROJECT) == ["Fair", "Best", "Unrated"]


def test_many_are_rated_put_into_a_project_and_priced_at_once_and_it_is_undone(session, alice, actor, shelf):
    posts = [make_deviation(session, alice, rating=place + 1) for place in range(3)]
    fields = DeviationChanges(rating=5, project="Sea", sale_preset_id=shelf.id)
    report = bulk.edit_many(session, actor, [post.id for post in posts], BulkChanges(fields), now=NOON)
    assert len(report.changed) == 3
    assert {(post.rating, post.project, post.sale_preset_id) for post in posts} == {(5, "Sea", shelf.id)}
    bulk.undo(session, actor, report.group or "", now=NOON + HOUR)
    assert [(post.rating, post.project, post.sale_preset_id) for post in posts] == [(n, None, None) for n in (1, 2, 3)]


def test_a_copy_keeps_rating_project_and_preset(session, alice, actor, shelf):
    post = make_deviation(session, alice, rating=2, project="Sea", sale_preset_id=shelf.id)
    copy = duplicate(session, actor, post.id, now=NOON)
    assert (copy.rating, copy.project, copy.sale_preset_id) == (2, "Sea", shelf.id)
