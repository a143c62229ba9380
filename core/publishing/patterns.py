"""Patterns: ``{filename} {n:03}`` and what it becomes for each picture; titles and templates share them.

A pattern is text with variables in braces; a brace that is meant as such is written twice. Whoever
reads a pattern says which names it may use. Nothing else is understood, so a pattern cannot reach
anything but the values it is given.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from core.publishing.errors import PatternRefused

VARIABLES = ("filename", "n", "title", "date")
AUTOMATION_VARIABLES = ("title", "filename", "n", "date", "weekday", "automation", "tags")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
COUNTED = "n"  # the one variable that takes a width

_VARIABLE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::(?P<width>[^{}]*))?")
_WIDTH = re.compile(r"0?[1-9]")


@dataclass(frozen=True, slots=True)
class PatternValues:
    """What the variables stand for. ``filename`` comes without its ending, ``n`` counts from 1.

    ``more`` holds the names that only some patterns may use, such as ``automation`` and ``tags``.
    """

    filename: str
    n: int
    title: str
    day: date
    more: Mapping[str, str] = field(default_factory=dict)

    def by_name(self) -> dict[str, str]:
        """Each variable's text by its name."""
        known = {"filename": self.filename, "n": str(self.n), "title": self.title, **day_values(self.day)}
        return {**known, **self.more}


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable and the spot where it stands, in words."""

    name: str
    spot: str
    width: int = 0


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was read and found good."""

    parts: tuple[str | Variable, ...]

    @property
    def names(self) -> frozenset[str]:
        """The variables it uses."""
        return frozenset(part.name for part in self.parts if isinstance(part, Variable))

    def render(self, values: PatternValues) -> str:
        """The text for one picture, without blanks around it. Raises as :meth:`fill` does."""
        return self.fill(values.by_name()).strip()

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with each variable's value in its place; values are not read for braces again.

        Raises :class:`PatternRefused` for a variable that has no value, so that none is left standing.
        """
        return "".join(part if isinstance(part, str) else _value(part, values) for part in self.parts)


def day_values(day: date) -> dict[str, str]:
    """What ``{date}`` and ``{weekday}`` stand for."""
    return {"date": day.isoformat(), "weekday": WEEKDAYS[day.weekday()]}


def read_pattern(text: str, names: Collection[str] = VARIABLES, *, advice: str = "") -> Pattern:
    """Read a pattern that may use ``names``.

    Raises :class:`PatternRefused` naming the spot of what is wrong; ``advice`` is what else can be done about
    a name that is not known.
    """
    parts: list[str | Variable] = []
    place = 0
    while place < len(text):
        character = text[place]
        if text[place : place + 2] in {"{{", "}}"}:
            parts.append(character)
            place += 2
        elif character == "{":
            end = text.find("}", place)
            if end < 0:
                raise PatternRefused(f"The “{{” at {_spot(text, place)} is never closed. Write “{{{{” for a brace.")
            parts.append(_read_variable(text[place + 1 : end], _spot(text, place), names, advice))
            place = end + 1
        elif character == "}":
            raise PatternRefused(f"The “}}” at {_spot(text, place)} closes nothing. Write “}}}}” for a brace.")
        else:
            parts.append(character)
            place += 1
    return Pattern(tuple(parts))


def _spot(text: str, place: int) -> str:
    """``place 5``, and in a text of several lines ``line 2, place 5``; both count from 1."""
    if "\n" not in text:
        return f"place {place + 1}"
    return f"line {text.count(chr(10), 0, place) + 1}, place {place - text.rfind(chr(10), 0, place)}"


def _read_variable(inside: str, spot: str, names: Collection[str], advice: str) -> Variable:
    match = _VARIABLE.fullmatch(inside)
    if match is None or match["name"] not in names:
        known = ", ".join(f"{{{name}}}" for name in names)
        raise PatternRefused(f"“{{{inside}}}” at {spot} is not known. Choose from {known}{advice}.")
    width = match["width"]
    if width is None:
        return Variable(match["name"], spot)
    if match["name"] != COUNTED or not _WIDTH.fullmatch(width):
        counted = f"only {{{COUNTED}}} takes a width, as in {{{COUNTED}:03}}"
        raise PatternRefused(f"“{{{inside}}}” at {spot}: {counted}.")
    return Variable(COUNTED, spot, int(width))


def _value(variable: Variable, values: Mapping[str, str]) -> str:
    if variable.name not in values:
        raise PatternRefused(f"“{{{variable.name}}}” at {variable.spot} has no value here. Give it one.")
    return values[variable.name].zfill(variable.width)
