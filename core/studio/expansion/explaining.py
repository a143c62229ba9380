"""How a text becomes items, stage by stage, for whoever wrote ``meta:debug``."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from core.studio.expansion.batches import Batch, BatchPart
from core.studio.expansion.commands import read_batch
from core.studio.expansion.compiling import ReadyCommand, ReadySegment
from core.studio.expansion.expanding import USUAL_LIMITS, Expander
from core.studio.expansion.hook_names import HookNames
from core.studio.expansion.layers import Layer
from core.studio.expansion.lookups import Lookups, LookupTable
from core.studio.expansion.results import ExpandedItem, Limits, OrderText, number_in_words
from core.studio.expansion.structure import PairedSegment, Part
from core.studio.expansion.syntax import CommandMark, TokenMark
from core.studio.parameters.names import Names
from core.studio.parameters.specs import ParameterSpecSet

MOST_LINES = 40  # of one stage
_LONGEST_LINE = 300
_OPTIONS_SHOWN = 12
# The stages that each way of debugging shows; a dry run shows none, the preview is what it is about.
_STAGES = {
    "debug": ("meta", "batches", "tokens", "parts", "parameters", "items"),
    "pipeline": ("meta", "batches", "parts", "parameters"),
    "interpolation": ("tokens", "items"),
}
_TITLES = {
    "meta": "Taken out for the whole order",
    "batches": "Batches",
    "tokens": "Tokens",
    "parts": "Parts",
    "parameters": "Parameters and hooks of each part",
    "items": "Items",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """What the text is after one step, in lines to read."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A batch and all that was made of it."""

    number: int
    segment: PairedSegment
    ready: ReadySegment
    batch: Batch


def explain(
    text: OrderText,
    lookups: Lookups,
    specs: ParameterSpecSet,
    *,
    seed: int,
    mode: str = "debug",
    limits: Limits = USUAL_LIMITS,
    hooks: HookNames | None = None,
) -> tuple[Stage, ...]:
    """The stages that ``expand`` takes this text through, as far as ``mode`` asks for them.

    ``mode`` is what stands after ``meta:debug:``; ``dryrun`` has no stages. Raises :class:`PairingError`.
    """
    wanted = _STAGES.get(mode, ())
    if not wanted:
        return ()
    expander = Expander(LookupTable(lookups), Names(specs), seed, limits, hooks)
    segments, meta, layers = expander.read(text)
    seen = list(islice(_seen(expander, segments, layers), MOST_LINES))
    items = _items(text, lookups, specs, seed, limits, hooks) if "items" in wanted else ()
    lines: dict[str, Iterable[str]] = {
        "meta": [_command(mark) for mark in meta.parameters] + ([f"meta:debug:{meta.debug}"] if meta.debug else []),
        "batches": (_batch_line(one) for one in seen),
        "tokens": (line for one in seen for line in _token_lines(one)),
        "parts": (line for one in seen for line in _part_lines(one)),
        "parameters": (line for one in seen for line in _setting_lines(one)),
        "items": (_item_line(item) for item in items),
    }
    return tuple(Stage(_TITLES[name], _shortened(lines[name])) for name in wanted)


def _items(
    text: OrderText, lookups: Lookups, specs: ParameterSpecSet, seed: int, limits: Limits, hooks: HookNames | None
) -> Sequence[ExpandedItem]:
    """The items themselves: what has been said above them must not be a second opinion."""
    return Expander(LookupTable(lookups), Names(specs), seed, limits, hooks).expand(text, 1).items


def _seen(expander: Expander, segments: Sequence[PairedSegment], layers: Sequence[Layer]) -> Iterator[_Seen]:
    for number, segment in enumerate(segments, start=1):
        ready = expander.compiler.compile(segment, number)
        own = expander.layers.commands(read_batch(segment.commands, expander.remarks).parameters)
        yield _Seen(number, segment, ready, expander.prepare(ready, number, [*layers, own]))


def _batch_line(one: _Seen) -> str:
    commands = "".join(f" · {_command(mark)}" for mark in one.segment.commands)
    parts = f"{len(one.segment.pairs):,} part" + ("s" if len(one.segment.pairs) != 1 else "")
    possible = number_in_words(one.batch.possible)
    return f"Batch {one.number}: {parts}, {possible} possible{commands} · {_text(one.segment.pairs[0].prompt)}"


def _token_lines(one: _Seen) -> Iterator[str]:
    for label, token, (name, mark) in zip(one.ready.labels, one.ready.tokens, one.ready.places, strict=True):
        shown = ", ".join(option.text or "(nothing)" for option in token.options[:_OPTIONS_SHOWN])
        more = f" and {len(token.options) - _OPTIONS_SHOWN:,} more" if len(token.options) > _OPTIONS_SHOWN else ""
        pick = f", {token.pick:,} of them by chance" if token.pick is not None else ""
        where = "negative prompt" if name == "negative_prompt" else "prompt"
        yield f"Batch {one.number}, {where}: [{mark.content}] as “{label}”: {shown}{more}{pick}"
    if one.ready.tokens:
        yield f"Batch {one.number}: {number_in_words(one.batch.combinations.count)} combinations of its tokens"


def _part_lines(one: _Seen) -> Iterator[str]:
    for number, two in enumerate(one.segment.pairs, start=1):
        negative = _text(two.negative)
        yield f"Batch {one.number}, part {number}: {_text(two.prompt)}" + (f" − {negative}" if negative else "")


def _setting_lines(one: _Seen) -> Iterator[str]:
    for number, part in enumerate(one.batch.parts, start=1):
        yield f"Batch {one.number}, part {number}: {'; '.join(_settings(part)) or 'nothing set'}"


def _settings(part: BatchPart) -> Iterator[str]:
    count = part.settings.count
    first = ", ".join(f"{name}={value}" for name, value in part.settings.at(0).items())
    if first:
        yield first if count == 1 else f"{number_in_words(count)} ways, the first {first}"
    for _, command in part.filled:
        yield _command(command.mark)
    for when, hooks in (("before", part.ready.before), ("after", part.ready.after)):
        if hooks:
            yield f"{when} {', '.join(_hook(one) for one in hooks)}"


def _hook(command: ReadyCommand) -> str:
    return command.mark.value


def _item_line(item: ExpandedItem) -> str:
    choices = ", ".join(f"{name}: {value or '(nothing)'}" for name, value in item.choices.items())
    return f"{item.sequence}. {item.prompt}" + (f" · {choices}" if choices else "")


def _text(part: Part) -> str:
    return " ".join("".join(_piece(piece) for piece in part.pieces).split())


def _piece(piece: str | TokenMark | CommandMark) -> str:
    match piece:
        case TokenMark():
            return f"[{piece.content}]"
        case CommandMark():
            return ""
    return piece


def _command(mark: CommandMark) -> str:
    return f"{mark.kind}:{mark.name}:{mark.value}"


def _shortened(lines: Iterable[str]) -> tuple[str, ...]:
    found = [
        line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…" for line in islice(lines, MOST_LINES + 1)
    ]
    return (*found[:MOST_LINES], "…") if len(found) > MOST_LINES else tuple(found) or ("–",)
