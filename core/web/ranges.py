"""``Range`` requests for one part of a file, as players of films make them (RFC 9110, section 14)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 256 * 1024
# No file has a length of more digits, and Python reads no number of thousands of them.
_RANGE = re.compile(r"bytes=([0-9]{0,19})-([0-9]{0,19})")


class RangeUnsatisfiable(Exception):
    """The part asked for begins behind the end of the file."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes ``start`` to ``stop`` of a file of ``total``; ``stop`` is not included."""

    start: int
    stop: int
    total: int

    @property
    def length(self) -> int:
        return self.stop - self.start

    @property
    def content_range(self) -> str:
        return f"bytes {self.start}-{self.stop - 1}/{self.total}"


def parse_range(header: str | None, total: int) -> Part | None:
    """The part a header asks for; ``None`` for the whole file, also when it asks for several parts."""
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if not first:
        start, stop = max(0, total - int(last)), total
    else:
        start, stop = int(first), min(total, int(last) + 1) if last else total
        if last and int(last) < int(first):
            return None
    if start >= total or start >= stop:
        raise RangeUnsatisfiable
    return Part(start, stop, total)


def read_part(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    """The bytes in chunks; closes the file, also when nobody wants the rest."""
    with file:
        file.seek(start)
        while length > 0:
            chunk = file.read(min(CHUNK, length))
            if not chunk:
                return
            length -= len(chunk)
            yield chunk
