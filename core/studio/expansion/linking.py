"""Tokens that share a lookup: no value twice within one combination, so that each choice narrows the next.

How many combinations there are depends only on how many values of each lookup are used up, not on which. These
numbers are the states of a :class:`Chain`; it counts, from the last token to the first, the ways on from each state.
When a token would have nothing left, its lookups start over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.studio.expansion.tokens import LITERAL, Option, Token

State = tuple[int, ...]  # how many values of each lookup of the chain are used
Used = tuple[frozenset[str], ...]  # which they are

MOST_STATES = 4_096


@dataclass(frozen=True, slots=True)
class Link:
    """One token of a chain. ``slots`` are the places of its lookups in a state; ``sizes`` and ``quotas`` are by lookup,
    the literals last: how many options there are of each, and how many of a random pick."""

    token: Token
    slots: tuple[int, ...]
    sizes: tuple[int, ...]
    quotas: tuple[int, ...] | None

    @classmethod
    def of(cls, token: Token, slots: Sequence[int]) -> "Link":
        picked = None if token.pick is None else [token.options[place] for place in token.order[: token.pick]]
        return cls(
            token, tuple(slots), _by_group(token.options, token),
            None if picked is None else _by_group(picked, token),
        )  # fmt: skip

    def offered(self, state: State) -> tuple[tuple[int, ...], State]:
        """How many options there are of each lookup, then of literals; and the state, started over if it had to be."""
        left = self._left(state)
        if not any(left):
            state = tuple(0 if place in self.slots else used for place, used in enumerate(state))
            left = self._left(state)
        return (left if self.quotas is None else _filled(self.quotas, left)), state

    def places(self, used: Used) -> tuple[list[int], Used]:
        """The places of the options there are, in order; and what is used, or nothing of it when that started over."""
        offered, state = self.offered(tuple(map(len, used)))
        used = tuple(values if count else frozenset() for values, count in zip(used, state, strict=True))
        options = self.token.options
        if self.quotas is None:
            return [place for place, one in enumerate(options) if not self._is_used(one.text, one.group, used)], used
        wanted, taken = list(offered), []
        for place in self.token.order:
            option = options[place]
            if wanted[option.group] and not self._is_used(option.text, option.group, used):
                wanted[option.group] -= 1
                taken.append(place)
        return sorted(taken), used

    def after(self, place: int, used: Used) -> Used:
        """What is used once the option at ``place`` is taken."""
        option = self.token.options[place]
        if option.group == LITERAL:
            return used
        slot = self.slots[option.group]
        return (*used[:slot], used[slot] | {option.text}, *used[slot + 1 :])

    def _left(self, state: State) -> tuple[int, ...]:
        return (*(size - state[slot] for size, slot in zip(self.sizes, self.slots, strict=False)), self.sizes[-1])

    def _is_used(self, text: str, group: int, used: Used) -> bool:
        return group != LITERAL and text in used[self.slots[group]]


class Chain:
    """Tokens that hang together by their lookups, as many as can be counted; ``taken`` says how many that were."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        names = list(dict.fromkeys(one.name for token in tokens for one in token.instances))
        slot_of = {name: slot for slot, name in enumerate(names)}
        self.nothing_used: Used = (frozenset(),) * len(names)
        self.links: list[Link] = []
        self.is_used_up: set[int] = set()  # links at which lookups start over in some combination
        self._ways = self._count(tokens, slot_of)
        self.count = self._ways[0][(0,) * len(names)]

    @property
    def taken(self) -> int:
        return len(self.links)

    def unrank(self, rank: int) -> list[int]:
        """The places of the options of one combination; each rank below ``count`` is another."""
        used, places = self.nothing_used, []
        for link, ways in zip(self.links, self._ways[1:], strict=True):
            found, used = link.places(used)
            options = link.token.options
            state = tuple(map(len, used))
            weights = {group: ways[_stepped(state, link, group)] for group in {options[one].group for one in found}}
            for place in found:
                weight = weights[options[place].group]
                if rank < weight:
                    break
                rank -= weight
            places.append(place)
            used = link.after(place, used)
        return places

    def _count(self, tokens: Sequence[Token], slot_of: dict[str, int]) -> list[dict[State, int]]:
        """For each token, and the end, the ways on from each state that can be reached."""
        reached: list[dict[State, int]] = [{(0,) * len(slot_of): 0}]
        states = 1
        for token in tokens:
            link = Link.of(token, [slot_of[one.name] for one in token.instances])
            following = {state: 0 for before in reached[-1] for state, _ in _steps(link, before)}
            states += len(following)
            starts_over = any(link.offered(before)[1] != before for before in reached[-1])
            if states > MOST_STATES and self.links:
                break
            if starts_over:
                self.is_used_up.add(len(self.links))
            self.links.append(link)
            reached.append(following)
        for state in reached[-1]:
            reached[-1][state] = 1
        for link, before, following in zip(reversed(self.links), reached[-2::-1], reached[:0:-1], strict=True):
            for state in before:
                before[state] = sum(count * following[after] for after, count in _steps(link, state))
        return reached


def _steps(link: Link, state: State) -> list[tuple[State, int]]:
    """The states that follow, with the number of options that lead to each."""
    offered, state = link.offered(state)
    groups = [*range(len(offered) - 1), LITERAL]
    return [(_stepped(state, link, group), offered[group]) for group in groups if offered[group]]


def _stepped(state: State, link: Link, group: int) -> State:
    if group == LITERAL:
        return state
    slot = link.slots[group]
    return (*state[:slot], state[slot] + 1, *state[slot + 1 :])


def _by_group(options: Sequence[Option], token: Token) -> tuple[int, ...]:
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
