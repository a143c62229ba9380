"""Passwords: what one must be, how it is kept, how it is checked.

Hashing is bcrypt by streamlit-authenticator's ``Hasher``; see ``docs/decisions/0006-our-own-form-and-cookie.md``.
"""

import logging
import secrets
import unicodedata
from functools import lru_cache
from typing import Protocol

from core.identity.errors import InvalidProfile

SHORTEST = 10
# bcrypt reads no further than this: a longer password would be weaker than it looks.
LONGEST_BYTES = 72


class _Hasher(Protocol):
    def hash(self, password: str) -> str: ...
    def check_pw(self, password: str, hashed_password: str) -> bool: ...


@lru_cache(maxsize=1)
def _hasher() -> _Hasher:
    # The package brings Streamlit along and warns that no page is running: only those who
    # check a password pay for that, and nobody needs to read it.
    logging.disable(logging.WARNING)
    try:
        from streamlit_authenticator.utilities.hasher import Hasher  # noqa: PLC0415 - see above
    finally:
        logging.disable(logging.NOTSET)
    hasher: _Hasher = Hasher()
    return hasher


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher().hash("the password of nobody")


# Nothing that looks like something else: no 0 and o, no 1, i and l.
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"


def suggest() -> str:
    """A password to hand over to somebody: four groups of four characters, some 79 bits."""
    return "-".join("".join(secrets.choice(_CLEAR) for _ in range(4)) for _ in range(4))


def require_good(password: str, *, username: str = "") -> None:
    """Raise ``InvalidProfile`` unless ``password`` may be used."""
    if len(password) < SHORTEST:
        raise InvalidProfile(
            f"A password has at least {SHORTEST} characters. Four or five random words make a good one."
        )
    if len(_normal(password).encode()) > LONGEST_BYTES:
        raise InvalidProfile(f"A password has at most {LONGEST_BYTES} bytes. Shorten it a little.")
    if username and password.casefold() == username.casefold():
        raise InvalidProfile("A password must not be the username. Choose another.")


def hash_password(password: str, *, username: str = "") -> str:
    """The bcrypt hash of a good password; takes a quarter of a second on purpose, so do it outside transactions."""
    require_good(password, username=username)
    return _hasher().hash(_normal(password))


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether ``password`` belongs to the hash; as slow for ``None``, which stands for nobody."""
    text = _normal(password)
    fits = len(text.encode()) <= LONGEST_BYTES
    try:
        matches = _hasher().check_pw(text if fits else "too long", password_hash or _nobodys_hash())
    except ValueError:  # a hash that bcrypt cannot read belongs to no password
        matches = False
    return matches and fits and password_hash is not None


def _normal(password: str) -> str:
    # One keyboard sends “é” as one character, another as two: they are the same password.
    return unicodedata.normalize("NFC", password)
