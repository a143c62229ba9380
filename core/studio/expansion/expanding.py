"""From what a person typed to the items of an order."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, islice
from typing import Any

from core.studio.expansion.chance import Chance
from core.studio.expansion.combinations import Combinations
from core.studio.expansion.commands import BatchCommands, read_batch, read_meta
from core.studio.expansion.compiling import Compiler, ReadyCommand, ReadyPart, ReadySegment
from core.studio.expansion.layers import Layer, LayerReader, Settings
from core.studio.expansion.lookups import Lookups, LookupTable
from core.studio.expansion.remarks import Remarks
from core.studio.expansion.results import BatchSummary, ExpandedItem, Expansion, Limits, OrderText, number_in_words
from core.studio.expansion.structure import PairedSegment, pair, read_shape
from core.studio.expansion.templates import taker
from core.studio.parameters.casting import CastError, cast
from core.studio.parameters.escaping import cleaned
from core.studio.parameters.names import Names
from core.studio.parameters.problems import Severity
from core.studio.parameters.specs import ParameterSpec, ParameterSpecSet

USUAL_LIMITS = Limits()


def expand(
    text: OrderText,
    lookups: Lookups,
    specs: ParameterSpecSet,
    *,
    seed: int,
    limits: Limits = USUAL_LIMITS,
    images_per_item: int = 1,
) -> Expansion:
    """The items that ``text`` makes, at most as many as the limits allow.

    The same text, lookups, model and seed give the same items, in any process. What is malformed stays text and is
    warned of; only parts of the negative prompt that do not pair raise, :class:`PairingError`. ``lookups`` may fetch
    values when asked for a key. The language: ``docs/reference/expansion.md``.
    """
    return _Order(LookupTable(lookups), Names(specs), seed, limits).expand(text, images_per_item)


class _Order:
    def __init__(self, lookups: LookupTable, names: Names, seed: int, limits: Limits) -> None:
        self.remarks = Remarks()
        self.names = names
        self.chance: Callable[..., Chance] = partial(Chance, seed, "batch")
        self.limits = limits
        self.layers = LayerReader(names, self.remarks)
        self.compiler = Compiler(lookups, self.remarks, self.chance)
        self.items: list[ExpandedItem] = []

    def expand(self, text: OrderText, images_per_item: int) -> Expansion:
        prompt = read_shape(cleaned(text.prompt), "prompt", self.remarks)
        negative = read_shape(cleaned(text.negative_prompt), "negative_prompt", self.remarks)
        segments = pair(prompt, negative, self.remarks)
        meta = read_meta(prompt.commands, self.remarks)
        layers = [self.layers.form(text.parameters), self.layers.commands(meta.parameters)]
        batches = [self._batch(segment, number, layers) for number, segment in enumerate(segments, start=1)]
        return Expansion(tuple(batches), tuple(self.items), self.remarks.all(), meta.debug, max(1, images_per_item))

    def _batch(self, segment: PairedSegment, number: int, layers: Sequence[Layer]) -> BatchSummary:
        commands = read_batch(segment.commands, self.remarks)
        ready = self.compiler.compile(segment, number)
        batch = self._prepare(ready, number, [*layers, self.layers.commands(commands.parameters)])
        self._advise(ready, batch)
        wanted = min(batch.possible, commands.sample or batch.possible)
        own = min(wanted, commands.cap or self.limits.per_batch)
        count = min(own, self.limits.per_order - len(self.items))
        before = len(self.items)
        made = batch.sampled(count, self.chance(number, "sample")) if commands.sample else batch.in_order()
        self.items.extend(islice(made, count))
        if count < wanted:
            text = segment.pairs[0].prompt.start, segment.pairs[-1].prompt.end
            self._tell_of_cap(number, wanted, count, commands, text=text, is_order_full=count < own)
        first = self.items[before] if count else None
        return BatchSummary(number, count, batch.possible, count < wanted, first)

    def _prepare(self, ready: ReadySegment, number: int, layers: Sequence[Layer]) -> "_Batch":
        labels = ready.labels
        plain = Settings(self.names, layers, lambda name: self.chance(number, "parameter", name).below)
        parts = []
        for place, part in enumerate(ready.parts):
            fixed = [one.mark for one in part.parameters if not one.has_tokens]
            settings = plain
            if fixed:
                layer = self.layers.commands(fixed)
                settings = Settings(self.names, [*layers, layer], partial(self._below, number, place))
            filled = [found for one in part.parameters if one.has_tokens and (found := self._filled(one))]
            shown = ([labels[token] for token in part.tokens], taker(part.tokens))
            parts.append(_BatchPart(part, settings, filled, shown, self.remarks))
        return _Batch(number, Combinations(ready.tokens), parts, len(self.items))

    def _below(self, number: int, place: int, name: str) -> Callable[[int], int]:
        return self.chance(number, "part", place, "parameter", name).below

    def _filled(self, command: ReadyCommand) -> tuple[ParameterSpec, ReadyCommand] | None:
        mark = command.mark
        spec = self.layers.spec(mark.name, "prompt", mark.start, mark.end)
        return (spec, command) if spec else None

    def _advise(self, ready: ReadySegment, batch: "_Batch") -> None:
        for index in batch.combinations.restarts:
            name, mark = ready.places[index]
            message = "There are too many tokens of this lookup to keep count of; from here on its values come again."
            self.remarks.add("lookup_restarts", message, name, mark.start, mark.end)
        for index in batch.combinations.used_up:
            name, mark = ready.places[index]
            message = "There are more of these tokens than values; when all are used they come again."
            self.remarks.add("lookup_used_up", message, name, mark.start, mark.end)
        turning = [index for index, token in enumerate(ready.tokens) if len(token.options) > 1]
        if len(ready.parts) < 2:
            return
        for part in ready.parts:
            missing = set(turning) - set(part.tokens)
            if missing:
                name, mark = ready.places[min(missing)]
                message = "Not all parts between “||” show this token; those that do not come again for each option."
                self.remarks.add("repeated_parts", message, name, mark.start, mark.end, Severity.INFO)
                return

    def _tell_of_cap(
        self,
        number: int,
        wanted: int,
        count: int,
        commands: BatchCommands,
        *,
        text: tuple[int, int],
        is_order_full: bool,
    ) -> None:
        told = f"Batch {number:,} would be {number_in_words(wanted)} items; {count:,} of them are made"
        more = f"“batch:maxbatchitems:{min(wanted, self.limits.per_order)}”"
        if is_order_full:
            message = f"{told}, because an order has at most {self.limits.per_order:,}."
            self.remarks.add("order_capped", message, "prompt", *text)
        elif commands.cap:
            message = f"{told}, as “batch:maxbatchitems” says."
            self.remarks.add("batch_capped", message, "prompt", *text, Severity.INFO)
        elif commands.sample:
            self.remarks.add("batch_capped", f"{told}. Write {more} for more.", "prompt", *text)
        else:
            message = f"{told}, the first. Write “batch:sample:{count}” for as many at random, or {more} for more."
            self.remarks.add("batch_capped", message, "prompt", *text)


@dataclass(slots=True)
class _BatchPart:
    """A part with all that its items are made of."""

    ready: ReadyPart
    settings: Settings
    filled: list[tuple[ParameterSpec, ReadyCommand]]
    shown: tuple[list[str], Callable[[Sequence[str]], tuple[str, ...]]]  # labels of tokens, and what takes their texts
    remarks: Remarks
    known: dict[tuple[str, str], Any] = field(default_factory=dict)

    def items(self, batch: int, texts: Sequence[str], indexes: Sequence[int], sequence: int) -> Iterator[ExpandedItem]:
        """An item for each way of setting the parameters, with the tokens as ``texts`` says."""
        ready = self.ready
        prompt, negative = ready.prompt.fill(texts), ready.negative.fill(texts)
        before = tuple([hook.fill(texts) for hook in ready.before]) if ready.before else ()
        after = tuple([hook.fill(texts) for hook in ready.after]) if ready.after else ()
        labels, choose = self.shown
        chosen = choose(texts)
        for index in indexes:
            parameters = self.settings.at(index)
            if self.filled:
                parameters = self._with_filled(parameters, texts)
            choices = dict(zip(labels, chosen, strict=True))
            yield ExpandedItem(batch, sequence, prompt, negative, parameters, choices, before, after)
            sequence += 1

    def _with_filled(self, parameters: dict[str, Any], texts: Sequence[str]) -> dict[str, Any]:
        for spec, command in self.filled:
            text = command.value.fill(texts)
            key = (spec.name, text)
            if key not in self.known:
                self.known[key] = self._cast(spec, command, text)
            usable, value = self.known[key]
            if usable:
                parameters[spec.name] = value
        return {name: value for name, value in parameters.items() if value is not None}

    def _cast(self, spec: ParameterSpec, command: ReadyCommand, text: str) -> tuple[bool, Any]:
        """A value that comes from a token is one value, whatever is in it."""
        mark = command.mark
        try:
            return True, cast(spec, text)
        except CastError as error:
            self.remarks.add(error.code, str(error), "prompt", mark.start, mark.end, Severity.ERROR)
            return False, None


class _Batch:
    """All items a segment could make."""

    def __init__(self, number: int, combinations: Combinations, parts: Sequence[_BatchPart], made: int) -> None:
        self.number = number
        self.combinations = combinations
        self._parts = parts
        self._sequence = made + 1
        self._ends = list(accumulate(part.settings.count for part in parts))
        self.possible = combinations.count * self._ends[-1]

    def in_order(self) -> Iterator[ExpandedItem]:
        """Combination by combination, in each part by part, in each the parameters."""
        sequence = self._sequence
        for texts in self.combinations.walk():
            for part in self._parts:
                for item in part.items(self.number, texts, range(part.settings.count), sequence):
                    yield item
                    sequence += 1

    def sampled(self, count: int, chance: Chance) -> Iterator[ExpandedItem]:
        """``count`` different items out of all that are possible, in the order they would have had."""
        drawn = [divmod(rank, self._ends[-1]) for rank in chance.distinct(count, self.possible)]
        places = self.combinations.draw({rank for rank, _ in drawn})
        drawn.sort(key=lambda one: (places[one[0]], one[1]))
        for sequence, (rank, rest) in enumerate(drawn, start=self._sequence):
            place = bisect_right(self._ends, rest)
            index = rest - (self._ends[place - 1] if place else 0)
            texts = self.combinations.texts(places[rank])
            yield from self._parts[place].items(self.number, texts, (index,), sequence)
