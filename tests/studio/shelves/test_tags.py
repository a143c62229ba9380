"""Tags on things."""

import pytest

from core.studio.shelves import tags
from core.studio.shelves.errors import ShelfRefused, TaggedNotFound, TagNotFound
from core.studio.shelves.models import TaggedKind
from core.system.actors import Actor
from tests.factories import NOON, make_user
from tests.studio.factories import make_product, make_project


@pytest.fixture
def user(session):
    return make_user(session)


@pytest.fixture
def alice(user):
    return Actor.person(user.id)


def test_tagging_makes_the_tag_counts_it_and_does_it_once(session, user, alice):
    pictures = [make_product(session, user).id for _ in range(2)]
    red, fox = tags.add_tags(session, alice, TaggedKind.PRODUCT, pictures, ["#Red", "fox"], now=NOON)
    tags.add_tags(session, alice, TaggedKind.PRODUCT, pictures, ["RED"], now=NOON)
    tags.add_tags(session, alice, TaggedKind.PROJECT, [make_project(session, user).id], ["red"], now=NOON)
    session.refresh(red)
    assert (red.name, red.usage_count, fox.usage_count) == ("Red", 3, 2)
    on = tags.tags_of(session, alice, TaggedKind.PRODUCT, pictures)
    assert [tag.name for tag in on[pictures[0]]] == ["fox", "Red"]
    tags.remove_tags(session, alice, TaggedKind.PRODUCT, pictures[:1], [red.id], now=NOON)
    assert red.usage_count == 2


def test_renaming_to_a_name_that_is_taken_joins_the_two(session, user, alice):
    first, second = make_product(session, user).id, make_product(session, user).id
    tags.add_tags(session, alice, TaggedKind.PRODUCT, [first, second], ["crimson"], now=NOON)
    tags.add_tags(session, alice, TaggedKind.PRODUCT, [first], ["red"], now=NOON)
    crimson = tags.list_tags(session, alice)[0]
    joined = tags.edit_tag(session, alice, crimson.id, name="Red", color=None, now=NOON)
    assert (joined.name, joined.usage_count) == ("red", 2)
    assert len(tags.list_tags(session, alice)) == 1


@pytest.mark.parametrize(("name", "color"), [("", None), ("x" * 101, None), ("a\x00b", None), ("red", "red")])
def test_names_and_colours_that_cannot_be_are_refused(session, alice, name, color):
    with pytest.raises(ShelfRefused):
        tags.create_tag(session, alice, name, color=color, now=NOON)


def test_what_is_a_strangers_can_neither_be_tagged_nor_used(session, alice):
    charlie = make_user(session, "charlie")
    theirs = tags.create_tag(session, Actor.person(charlie.id), "theirs", now=NOON)
    with pytest.raises(TaggedNotFound):
        tags.add_tags(session, alice, TaggedKind.PRODUCT, [make_product(session, charlie).id], ["mine"], now=NOON)
    with pytest.raises(TagNotFound):
        tags.delete_tag(session, alice, theirs.id, now=NOON)
    assert tags.list_tags(session, alice) == []
