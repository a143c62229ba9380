"""All combinations of a segment's tokens: counted exactly, walked in order, drawn at random; never written out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import prod

from core.studio.expansion.linking import MOST_LINKS, Chain, Link, Offer, Used
from core.studio.expansion.tokens import Token

MOST_CHAINS = 10  # that are counted for one set of lookups; tokens beyond do not mind what others take

Places = tuple[int, ...]  # for each token the place of the option it takes


@dataclass(frozen=True, slots=True)
class _Free:
    """A token that shares no lookup: the same places are there whatever the others take."""

    index: int
    places: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.places)


@dataclass(frozen=True, slots=True)
class _Linked:
    """Tokens that hang together, by their index in the segment."""

    indexes: tuple[int, ...]
    chain: Chain

    def put(self, rank: int, places: list[int]) -> None:
        """Write the places of one combination where they belong."""
        for index, place in zip(self.indexes, self.chain.unrank(rank), strict=True):
            places[index] = place

    @property
    def count(self) -> int:
        return self.chain.count


class Combinations:
    """The combinations of ``tokens``. The last token turns fastest; ``count`` is exact.

    ``used_up`` are the indexes of tokens at which all values of a lookup can be used, so that they come again;
    ``restarts`` those at which that happens because there are too many tokens of it to keep count of.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.restarts: list[int] = []
        self.used_up: list[int] = []
        self._units = [*self._divide()]
        self._texts = [[option.text for option in token.options] for token in tokens]
        self.count = prod(unit.count for unit in self._units)
        self._radixes = _radixes(self._units)

    def walk(self) -> Iterator[Sequence[str]]:
        """The texts of each combination, in order. It is one list, written over: use it before asking for the next."""
        return _Walk(self.tokens, self._units).run()

    def draw(self, ranks: Iterable[int]) -> dict[int, Places]:
        """The combination of each rank below ``count``; a rank names always the same one."""
        return {rank: self._unrank(rank) for rank in ranks}

    def texts(self, places: Places) -> list[str]:
        """The texts at these places."""
        return [texts[place] for texts, place in zip(self._texts, places, strict=True)]

    def _unrank(self, rank: int) -> Places:
        places = [0] * len(self.tokens)
        for radix, units in self._radixes:
            rank, rest = divmod(rank, radix)
            for count, unit in units:
                rest, digit = divmod(rest, count)
                if isinstance(unit, _Free):
                    places[unit.index] = unit.places[digit]
                else:
                    unit.put(digit, places)
        return tuple(places)

    def _divide(self) -> Iterator[_Free | _Linked]:
        """Each token by itself, or with those it shares a lookup with."""
        for indexes in _sharing(self.tokens):
            if len(indexes) == 1:
                yield self._free(indexes[0])
                continue
            for _ in range(MOST_CHAINS):
                chain = Chain([self.tokens[index] for index in indexes[:MOST_LINKS]])
                yield _Linked(tuple(indexes[: chain.taken]), chain)
                self.used_up += (indexes[link] for link in sorted(chain.used_up))
                indexes = indexes[chain.taken :]
                self.restarts += indexes[:1]
                if not indexes:
                    break
            yield from map(self._free, indexes)

    def _free(self, index: int) -> _Free:
        token = self.tokens[index]
        if token.pick is None:
            return _Free(index, tuple(range(len(token.options))))
        return _Free(index, tuple(sorted(token.order[: token.pick])))


@dataclass(frozen=True, slots=True)
class _Tie:
    """What a wheel must know: the wheel ``before`` it that uses up the same lookups, if any."""

    link: Link
    before: int | None
    nothing_used: Used


class _Walk:
    """An odometer whose wheels have as many digits as the wheels before them leave."""

    def __init__(self, tokens: Sequence[Token], units: Sequence[_Free | _Linked]) -> None:
        size = len(tokens)
        self._tokens = tokens
        self._ties: list[_Tie | None] = [None] * size
        self._places: list[Sequence[int] | Offer] = [()] * size
        self._after: list[Used] = [()] * size  # what is used when the token has chosen
        self._digits = [0] * size
        self._texts = [""] * size
        for unit in units:
            if isinstance(unit, _Free):
                self._places[unit.index] = unit.places
            else:
                self._tie(unit)

    def run(self) -> Iterator[Sequence[str]]:
        size = len(self._tokens)
        for index in range(size):
            self._settle(index)
        while True:
            yield self._texts
            index = size - 1
            while index >= 0 and self._digits[index] + 1 >= len(self._places[index]):
                index -= 1
            if index < 0:
                return
            self._turn(index, self._digits[index] + 1)
            for later in range(index + 1, size):
                self._settle(later)

    def _tie(self, unit: _Linked) -> None:
        before: list[int | None] = [None, *unit.indexes]
        for index, link, last in zip(unit.indexes, unit.chain.links, before, strict=False):
            self._ties[index] = _Tie(link, last, unit.chain.nothing_used)

    def _settle(self, index: int) -> None:
        """Put a wheel to its first digit, knowing the wheels before."""
        tie = self._ties[index]
        if tie is not None:
            self._places[index] = tie.link.offer(tie.nothing_used if tie.before is None else self._after[tie.before])
        self._turn(index, 0)

    def _turn(self, index: int, digit: int) -> None:
        places = self._places[index]
        place = places[digit]
        self._digits[index] = digit
        self._texts[index] = self._tokens[index].options[place].text
        if isinstance(places, Offer):
            self._after[index] = places.after(place)


def _radixes(units: Sequence[_Free | _Linked]) -> list[tuple[int, list[tuple[int, _Free | _Linked]]]]:
    """Units with their counts, in groups whose product fits a machine word: huge ranks are divided once a group."""
    groups: list[tuple[int, list[tuple[int, _Free | _Linked]]]] = []
    for unit in units:
        count = unit.count
        if groups and (groups[-1][0] * count).bit_length() <= 60:
            groups[-1][1].append((count, unit))
            groups[-1] = (groups[-1][0] * count, groups[-1][1])
        else:
            groups.append((count, [(count, unit)]))
    return groups


def _sharing(tokens: Sequence[Token]) -> list[list[int]]:
    """The indexes of tokens in order; together where they share a lookup, directly or by way of others."""
    leader = list(range(len(tokens)))

    def first_of(index: int) -> int:
        while leader[index] != index:
            leader[index] = leader[leader[index]]
            index = leader[index]
        return index

    seen: dict[str, int] = {}
    for index, token in enumerate(tokens):
        for instance in token.instances:
            other = first_of(seen.setdefault(instance.name, index))
            mine = first_of(index)
            leader[max(mine, other)] = min(mine, other)
    groups: dict[int, list[int]] = {}
    for index in range(len(tokens)):
        groups.setdefault(first_of(index), []).append(index)
    return list(groups.values())
