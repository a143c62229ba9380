"""From what a person typed to the items of an order."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate, islice

from core.studio.expansion.batches import Batch, BatchPart
from core.studio.expansion.chance import Chance
from core.studio.expansion.combinations import Combinations
from core.studio.expansion.commands import BatchCommands, MetaCommands, read_batch, read_meta
from core.studio.expansion.compiling import Compiler, ReadyCommand, ReadySegment
from core.studio.expansion.hook_names import HookNames
from core.studio.expansion.layers import Layer, LayerReader, Settings
from core.studio.expansion.lookups import Lookups, LookupTable
from core.studio.expansion.remarks import Remarks
from core.studio.expansion.results import BatchSummary, ExpandedItem, Expansion, Limits, OrderText, number_in_words
from core.studio.expansion.structure import PairedSegment, pair, read_shape
from core.studio.parameters.escaping import cleaned
from core.studio.parameters.names import Names
from core.studio.parameters.problems import Severity
from core.studio.parameters.specs import ParameterSpec, ParameterSpecSet

USUAL_LIMITS = Limits()
_MOST_PIECES = 250_000  # texts, tokens and commands that are read for one order
# Of all items of an order: what is held in memory at once, and written in one transaction.
MOST_CHARACTERS = 20_000_000
_CHARACTERS_OF_A_CHOICE = 50  # its name, and what holds it
_ADVISED_PARTS = 20  # that are looked at for tokens they do not show


def expand(
    text: OrderText,
    lookups: Lookups,
    specs: ParameterSpecSet,
    *,
    seed: int,
    limits: Limits = USUAL_LIMITS,
    images_per_item: int = 1,
    hooks: HookNames | None = None,
) -> Expansion:
    """The items that ``text`` makes, at most as many as the limits allow.

    The same text, lookups, model and seed give the same items, in any process. What is malformed stays text and is
    warned of; only parts of the negative prompt that do not pair raise, :class:`PairingError`. ``lookups`` may fetch
    values when asked for a key. With ``hooks`` names that are none are warned of and left out. The language:
    ``docs/reference/expansion.md``.
    """
    return Expander(LookupTable(lookups), Names(specs), seed, limits, hooks).expand(text, images_per_item)


class Expander:
    """All that one expansion needs, step by step; :mod:`explaining` takes the same steps and tells of them."""

    def __init__(self, lookups: LookupTable, names: Names, seed: int, limits: Limits, hooks: HookNames | None) -> None:
        self.remarks = Remarks()
        self.names = names
        self.chance: Callable[..., Chance] = partial(Chance, seed, "batch")
        self.limits = limits
        self.hooks = hooks
        self.layers = LayerReader(names, self.remarks)
        self.compiler = Compiler(lookups, self.remarks, self.chance)
        self.items: list[ExpandedItem] = []
        self._characters_left = MOST_CHARACTERS

    def expand(self, text: OrderText, images_per_item: int) -> Expansion:
        segments, meta, layers = self.read(text)
        batches: list[BatchSummary] = []
        for number, segment in enumerate(segments, start=1):
            if self._characters_left < 0:
                break  # nothing more could be held of it
            batches.append(self._batch(segment, number, layers))
        return Expansion(tuple(batches), tuple(self.items), self.remarks.all(), meta.debug, max(1, images_per_item))

    def read(self, text: OrderText) -> tuple[Sequence[PairedSegment], MetaCommands, list[Layer]]:
        """The batches of a text, what counts for all of them, and the layers of parameters below those of a batch."""
        prompt = read_shape(cleaned(text.prompt), "prompt", self.remarks)
        negative = read_shape(cleaned(text.negative_prompt), "negative_prompt", self.remarks)
        segments = self._within_reason(pair(prompt, negative, self.remarks))
        meta = read_meta(prompt.commands, self.remarks)
        return segments, meta, [self.layers.form(text.parameters), self.layers.commands(meta.parameters)]

    def _within_reason(self, segments: Sequence[PairedSegment]) -> Sequence[PairedSegment]:
        """As many batches as could make an item; fewer when a long negative prompt would be read for each of them."""
        read = accumulate(segment.size for segment in segments)
        most = sum(1 for size in islice(read, self.limits.per_order) if size <= _MOST_PIECES) or 1
        if most < len(segments):
            left_out = segments[most:]
            message = f"These are more batches than can be made; the last {len(left_out):,} are left out."
            start, end = left_out[0].pairs[0].prompt.start, left_out[-1].pairs[-1].prompt.end
            self.remarks.add("too_many_batches", message, "prompt", start, end)
        return segments[:most]

    def _batch(self, segment: PairedSegment, number: int, layers: Sequence[Layer]) -> BatchSummary:
        commands = read_batch(segment.commands, self.remarks)
        ready = self.compiler.compile(segment, number)
        batch = self.prepare(ready, number, [*layers, self.layers.commands(commands.parameters)])
        self._advise(ready, batch)
        wanted = min(batch.possible, commands.sample or batch.possible)
        own = min(wanted, commands.cap or self.limits.per_batch)
        count = min(own, self.limits.per_order - len(self.items))
        before = len(self.items)
        made = batch.sampled(count, self.chance(number, "sample")) if commands.sample else batch.in_order()
        self.items.extend(self._held(islice(made, count)))
        text = segment.pairs[0].prompt.start, segment.pairs[-1].prompt.end
        if len(self.items) - before < count:
            count = len(self.items) - before
            self._tell_of_length(number, wanted, count, text)
        elif count < wanted:
            self._tell_of_cap(number, wanted, count, commands, text=text, is_order_full=count < own)
        first = self.items[before] if count else None
        return BatchSummary(number, count, batch.possible, count < wanted, first)

    def prepare(self, ready: ReadySegment, number: int, layers: Sequence[Layer]) -> Batch:
        """All items that a batch could make; ``layers`` are those of the parameters, the nearest last."""
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
            parts.append(BatchPart(part, settings, filled, labels, self.remarks, self.hooks))
        return Batch(number, Combinations(ready.tokens), parts, len(self.items))

    def _below(self, number: int, place: int, name: str) -> Callable[[int], int]:
        return self.chance(number, "part", place, "parameter", name).below

    def _filled(self, command: ReadyCommand) -> tuple[ParameterSpec, ReadyCommand] | None:
        mark = command.mark
        spec = self.layers.spec(mark.name, "prompt", mark.start, mark.end)
        return (spec, command) if spec else None

    def _advise(self, ready: ReadySegment, batch: Batch) -> None:
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
        for part in ready.parts[:_ADVISED_PARTS]:
            missing = set(turning) - set(part.tokens)
            if missing:
                name, mark = ready.places[min(missing)]
                message = "Not all parts between “||” show this token; those that do not come again for each option."
                self.remarks.add("repeated_parts", message, name, mark.start, mark.end, Severity.INFO)
                return

    def _held(self, made: Iterable[ExpandedItem]) -> Iterator[ExpandedItem]:
        """As many items as can be held: a short text can make long ones, by lookups with long values."""
        for item in made:
            length = len(item.prompt) + len(item.negative_prompt) + len(item.choices) * _CHARACTERS_OF_A_CHOICE
            self._characters_left -= length
            if self._characters_left < 0:
                return
            yield item

    def _tell_of_length(self, number: int, wanted: int, count: int, text: tuple[int, int]) -> None:
        message = (
            f"Batch {number:,} would be {number_in_words(wanted)} items; {count:,} of them are made, because they are "
            f"long and an order holds {MOST_CHARACTERS:,} characters. What comes after is left out. Shorten the text, "
            "or order it in several."
        )
        self.remarks.add("order_too_long", message, "prompt", *text)

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
