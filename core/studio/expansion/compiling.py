"""A segment made ready: its tokens in one row, its texts as templates with slots for them."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from core.studio.expansion.chance import Chance
from core.studio.expansion.lookups import LookupTable
from core.studio.expansion.remarks import Remarks
from core.studio.expansion.structure import PairedSegment, Part
from core.studio.expansion.syntax import CommandMark, TokenMark, scan_value
from core.studio.expansion.templates import Template
from core.studio.expansion.tokens import BackReference, Token, TokenReader

_HOOKS = frozenset({"before", "after"})
MOST_HOOKS = 16  # of one kind, for one picture


@dataclass(frozen=True, slots=True)
class ReadyCommand:
    """A pipeline command; its value may have tokens."""

    mark: CommandMark
    value: Template

    @property
    def has_tokens(self) -> bool:
        return bool(self.value.tokens)


@dataclass(frozen=True, slots=True)
class ReadyPart:
    """One part with its negative. ``before`` and ``after`` are hooks in their order."""

    prompt: Template
    negative: Template
    parameters: tuple[ReadyCommand, ...]
    before: tuple[ReadyCommand, ...]
    after: tuple[ReadyCommand, ...]

    @property
    def tokens(self) -> list[int]:
        """The tokens it shows, in order."""
        commands = (*self.parameters, *self.before, *self.after)
        templates = (self.prompt, self.negative, *(one.value for one in commands))
        return sorted({token for template in templates for token in template.tokens})


@dataclass(slots=True)
class ReadySegment:
    """All tokens of a segment, those of the prompt first, then those of the negative prompt."""

    parts: list[ReadyPart] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    places: list[tuple[str, TokenMark]] = field(default_factory=list)  # the field and mark of each token

    @property
    def labels(self) -> list[str]:
        """A name for each token: its lookup, or what is in the brackets; numbered from the second on."""
        seen: Counter[str] = Counter()
        found = []
        for token in self.tokens:
            seen[token.label] += 1
            found.append(token.label if seen[token.label] == 1 else f"{token.label} ({seen[token.label]})")
        return found


class Compiler:
    """Makes segments ready."""

    def __init__(self, lookups: LookupTable, remarks: Remarks, chance: Callable[..., Chance]) -> None:
        self._lookups = lookups
        self._remarks = remarks
        self._reader = TokenReader(lookups, remarks)
        self._chance = chance

    def compile(self, segment: PairedSegment, number: int) -> ReadySegment:
        """``number`` names the streams of chance of the segment."""
        return _SegmentCompiler(self._lookups, self._remarks, self._reader, self._chance, number).run(segment)


@dataclass(slots=True)
class _SegmentCompiler:
    lookups: LookupTable
    remarks: Remarks
    reader: TokenReader
    chance: Callable[..., Chance]
    number: int
    ready: ReadySegment = field(default_factory=ReadySegment)
    sources: dict[str, int] = field(default_factory=dict)  # the latest token of each instance
    seen: Counter[str] = field(default_factory=Counter)

    def run(self, segment: PairedSegment) -> ReadySegment:
        prompts = [self._part(one.prompt, "prompt") for one in segment.pairs]
        # One negative for many parts is read once: its tokens are the same for all of them.
        negatives = {id(one.negative): one.negative for one in segment.pairs}
        negative_pieces = {key: self._part(part, "negative_prompt")[0] for key, part in negatives.items()}
        # Tokens of one lookup share their options, which may be thousands.
        shared = {id(token.options): token.options for token in self.ready.tokens}
        blank = {key for key, options in shared.items() if any(not option.text for option in options)}
        empty = frozenset(index for index, token in enumerate(self.ready.tokens) if id(token.options) in blank)
        templates = {key: Template(pieces, empty) for key, pieces in negative_pieces.items()}
        for (pieces, commands), one in zip(prompts, segment.pairs, strict=True):
            ready = [ReadyCommand(mark, Template(value, empty)) for mark, value in commands]
            self.ready.parts.append(
                ReadyPart(
                    Template(pieces, empty),
                    templates[id(one.negative)],
                    tuple(one for one in ready if one.mark.name not in _HOOKS),
                    self._hooks(ready, "before"),
                    self._hooks(ready, "after"),
                )
            )
        return self.ready

    def _hooks(self, commands: Iterable[ReadyCommand], when: str) -> tuple[ReadyCommand, ...]:
        found = tuple(one for one in commands if one.mark.name == when)
        for one in found[MOST_HOOKS:][:1]:
            message = f"A picture has at most {MOST_HOOKS} hooks {when} its call; the rest are left out."
            self.remarks.add("too_many_hooks", message, "prompt", one.mark.start, found[-1].mark.end)
        return found[:MOST_HOOKS]

    def _part(self, part: Part, name: str) -> tuple[list[str | int], list[tuple[CommandMark, list[str | int]]]]:
        pieces: list[str | int] = []
        commands = []
        for piece in part.pieces:
            if isinstance(piece, CommandMark):
                commands.append((piece, self._pieces(scan_value(piece), name)))
                pieces.append("")  # keeps the blanks around a command that is taken out apart
            else:
                pieces += self._pieces([piece], name)
        return pieces, commands

    def _pieces(self, pieces: Iterable[str | TokenMark], name: str) -> list[str | int]:
        return [piece if isinstance(piece, str) else self._token(piece, name) for piece in pieces]

    def _token(self, mark: TokenMark, name: str) -> str | int:
        self.seen[mark.content] += 1
        occurrence = self.seen[mark.content]
        read = self.reader.read(mark, name, lambda: self.chance(self.number, "token", mark.content, occurrence))
        if isinstance(read, str):
            return read
        if isinstance(read, BackReference):
            return self._source(read, name)
        index = len(self.ready.tokens)
        self.ready.tokens.append(read)
        self.ready.places.append((name, mark))
        self.sources.update((instance.name, index) for instance in read.instances)
        return index

    def _source(self, reference: BackReference, name: str) -> str | int:
        instance, mark = reference.instance, reference.mark
        if instance.name in self.sources:
            return self.sources[instance.name]
        first = next(iter(self.lookups.values(instance.key).values), "")
        message = f"“{instance.name}” is not chosen before this place; the first value, “{first}”, stands here."
        self.remarks.add("reference_before_source", message, name, mark.start, mark.end)
        return first
