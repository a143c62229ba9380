"""Passwords: what is refused, and how they are checked."""

import pytest

from core.identity import passwords
from core.identity.errors import InvalidProfile
from tests.identity.support import PASSWORD, password_hash


def test_the_right_password_matches_its_hash_and_no_other_does() -> None:
    assert passwords.is_password(PASSWORD, password_hash())
    assert not passwords.is_password(PASSWORD + "!", password_hash())


def test_a_hash_is_bcrypt_and_never_the_same_twice() -> None:
    first, second = passwords.hash_password(PASSWORD), passwords.hash_password(PASSWORD)
    assert first.startswith("$2b$")
    assert first != second


@pytest.mark.parametrize("password", ["", "too short", "ninechars"])
def test_fewer_than_ten_characters_are_refused(password: str) -> None:
    with pytest.raises(InvalidProfile, match="at least 10"):
        passwords.hash_password(password)


def test_what_bcrypt_would_cut_off_is_refused_instead() -> None:
    assert passwords.hash_password("é" * 36)
    with pytest.raises(InvalidProfile, match="at most 72 bytes"):
        passwords.hash_password("é" * 37)


def test_a_password_longer_than_bcrypt_reads_matches_nothing() -> None:
    longest = "x" * 72
    assert passwords.is_password(longest, passwords.hash_password(longest))
    assert not passwords.is_password(longest + "y", passwords.hash_password(longest))


def test_the_username_is_no_password() -> None:
    with pytest.raises(InvalidProfile, match="username"):
        passwords.hash_password("Annabella-Rossi", username="annabella-rossi")


def test_both_ways_to_type_an_accent_are_the_same_password() -> None:
    assert passwords.is_password("cafe\u0301 au lait", passwords.hash_password("café au lait"))


def test_nobody_has_a_password() -> None:
    assert not passwords.is_password("the password of nobody", None)


def test_a_hash_that_cannot_be_read_belongs_to_no_password() -> None:
    assert not passwords.is_password(PASSWORD, "!")


def test_a_suggested_password_is_good_and_new_each_time() -> None:
    suggested = {passwords.suggest() for _ in range(50)}
    assert len(suggested) == 50
    for password in suggested:
        passwords.require_good(password)
