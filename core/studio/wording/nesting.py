"""What a lookup becomes in a prompt: lookups in lookups, the values it ends in, and a line to try it with."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.studio.expansion import ExpansionWarning, Limits, OrderText, expand, number_in_words
from core.studio.expansion.lookups import LookupTable, LookupValues
from core.studio.parameters import ParameterSpecSet
from core.studio.parameters.escaping import cleaned

MOST_NODES = 400
TRIED = 10
Words = Mapping[str, Sequence[str]]
_BRACKETS = re.compile(r"\[[^\[\]]+\]")


@dataclass(frozen=True, slots=True)
class Branch:
    """A lookup in the tree, or at its end a plain value.

    ``is_lookup``: its values are below it. ``is_loop``: it names one of those it stands in, and stops there;
    ``is_again``: its values were taken before, and a lookup is written out once.
    """

    word: str
    is_lookup: bool = False
    is_loop: bool = False
    is_again: bool = False
    below: tuple["Branch", ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """A line with its first items written out. ``possible`` is how many there could be, in words."""

    prompts: tuple[str, ...]
    possible: str
    warnings: tuple[ExpansionWarning, ...]


def resolved(words: Words, key: str) -> LookupValues:
    """The values that ``[key]`` gives in a prompt, through the resolver that orders use."""
    return LookupTable(words).values(key)


def tree(words: Words, key: str) -> Branch:
    """How ``[key]`` comes to its values; at most 400 entries, and as deep as a screen can show."""
    return _Tree(words).branch(key, ())


def bracketed(values: Sequence[str]) -> list[str]:
    """Values with brackets, as a prompt would have them: in a lookup they stay as they are, since there its values
    name other lookups by their key alone."""
    return [value for value in values if _BRACKETS.search(value)]


def has_nested(branch: Branch) -> bool:
    """Whether it names another lookup at all."""
    return any(one.is_lookup or one.is_loop or one.is_again for one in branch.below)


def try_line(words: Words, prompt: str) -> Trial:
    """The first ten items of a prompt, as an order would have them."""
    done = expand(OrderText(prompt), words, ParameterSpecSet.of(()), seed=1, limits=Limits(TRIED, TRIED))
    # That only ten are shown here is no warning about the prompt.
    told = tuple(one for one in done.warnings if one.code not in {"batch_capped", "order_capped"})
    possible = number_in_words(done.possible)
    return Trial(tuple(one.prompt for one in done.items), possible, told)


class _Tree:
    _DEEPEST = 12

    def __init__(self, words: Words) -> None:
        self._words = words
        self._seen: set[str] = set()
        self._nodes = 0

    def branch(self, key: str, path: tuple[str, ...]) -> Branch:
        self._seen.add(key)
        inside = (*path, key)
        below = []
        for value in self._words.get(key, ()):
            if self._nodes >= MOST_NODES:
                break
            self._nodes += 1
            below.append(self._one(cleaned(str(value)).strip(), inside))
        return Branch(key, is_lookup=True, below=tuple(below))

    def _one(self, word: str, path: tuple[str, ...]) -> Branch:
        # A value that is its own key's name is meant as the word.
        if word not in self._words or word == path[-1]:
            return Branch(word)
        if word in path:
            return Branch(word, is_loop=True)
        if word in self._seen or len(path) >= self._DEEPEST:
            return Branch(word, is_again=True)
        return self.branch(word, path)
