"""Identifiers: UUIDv7 in the database, ``dev_01kb…`` where people see them.

The text form is a TypeID (https://github.com/jetify-com/typeid, version 0.3): a prefix that names
the kind, an underscore, and the 128 bits in Crockford's base 32, 26 characters, lower case.
It sorts by time, survives a double click, and tells a person what it belongs to.
"""

import uuid

import uuid_utils

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26
# Python reads base 32 too, with the digits 0-9 and a-v. What the alphabet does not have becomes a character
# that no number has.
_PYTHON_DIGITS = dict.fromkeys(range(128), "!") | {
    ord(ours): python for ours, python in zip(ALPHABET, "0123456789abcdefghijklmnopqrstuv", strict=True)
}
# Ten bits at a time: 13 table look-ups instead of 26.
_PAIRS = [high + low for high in ALPHABET for low in ALPHABET]


def encode(prefix: str, value: uuid.UUID) -> str:
    """``dev`` and a UUID to ``dev_…``."""
    number = value.int
    pairs = [_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)]
    return f"{prefix}_{''.join(pairs)}"


def decode(prefix: str, text: str) -> uuid.UUID | None:
    """The UUID in ``text``, or ``None`` when it is no identifier of this kind."""
    head, _, tail = text.rpartition("_")
    if head != prefix or len(tail) != LENGTH or not tail.isascii() or tail[0] > "7":
        return None
    try:
        return uuid.UUID(int=int(tail.translate(_PYTHON_DIGITS), 32))
    except ValueError:
        return None


def new_id(prefix: str) -> str:
    """A fresh identifier, later than all that this process made before."""
    return encode(prefix, uuid.UUID(int=uuid_utils.uuid7().int))
