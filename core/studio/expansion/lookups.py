"""Lookups as tokens use them: nested ones written out, each key resolved once."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.studio.parameters.escaping import cleaned

Lookups = Mapping[str, Sequence[str]]

MOST_VALUES = 100_000  # of one lookup with all that is nested in it


@dataclass(frozen=True, slots=True)
class LookupValues:
    """The values of a lookup after nesting, each once. ``cycles`` are the keys at which it came back to itself."""

    values: tuple[str, ...]
    cycles: tuple[str, ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Instance:
    """A lookup with its own list of used values: ``color``, or ``color_1``."""

    name: str
    key: str


class LookupTable:
    """All lookups of a person. ``source`` may fetch values when asked for a key; it is asked once for each."""

    def __init__(self, source: Lookups) -> None:
        self._source = source
        self._raw: dict[str, Sequence[str] | None] = {}
        self._resolved: dict[str, LookupValues] = {}

    def instance(self, word: str) -> Instance | None:
        """The instance that a word in brackets names; ``None`` when there is no such lookup."""
        key = self._key(word)
        if key is not None:
            return Instance(key, key)
        if len(word) > 2 and word[-2] == "_" and word[-1] in "0123456789":
            key = self._key(word[:-2])
            return Instance(f"{key}{word[-2:]}", key) if key is not None else None
        return None

    def values(self, key: str) -> LookupValues:
        """The values of a lookup that exists."""
        if key not in self._resolved:
            self._resolved[key] = self._write_out(key)
        return self._resolved[key]

    def nearest(self, word: str) -> str | None:
        """The key most like a word, for advice."""
        near = difflib.get_close_matches(word[:60], list(self._source), n=1, cutoff=0.7)
        return near[0] if near else None

    def _key(self, word: str) -> str | None:
        for key in (word, word.lower()):
            if self._fetch(key) is not None:
                return key
        return None

    def _fetch(self, key: str) -> Sequence[str] | None:
        if key not in self._raw:
            try:
                self._raw[key] = self._source[key]
            except KeyError:
                self._raw[key] = None
        return self._raw[key]

    def _write_out(self, key: str) -> LookupValues:
        """Depth first without recursion, so that a chain of any length can be followed."""
        found: dict[str, None] = {}
        cycles: dict[str, None] = {}
        seen, path = {key}, [key]
        waiting: list[Iterator[str]] = [iter(self._fetch(key) or ())]
        while waiting and len(found) < MOST_VALUES:
            value = next(waiting[-1], None)
            if value is None:
                waiting.pop()
                path.pop()
                continue
            word = cleaned(str(value)).strip()
            nested = self._fetch(word) if word and word != path[-1] else None
            if nested is None:
                found[word] = None
            elif word not in seen:
                seen.add(word)
                path.append(word)
                waiting.append(iter(nested))
            elif word in path:
                cycles[word] = None
        return LookupValues(tuple(found), tuple(cycles), bool(waiting))
