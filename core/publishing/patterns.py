"""Title patterns: ``{filename} {n:03}`` and what it becomes for each picture.

A pattern is text with variables in braces; a brace that is meant as such is written twice.
Nothing else is understood, so a pattern cannot reach anything but these values.
"""

import re
from dataclasses import dataclass
from datetime import date

from core.publishing.errors import PatternRefused

VARIABLES = ("filename", "n", "title", "date")

_VARIABLE = re.compile(r"(?P<name>[A-Za-z_]*)(?::(?P<width>[^{}]*))?")
_WIDTH = re.compile(r"0?[1-9]")


@dataclass(frozen=True, slots=True)
class PatternValues:
    """What the variables stand for. ``filename`` comes without its ending, ``n`` counts from 1."""

    filename: str
    n: int
    title: str
    day: date


@dataclass(frozen=True, slots=True)
class _Variable:
    name: str
    width: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was read and found good."""

    parts: tuple[str | _Variable, ...]

    def render(self, values: PatternValues) -> str:
        """The text for one picture, without blanks around it."""
        return "".join(part if isinstance(part, str) else _value(part, values) for part in self.parts).strip()


def read_pattern(text: str) -> Pattern:
    """Read a pattern; raises :class:`PatternRefused` naming the place (counted from 1) of what is wrong."""
    parts: list[str | _Variable] = []
    place = 0
    while place < len(text):
        character = text[place]
        if text[place : place + 2] in {"{{", "}}"}:
            parts.append(character)
            place += 2
        elif character == "{":
            end = text.find("}", place)
            if end < 0:
                raise PatternRefused(f"The “{{” at place {place + 1} is never closed. Write “{{{{” for a brace.")
            parts.append(_read_variable(text[place + 1 : end], place + 1))
            place = end + 1
        elif character == "}":
            raise PatternRefused(f"The “}}” at place {place + 1} closes nothing. Write “}}}}” for a brace.")
        else:
            parts.append(character)
            place += 1
    return Pattern(tuple(parts))


def _read_variable(inside: str, place: int) -> _Variable:
    match = _VARIABLE.fullmatch(inside)
    if match is None or match["name"] not in VARIABLES:
        known = ", ".join(f"{{{name}}}" for name in VARIABLES)
        raise PatternRefused(f"“{{{inside}}}” at place {place} is not known. Choose from {known}.")
    width = match["width"]
    if width is None:
        return _Variable(match["name"])
    if match["name"] != "n" or not _WIDTH.fullmatch(width):
        raise PatternRefused(f"“{{{inside}}}” at place {place}: only {{n}} takes a width, as in {{n:03}}.")
    return _Variable("n", int(width))


def _value(variable: _Variable, values: PatternValues) -> str:
    match variable.name:
        case "filename":
            return values.filename
        case "n":
            return str(values.n).zfill(variable.width)
        case "title":
            return values.title
        case _:
            return values.day.isoformat()
