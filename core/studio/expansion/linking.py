"""Tokens that share a lookup: no value twice within one combination, so that each choice narrows the next.

How many combinations there are depends only on how many values of each lookup are used up, not on which. These
numbers are the states of a :class:`Chain`; it counts, from the last token to the first, the ways on from each state.
When a token would have nothing left, its lookups start over.
"""

from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from core.studio.expansion.tokens import LITERAL, Option, Token

State = tuple[int, ...]  # how many values of each lookup of the chain are used
Used = tuple[tuple[int, ...], ...]  # which they are, by their place in the lookup, in order

MOST_STATES = 1_024
MOST_LINKS = 100


@dataclass(frozen=True, slots=True)
class Block:
    """Options side by side that come from one lookup, all of it, or are literals."""

    group: int
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Link:
    """One token of a chain.

    ``slots`` are the places of its lookups in a state. ``sizes`` and ``quotas`` are by lookup, the literals last: how
    many options there are of each, and how many a random pick takes.
    """

    token: Token
    slots: tuple[int, ...]
    blocks: tuple[Block, ...]
    sizes: tuple[int, ...]
    quotas: tuple[int, ...] | None

    @classmethod
    def of(cls, token: Token, slots: Sequence[int]) -> "Link":
        quotas = None
        if token.pick is not None:
            quotas = _by_group((token.options[place] for place in token.order[: token.pick]), token)
        return cls(token, tuple(slots), tuple(_blocks(token)), _by_group(token.options, token), quotas)

    def offered(self, state: State) -> tuple[tuple[int, ...], State]:
        """How many options there are of each lookup, then of literals; and the state, started over if it had to be."""
        left = self._left(state)
        if not any(left):
            state = tuple(0 if place in self.slots else used for place, used in enumerate(state))
            left = self._left(state)
        return (left if self.quotas is None else _filled(self.quotas, left)), state

    def offer(self, used: Used) -> "Offer":
        """The options there are when ``used`` is used."""
        counts, state = self.offered(tuple(map(len, used)))
        used = tuple(values if count else () for values, count in zip(used, state, strict=True))
        return Offer(self, used, counts, None if self.quotas is None else self._picked(counts, used))

    def _picked(self, counts: Sequence[int], used: Used) -> list[int]:
        """The first of the random order that are not used, as many of each as counted; in the order written."""
        wanted, found, total = list(counts), list[int](), sum(counts)
        start_of = {block.group: block.start for block in self.blocks}
        for place in self.token.order:
            if len(found) == total:
                break
            group = self.token.options[place].group
            if wanted[group] and (group == LITERAL or place - start_of[group] not in used[self.slots[group]]):
                wanted[group] -= 1
                found.append(place)
        return sorted(found)

    def _left(self, state: State) -> tuple[int, ...]:
        return (*(size - state[slot] for size, slot in zip(self.sizes, self.slots, strict=False)), self.sizes[-1])


@dataclass(frozen=True, slots=True)
class Offer:
    """What a token can take in one combination. ``used`` is what was used before, ``counts`` as the link counts."""

    link: Link
    used: Used
    counts: tuple[int, ...]
    picked: list[int] | None

    def __len__(self) -> int:
        return sum(self.counts)

    def __getitem__(self, digit: int) -> int:
        """The place of an option; digits count in the order written."""
        for places, count, _ in self.runs():
            if digit < count:
                return places[digit] if self.picked is not None else self._unused(places, digit)
            digit -= count
        raise IndexError(digit)

    def runs(self) -> Iterator[tuple[Sequence[int], int, int]]:
        """The options in runs of one group: places, how many of them can be taken, the group."""
        options = self.link.token.options
        if self.picked is not None:
            for group, places in groupby(self.picked, key=lambda place: options[place].group):
                run = list(places)
                yield run, len(run), group
            return
        for block in self.link.blocks:
            # Literals may stand in several blocks; none of them is ever used up.
            count = block.size if block.group == LITERAL else self.counts[block.group]
            yield range(block.start, block.start + block.size), count, block.group

    def unrank(self, rank: int, ways: dict[State, int]) -> tuple[int, int]:
        """The place that a rank falls on, and the rank among the ways on from there."""
        state = tuple(map(len, self.used))
        for places, count, group in self.runs():
            each = ways[stepped(state, self.link, group)] if count else 0
            if rank < each * count:
                digit, rest = divmod(rank, each)
                return places[digit] if self.picked is not None else self._unused(places, digit), rest
            rank -= each * count
        raise IndexError(rank)

    def after(self, place: int) -> Used:
        """What is used once the option at ``place`` is taken."""
        group = self.link.token.options[place].group
        if group == LITERAL:
            return self.used
        slot = self.link.slots[group]
        start = next(block.start for block in self.link.blocks if block.group == group)
        values = list(self.used[slot])
        insort(values, place - start)
        return (*self.used[:slot], tuple(values), *self.used[slot + 1 :])

    def _unused(self, places: Sequence[int], digit: int) -> int:
        group = self.link.token.options[places[0]].group
        if group != LITERAL:
            for value in self.used[self.link.slots[group]]:
                if value > digit:
                    break
                digit += 1
        return places[digit]


class Chain:
    """Tokens that hang together by their lookups, as many as can be counted; ``taken`` says how many that were.

    No more than ``MOST_LINKS`` should be given: a rank is divided once for each.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        names = list(dict.fromkeys(one.name for token in tokens for one in token.instances))
        self.nothing_used: Used = ((),) * len(names)
        self.links: list[Link] = []
        self.used_up: set[int] = set()  # links at which lookups start over in some combination
        self._ways = self._count(tokens, {name: slot for slot, name in enumerate(names)})
        self.count = self._ways[0][(0,) * len(names)]

    @property
    def taken(self) -> int:
        return len(self.links)

    def unrank(self, rank: int) -> list[int]:
        """The places of the options of one combination; each rank below ``count`` is another, in their order."""
        used, found = self.nothing_used, []
        for link, ways in zip(self.links, self._ways[1:], strict=True):
            offer = link.offer(used)
            place, rank = offer.unrank(rank, ways)
            found.append(place)
            used = offer.after(place)
        return found

    def _count(self, tokens: Sequence[Token], slot_of: dict[str, int]) -> list[dict[State, int]]:
        """For each token, and the end, the ways on from each state that can be reached."""
        reached: list[dict[State, int]] = [{(0,) * len(slot_of): 1}]
        states = 1
        for token in tokens:
            link = Link.of(token, [slot_of[one.name] for one in token.instances])
            following = {state: 1 for before in reached[-1] for state, _ in _steps(link, before)}
            states += len(following)
            if states > MOST_STATES and self.links:
                break
            if any(link.offered(before)[1] != before for before in reached[-1]):
                self.used_up.add(len(self.links))
            self.links.append(link)
            reached.append(following)
        for link, before, following in zip(reversed(self.links), reached[-2::-1], reached[:0:-1], strict=True):
            for state in before:
                before[state] = sum(count * following[after] for after, count in _steps(link, state))
        return reached


def stepped(state: State, link: Link, group: int) -> State:
    """The state after an option of a group is taken."""
    if group == LITERAL:
        return state
    slot = link.slots[group]
    return (*state[:slot], state[slot] + 1, *state[slot + 1 :])


def _steps(link: Link, state: State) -> list[tuple[State, int]]:
    """The states that follow, with the number of options that lead to each."""
    offered, state = link.offered(state)
    groups = [*range(len(offered) - 1), LITERAL]
    return [(stepped(state, link, group), offered[group]) for group in groups if offered[group]]


def _blocks(token: Token) -> Iterator[Block]:
    start = 0
    for group, options in groupby(token.options, key=lambda option: option.group):
        size = sum(1 for _ in options)
        yield Block(group, start, size)
        start += size


def _by_group(options: Iterable[Option], token: Token) -> tuple[int, ...]:
    counts = [0] * (len(token.instances) + 1)
    for option in options:
        counts[option.group] += 1
    return tuple(counts)


def _filled(quotas: Sequence[int], left: Sequence[int]) -> tuple[int, ...]:
    """As many of each as its quota, and where one has too few, more of the others."""
    taken = [min(quota, rest) for quota, rest in zip(quotas, left, strict=True)]
    short = sum(quotas) - sum(taken)
    for place, rest in enumerate(left):
        more = min(short, rest - taken[place])
        taken[place] += more
        short -= more
    return tuple(taken)
