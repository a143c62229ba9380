"""The backslash: what it takes the meaning of, and texts without characters that cannot be stored."""

import re
from collections.abc import Iterator

# Parentheses keep theirs: models in the manner of Stable Diffusion read “\(” as an escape of their own.
_ESCAPED = re.compile(r"\\(\(&\)|[\[\],|&:=\\])")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def unescape(text: str) -> str:
    """The text with each escaped character in place of its escape."""
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def cleaned(text: str) -> str:
    """The text, as long as before, with blanks for what no database takes: NUL and halves of surrogate pairs."""
    return _UNSTORABLE.sub(" ", text)


def split_unescaped(text: str, separator: str) -> Iterator[tuple[int, str]]:
    """The parts between separators of one character that no backslash precedes, with their places; still escaped."""
    start = place = 0
    while (place := _next(text, separator, place)) >= 0:
        yield start, text[start:place]
        start = place = place + 1
    yield start, text[start:]


def _next(text: str, separator: str, place: int) -> int:
    while (found := text.find(separator, place)) >= 0:
        if not ends_escaping(text, found):
            return found
        place = found + 1
    return -1


def ends_escaping(text: str, place: int) -> bool:
    """Whether the character at ``place`` follows a backslash that is not escaped itself."""
    first = place
    while first > 0 and text[first - 1] == "\\":
        first -= 1
    return (place - first) % 2 == 1
