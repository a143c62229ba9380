"""Declared parameters: each endpoint lists what it takes, and anything else is refused by name."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from core.sandbox.deviantart.errors import invalid_fields

Parser = Callable[[str], Any]
Values = dict[str, Any]

UUID = re.compile(r"[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
TAG = re.compile(r"[A-Za-z0-9_]+")
MAX_TAGS = 30
COMMON = frozenset({"access_token", "mature_content", "expand", "with_session"})


class Refused(ValueError):
    """A value that its parameter does not take; the message is the reason."""


class Field(NamedTuple):
    """One parameter; ``many`` ones end in ``[]`` on the wire and in no more than ``limit`` values."""

    name: str
    parse: Parser
    is_required: bool = False
    many: bool = False
    limit: int = 1000
    error_code: int | None = None


def text(max_length: int = 100_000, *, min_length: int = 0) -> Parser:
    """Text within a length, in characters."""

    def parse(value: str) -> str:
        if not min_length <= len(value) <= max_length:
            raise Refused(f"Must have {min_length} to {max_length} characters.")
        return value

    return parse


def integer(lowest: int, highest: int) -> Parser:
    """A whole number within bounds, both included."""

    def parse(value: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,19}", value) or not lowest <= int(value) <= highest:
            raise Refused(f"Must be a whole number from {lowest} to {highest}.")
        return int(value)

    return parse


def choice(*allowed: str) -> Parser:
    """One of a few words."""

    def parse(value: str) -> str:
        if value not in allowed:
            raise Refused(f"Must be one of {', '.join(allowed)}.")
        return value

    return parse


def boolean(value: str) -> bool:
    """true, false, 1 or 0."""
    if value not in ("true", "false", "1", "0"):
        raise Refused("Must be true or false.")
    return value in ("true", "1")


def uuid_text(value: str) -> str:
    """A UUID, in upper case as the site keeps them."""
    if not UUID.fullmatch(value):
        raise Refused("Must be a UUID.")
    return value.upper()


def tag(value: str) -> str:
    """Letters, digits and underscores."""
    if not TAG.fullmatch(value):
        raise Refused(f"Tags have letters, digits and _ only, not {value!r}.")
    return value


ITEM_ID = integer(1, 2**63 - 1)
TAGS = Field("tags[]", tag, many=True, limit=MAX_TAGS)


def page_fields(max_limit: int) -> tuple[Field, ...]:
    return (Field("offset", integer(0, 50_000)), Field("limit", integer(1, max_limit)))


def read_fields(sent: Mapping[str, list[str]], declared: Iterable[Field]) -> Values:
    """Parsed values by name without ``[]``; absent ones are left out. Raises ``ApiError`` naming each wrong field."""
    by_name = {field.name: field for field in declared}
    wrong: dict[str, str] = {}
    codes: list[int] = []
    values: Values = {}
    for name, raw in sent.items():
        field = by_name.get(name)
        if field is None:
            if name not in COMMON:
                wrong[name] = "Unknown parameter."
            continue
        try:
            values[name.removesuffix("[]")] = _parse(field, raw)
        except Refused as refusal:
            wrong[name] = str(refusal)
            codes += [field.error_code] if field.error_code is not None else []
    for field in by_name.values():
        if field.is_required and field.name not in sent:
            wrong[field.name] = f"{field.name} is required."
    if wrong:
        raise invalid_fields(wrong, code=codes[0] if codes else None)
    return values


def _parse(field: Field, raw: list[str]) -> Any:
    if field.many:
        if len(raw) > field.limit:
            raise Refused(f"At most {field.limit} values.")
        return [field.parse(value) for value in raw]
    if len(raw) > 1:
        raise Refused("Sent more than once.")
    return field.parse(raw[0])
