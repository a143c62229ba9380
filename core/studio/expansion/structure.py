"""The shape of a text: batches between ``(&)``, parts between ``||``, and the commands of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import starmap, zip_longest
from typing import TypeVar

from core.studio.expansion.errors import PairingError
from core.studio.expansion.remarks import Remarks
from core.studio.expansion.syntax import Break, CommandKind, CommandMark, Separator, TokenMark, scan


@dataclass(slots=True)
class Part:
    """What becomes one prompt: texts, tokens, and commands that are for it alone, in order."""

    pieces: list[str | TokenMark | CommandMark] = field(default_factory=list)
    start: int = 0
    end: int = 0

    @property
    def is_blank(self) -> bool:
        """Whether there is no word in it; commands are none."""
        return all(
            not piece.strip() if isinstance(piece, str) else isinstance(piece, CommandMark) for piece in self.pieces
        )


@dataclass(slots=True)
class Segment:
    """What stands between two ``(&)``."""

    parts: list[Part] = field(default_factory=lambda: [Part()])
    commands: list[CommandMark] = field(default_factory=list)


@dataclass(slots=True)
class Shape:
    """A whole text."""

    segments: list[Segment] = field(default_factory=lambda: [Segment()])
    commands: list[CommandMark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pair:
    """A part of the prompt and the part of the negative prompt that goes with it."""

    prompt: Part
    negative: Part


@dataclass(frozen=True, slots=True)
class PairedSegment:
    """A segment whose parts have their negatives."""

    pairs: tuple[Pair, ...]
    commands: Sequence[CommandMark]

    @property
    def size(self) -> int:
        """How many pieces there are to read; a negative for many parts is read once."""
        parts = {id(part): part for one in self.pairs for part in (one.prompt, one.negative)}
        return sum(len(part.pieces) + 1 for part in parts.values())


def read_shape(text: str, name: str, remarks: Remarks) -> Shape:
    """Take a text apart; ``name`` is ``prompt`` or ``negative_prompt``."""
    shape = Shape()
    for piece in scan(text, name, remarks):
        segment = shape.segments[-1]
        part = segment.parts[-1]
        match piece:
            case Break():
                part.end = piece.start
                after = Part(start=piece.end)
                if piece.separator is Separator.BATCH:
                    shape.segments.append(Segment([after]))
                else:
                    segment.parts.append(after)
            case CommandMark(kind=CommandKind.META):
                shape.commands.append(piece)
            case CommandMark(kind=CommandKind.BATCH):
                segment.commands.append(piece)
            case _:
                part.pieces.append(piece)
    shape.segments[-1].parts[-1].end = len(text)
    return shape


def pair(prompt: Shape, negative: Shape, remarks: Remarks) -> list[PairedSegment]:
    """Give each part of the prompt its negative; parts without a word are left out. Raises :class:`PairingError`."""
    paired = []
    together = _matched(prompt.segments, negative.segments, Separator.BATCH, "Batches")
    for number, (segment, other) in enumerate(together, start=1):
        parts = _matched(segment.parts, other.parts, Separator.PART, f"Batch {number:,}")
        paired.append(PairedSegment(tuple(starmap(Pair, parts)), segment.commands))
    blank = [one.prompt for segment in paired for one in segment.pairs if one.prompt.is_blank]
    if len(blank) == sum(len(segment.pairs) for segment in paired):
        blank = blank[1:]  # a prompt without a word is the business of whoever places the order
    for part in blank:
        message = "There is nothing between these separators; no picture is made of it."
        remarks.add("empty_part", message, "prompt", part.start, part.end)
    left_out = {id(part) for part in blank}
    kept = [
        PairedSegment(tuple(one for one in segment.pairs if id(one.prompt) not in left_out), segment.commands)
        for segment in paired
    ]
    return [segment for segment in kept if segment.pairs]


_T = TypeVar("_T")


def _matched(parts: Sequence[_T], others: Sequence[_T], mark: Separator, what: str) -> list[tuple[_T, _T]]:
    if len(others) not in {1, len(parts)}:
        raise PairingError(mark, what, len(parts), len(others))
    return list(zip_longest(parts, others, fillvalue=others[0]))
