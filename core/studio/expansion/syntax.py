"""The marks in a text: where tokens, commands and separators stand, found in one pass."""

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.studio.expansion.remarks import Remarks
from core.studio.parameters.escaping import unescape


class CommandKind(enum.StrEnum):
    """How far a command reaches."""

    META = "meta"  # the whole order
    BATCH = "batch"  # up to the next (&)
    PIPELINE = "pipeline"  # up to the next ||


@dataclass(frozen=True, slots=True)
class TokenMark:
    """A pair of brackets; ``content`` is what stands between them, still escaped."""

    content: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CommandMark:
    """``kind:name:value``; ``value`` begins at ``value_start`` and is still escaped."""

    kind: CommandKind
    name: str
    value: str
    value_start: int
    start: int
    end: int


class Separator(enum.StrEnum):
    """What keeps parts of a text apart."""

    BATCH = "(&)"
    PART = "||"


@dataclass(frozen=True, slots=True)
class Break:
    """A separator and its place."""

    separator: Separator
    start: int
    end: int


Piece = str | TokenMark | CommandMark | Break

_BRACKETS = r"\[(?:\\.|(?!\(&\))[^\[\]\\])*+\]"
_KIND = r"(?:(?<!\S)|(?<=\|\|)|(?<=\(&\)))(?i:meta|batch|pipeline):"
_VALUE = rf'"[^"]*"|(?:\\.|{_BRACKETS}|(?!\|\||\(&\))[^\s\\])++'
_NAME = r"[^\s:\[\]|(),\"\\]+"

_MARKS = rf"""
    (?P<escape> \\(?:\(&\)|.) )
  | (?P<batch> \(&\) )
  | (?P<part> \|\| )
  | (?P<token> {_BRACKETS} )
  | (?P<stray> [\[\]] )
"""
_NEGATIVE = re.compile(rf"{_MARKS} | (?P<misplaced> {_KIND}(?=\w) )", re.VERBOSE | re.DOTALL)
_PROMPT = re.compile(
    rf"(?P<command> (?P<kind>{_KIND})(?P<name>{_NAME}):(?P<value>{_VALUE})\s* ) | (?P<half> {_KIND}(?=\w) ) | {_MARKS}",
    re.VERBOSE | re.DOTALL,
)
_BRACKETS_IN_VALUE = re.compile(rf"\\.|(?P<token>{_BRACKETS})", re.DOTALL)


def scan(text: str, field: str, remarks: Remarks) -> Iterator[Piece]:
    """The pieces of a text in order; what is malformed is text, and remarked on. Commands only count in the prompt."""
    place = 0
    for match in (_PROMPT if field == "prompt" else _NEGATIVE).finditer(text):
        piece = _mark(match, field, remarks)
        if piece is None:
            continue
        if match.start() > place:
            yield unescape(text[place : match.start()])
        place = match.end()
        yield piece
    if place < len(text):
        yield unescape(text[place:])


def scan_value(mark: CommandMark) -> Iterator[str | TokenMark]:
    """The tokens in the value of a command, and the texts around them."""
    place = 0
    for match in _BRACKETS_IN_VALUE.finditer(mark.value):
        if match["token"] is None:
            continue
        yield unescape(mark.value[place : match.start()])
        place = match.end()
        yield TokenMark(match["token"][1:-1], mark.value_start + match.start(), mark.value_start + place)
    yield unescape(mark.value[place:])


def _mark(match: re.Match[str], field: str, remarks: Remarks) -> Piece | None:
    start, end = match.span()
    match match.lastgroup:
        case "batch":
            return Break(Separator.BATCH, start, end)
        case "part":
            return Break(Separator.PART, start, end)
        case "token":
            return TokenMark(match["token"][1:-1], start, end)
        case "command":
            return _command(match)
        case "stray":
            closes = "closes nothing" if match["stray"] == "]" else "is never closed"
            message = (
                f"This “{match['stray']}” {closes}; it is taken as text. Write “\\{match['stray']}” if it is meant so."
            )
            remarks.add("stray_bracket", message, field, start, end)
        case "half":
            word = match["half"]
            message = f"“{word}…” is no command; it is taken as text. Commands look like “{word}name:value”."
            remarks.add("malformed_command", message, field, start, end)
        case "misplaced":
            message = f"“{match['misplaced']}…” is taken as text here. Commands belong in the prompt."
            remarks.add("command_in_negative_prompt", message, field, start, end)
    return None


def _command(match: re.Match[str]) -> CommandMark:
    value, value_start = match["value"], match.start("value")
    if value[0] == '"' and len(value) > 1:
        value, value_start = value[1:-1], value_start + 1
    else:
        value = value.rstrip(",") or value
    kind = CommandKind(match["kind"][:-1].lower())
    return CommandMark(kind, match["name"].lower(), value, value_start, match.start(), match.end())
