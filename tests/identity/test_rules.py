"""What a username, an address and a time zone must look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity import rules
from core.identity.errors import InvalidProfile


@pytest.mark.parametrize("name", ["Al", "anna.b-c_d", "Ærøskøbing", "x" * 64, "名前"])
def test_ordinary_usernames_are_taken_as_they_are(name: str) -> None:
    assert rules.clean_username(name) == name


@pytest.mark.parametrize("name", ["", "a", "x" * 65, "two words", "tab\tbed", "zero\u200bwidth", "bell\x07"])
def test_usernames_that_are_too_short_too_long_or_hide_something_are_refused(name: str) -> None:
    with pytest.raises(InvalidProfile):
        rules.clean_username(name)


@pytest.mark.parametrize(("one", "other"), [("Anna", "ANNA"), ("straße", "STRASSE"), ("ﬁona", "fiona")])
def test_names_that_differ_in_case_or_form_alone_are_the_same(one: str, other: str) -> None:
    assert rules.username_key(one) == rules.username_key(other)


@given(st.text(max_size=80))
def test_a_name_that_was_accepted_is_accepted_again_and_keeps_its_key(text: str) -> None:
    try:
        name = rules.clean_username(text)
    except InvalidProfile:
        return
    assert rules.clean_username(name) == name
    assert rules.username_key(text) == rules.username_key(name)


def test_addresses_are_compared_in_lower_case_and_may_be_missing() -> None:
    assert rules.clean_email("  Anna@Example.ORG ") == "anna@example.org"
    assert rules.clean_email("  ") is None


@pytest.mark.parametrize("address", ["anna", "anna@", "@example.org", "a b@example.org", "anna@example", "a@b@c.org"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidProfile):
        rules.clean_email(address)


def test_time_zones_are_those_of_the_tz_database() -> None:
    assert rules.clean_timezone("Europe/Berlin") == "Europe/Berlin"
    assert rules.clean_timezone("") == "UTC"
    with pytest.raises(InvalidProfile, match="Middle/Earth"):
        rules.clean_timezone("Middle/Earth")


def test_the_list_of_time_zones_begins_with_places() -> None:
    assert rules.timezones()[0].startswith("Africa/")
    assert {"UTC", "Europe/Berlin"} <= set(rules.timezones())


@pytest.mark.parametrize("name", ["Ali\0ce", "\u202ealice", "a\u2066b", "tab\x1b[31m"])
def test_a_name_has_no_signs_that_only_change_how_others_look(name: str) -> None:
    cleaned = rules.clean_name(name)
    assert cleaned
    assert all(character.isprintable() for character in cleaned)


def test_a_name_keeps_its_letters_whatever_the_script() -> None:
    assert rules.clean_name("  Zoë   فرهاد‌پور ") == "Zoë فرهاد‌پور"


@pytest.mark.parametrize("address", ["a\0@example.org", "a\u202e@example.org", "a@exam\x07ple.org"])
def test_an_address_has_no_invisible_characters(address: str) -> None:
    with pytest.raises(InvalidProfile):
        rules.clean_email(address)
