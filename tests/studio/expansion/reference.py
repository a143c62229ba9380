"""Combinations written out in full, the slow and obvious way, to hold the real ones against."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Lookups = Mapping[str, Sequence[str]]
Option = tuple[str, str | None]  # a text, and the instance of the lookup it comes from
Used = frozenset[tuple[str, str]]  # instances with values


@dataclass(frozen=True)
class Brackets:
    """A token as it is written."""

    words: tuple[str, ...]
    pick: int | None = None

    def __str__(self) -> str:
        count = "" if self.pick is None else f" :{self.pick}"
        return f"[{','.join(self.words)}{count}]"


def options_of(token: Brackets, lookups: Lookups) -> list[Option]:
    found: list[Option] = []
    keys = set()
    for word in token.words:
        key = word if word in lookups else word.rpartition("_")[0]
        if key not in lookups:
            found.append((word, None))
        elif key not in keys:
            keys.add(key)
            found += [(value, word) for value in lookups[key]]
    from_lookups = {text for text, instance in found if instance}
    kept = [one for one in found if one[1] or one[0] not in from_lookups]
    return list(dict.fromkeys(kept))


def available(token: Brackets, used: Used, lookups: Lookups) -> tuple[list[Option], Used]:
    """What a token offers after what was used; and what is used, with its lookups started over if need be."""
    options = options_of(token, lookups)
    left = [(text, instance) for text, instance in options if (instance, text) not in used]
    if left:
        return left, used
    mine = {instance for _, instance in options}
    return options, frozenset(one for one in used if one[0] not in mine)


def after(option: Option, used: Used) -> Used:
    text, instance = option
    return used | {(instance, text)} if instance else used


def combinations(tokens: Sequence[Brackets], lookups: Lookups, used: Used = frozenset()) -> Iterator[tuple[str, ...]]:
    if not tokens:
        yield ()
        return
    options, used = available(tokens[0], used, lookups)
    for option in options:
        for rest in combinations(tokens[1:], lookups, after(option, used)):
            yield option[0], *rest
