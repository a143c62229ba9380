"""Small words that several screens need: counts with their noun, lists, and text that markdown leaves alone."""

import re
from collections.abc import Sequence

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~$:])")
# What begins a list, or underlines a heading, when it stands first.
_BEGINNING = re.compile(r"^(\d*)([-=.])")


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 post``, ``3 posts``, ``1,204 posts``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(items: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def plain(text: str) -> str:
    """Somebody's text as it is, inside markdown, on one line: titles may hold stars, brackets and dollars."""
    return _BEGINNING.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", " ".join(text.split())))


def shortened(text: str, length: int) -> str:
    """At most ``length`` characters, the cut marked."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
