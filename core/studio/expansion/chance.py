"""Chance that can be repeated: each place that needs some has a stream of its own, named by the seed and the place.

Only ``getrandbits`` of a generator seeded with text is used: it gives the same on every platform and Python.
"""

import random


class Chance:
    """A stream of chance."""

    def __init__(self, *names: object) -> None:
        source = "\x1f".join(str(name) for name in names)
        self._random = random.Random(source)  # noqa: S311 - repeatable on purpose, nothing secret

    def below(self, limit: int) -> int:
        """A whole number from 0 to below ``limit``, however large."""
        bits = limit.bit_length()
        while (number := self._random.getrandbits(bits)) >= limit:
            pass
        return number

    def shuffled(self, count: int) -> list[int]:
        """The numbers from 0 to below ``count`` in random order."""
        numbers = list(range(count))
        for place in range(count - 1, 0, -1):
            other = self.below(place + 1)
            numbers[place], numbers[other] = numbers[other], numbers[place]
        return numbers

    def distinct(self, count: int, limit: int) -> set[int]:
        """``count`` different numbers below ``limit``, each set as likely as any other.

        Floyd's algorithm: as many draws as numbers, whatever the limit (Bentley & Floyd, CACM 30 (1987) 9).
        """
        found: set[int] = set()
        for highest in range(limit - count, limit):
            number = self.below(highest + 1)
            found.add(highest if number in found else number)
        return found
