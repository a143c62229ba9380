"""All items a segment could make, and the making of those that are wanted."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from core.studio.expansion.chance import Chance
from core.studio.expansion.combinations import Combinations
from core.studio.expansion.compiling import ReadyCommand, ReadyPart
from core.studio.expansion.hook_names import HookNames
from core.studio.expansion.layers import Settings
from core.studio.expansion.remarks import Remarks
from core.studio.expansion.results import ExpandedItem
from core.studio.expansion.templates import taker
from core.studio.parameters.casting import CastError, cast
from core.studio.parameters.problems import Severity
from core.studio.parameters.specs import ParameterSpec


@dataclass(slots=True)
class BatchPart:
    """A part with all that its items are made of."""

    ready: ReadyPart
    settings: Settings
    filled: list[tuple[ParameterSpec, ReadyCommand]]
    labels: Sequence[str]  # of all tokens of the segment
    remarks: Remarks
    hooks: HookNames | None = None  # when they are not known, all names are taken as they are
    known: dict[tuple[str, str], Any] = field(default_factory=dict)
    shown: tuple[list[str], Callable[[Sequence[str]], tuple[str, ...]]] | None = None

    def items(self, batch: int, texts: Sequence[str], indexes: Sequence[int], sequence: int) -> Iterator[ExpandedItem]:
        """An item for each way of setting the parameters, with the tokens as ``texts`` says."""
        ready = self.ready
        prompt, negative = ready.prompt.fill(texts), ready.negative.fill(texts)
        before = self._hooks(ready.before, texts) if ready.before else ()
        after = self._hooks(ready.after, texts) if ready.after else ()
        labels, choose = self._shown()
        chosen = choose(texts)
        for index in indexes:
            parameters = self.settings.at(index)
            if self.filled:
                parameters = self._with_filled(parameters, texts)
            choices = dict(zip(labels, chosen, strict=True))
            yield ExpandedItem(batch, sequence, prompt, negative, parameters, choices, before, after)
            sequence += 1

    def _shown(self) -> tuple[list[str], Callable[[Sequence[str]], tuple[str, ...]]]:
        """The labels of its own tokens and what takes their texts; most parts of a huge text are never asked."""
        if self.shown is None:
            tokens = self.ready.tokens
            self.shown = [self.labels[token] for token in tokens], taker(tokens)
        return self.shown

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

    def _hooks(self, commands: Sequence[ReadyCommand], texts: Sequence[str]) -> tuple[str, ...]:
        """The names of hooks in their order, without those that are none; an empty option stands for no hook."""
        names = [self._hook(command, command.value.fill(texts)) for command in commands]
        return tuple([name for name in names if name])

    def _hook(self, command: ReadyCommand, written: str) -> str | None:
        mark = command.mark
        if self.hooks is None or not written:
            return written
        found = self.hooks.find(mark.name, written)
        if found is None:
            self.remarks.add("unknown_hook", self.hooks.unknown(mark.name, written), "prompt", mark.start, mark.end)
        return found

    def _cast(self, spec: ParameterSpec, command: ReadyCommand, text: str) -> tuple[bool, Any]:
        """A value that comes from a token is one value, whatever is in it."""
        mark = command.mark
        try:
            return True, cast(spec, text)
        except CastError as error:
            self.remarks.add(error.code, str(error), "prompt", mark.start, mark.end, Severity.ERROR)
            return False, None


class Batch:
    """All items a segment could make."""

    def __init__(self, number: int, combinations: Combinations, parts: Sequence[BatchPart], made: int) -> None:
        self.number = number
        self.combinations = combinations
        self.parts = parts
        self._sequence = made + 1
        self._ends = list(accumulate(part.settings.count for part in parts))
        self.possible = combinations.count * self._ends[-1]

    def in_order(self) -> Iterator[ExpandedItem]:
        """Combination by combination, in each part by part, in each the parameters."""
        sequence = self._sequence
        for texts in self.combinations.walk():
            for part in self.parts:
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
            yield from self.parts[place].items(self.number, texts, (index,), sequence)
