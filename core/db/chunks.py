"""Long lists of ids, cut for statements."""

from collections.abc import Iterable, Iterator
from itertools import islice

_CHUNK = 500


def chunked(ids: Iterable[str]) -> Iterator[list[str]]:
    """``ids`` in lists short enough for one statement."""
    rest = iter(ids)
    while some := list(islice(rest, _CHUNK)):
        yield some
