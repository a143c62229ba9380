"""Lookups of one's own and of the house."""

import pytest

from core.studio.wording import lookups, starters
from core.studio.wording.errors import LookupNotFound, LookupProtected, LookupRefused
from core.studio.wording.lookups import LookupForm
from tests.factories import NOON, make_actor, make_user
from tests.studio.factories import make_lookup

CATS = LookupForm("cat", ["tabby", " black  cat ", "", "tabby"])


def test_values_are_trimmed_and_each_is_there_once(session):
    row = lookups.create_lookup(session, make_actor(session), CATS, now=NOON)
    assert row.values == ["tabby", "black cat"]
    assert lookups.values_of_text("a\n\n  b \na\n") == ["a", "b"]


def test_the_house_is_stocked_once_and_keeps_what_was_changed(session):
    assert starters.stock(session, now=NOON) == len(starters.STARTERS)
    assert starters.stock(session, now=NOON) == 0
    words = lookups.words(session, make_actor(session))
    assert "red" in words["color"] and words["scene"] == ["landscape", "weather", "time"]


def test_changing_one_of_the_house_makes_ones_own_that_goes_before_it(session):
    alice, charlie = make_actor(session), make_actor(session, "charlie")
    theirs = make_lookup(session, None, "color", ["red"])
    own = lookups.edit_lookup(session, alice, theirs.id, LookupForm("Color", ["teal"]), now=NOON)
    assert own.id != theirs.id
    assert lookups.words(session, alice) == {"Color": ["teal"]}
    assert lookups.words(session, charlie) == {"color": ["red"]}
    with pytest.raises(LookupProtected):
        lookups.delete_lookup(session, charlie, theirs.id, now=NOON)
    with pytest.raises(LookupNotFound):
        lookups.get_lookup(session, charlie, own.id)


@pytest.mark.parametrize("key", ["", "1cat", "color_1", "two words", "x" * 101, "_cat", "cat:2", "cat]"])
def test_a_key_that_the_language_could_not_name_is_refused(session, key):
    with pytest.raises(LookupRefused, match="key"):
        lookups.create_lookup(session, make_actor(session), LookupForm(key, ["a"]), now=NOON)


@pytest.mark.parametrize(("values", "says"), [([], "at least one"), (["x" * 501], "at most 500"), (["a"] * 3, None)])
def test_values_within_reason(session, values, says):
    form = LookupForm("cat", values)
    if says is None:
        assert lookups.create_lookup(session, make_actor(session), form, now=NOON).values == ["a"]
    else:
        with pytest.raises(LookupRefused, match=says):
            lookups.create_lookup(session, make_actor(session), form, now=NOON)


def test_a_deleted_key_is_free_at_once_and_comes_back_when_it_still_is(session):
    alice = make_actor(session)
    first = lookups.create_lookup(session, alice, CATS, now=NOON)
    lookups.delete_lookup(session, alice, first.id, now=NOON)
    assert lookups.list_lookups(session, alice) == []
    second = lookups.create_lookup(session, alice, CATS, now=NOON)
    with pytest.raises(LookupRefused, match="already"):
        lookups.restore_lookup(session, alice, first.id, now=NOON)
    lookups.delete_lookup(session, alice, second.id, now=NOON)
    assert lookups.restore_lookup(session, alice, first.id, now=NOON).key == "cat"


def test_two_keys_that_differ_in_case_alone_are_one(session):
    alice = make_actor(session)
    lookups.create_lookup(session, alice, CATS, now=NOON)
    with pytest.raises(LookupRefused, match="already"):
        lookups.create_lookup(session, alice, LookupForm("CAT", ["x"]), now=NOON)


def test_a_strangers_lookup_looks_missing(session):
    theirs = make_lookup(session, make_user(session, "charlie"), "cat", ["x"])
    with pytest.raises(LookupNotFound):
        lookups.edit_lookup(session, make_actor(session), theirs.id, CATS, now=NOON)
