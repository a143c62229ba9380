"""The boxes of MP4 and MOV files: whether all are there, and how many samples they claim (ISO 14496-12).

A demuxer makes an index entry for every sample that is claimed. A fragment may claim four thousand
million of them in twenty bytes, so they are counted before FFmpeg sees the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

_FOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf"})
_MAX_BOXES = 200_000


@dataclass(frozen=True)
class Box:
    """One box; ``body`` is where its content begins, ``end`` where it says it ends."""

    kind: bytes
    body: int
    end: int


class BrokenBoxes(Exception):
    """A box does not fit where it lies."""


def read_outer_boxes(file: BinaryIO, end: int) -> Iterator[Box]:
    """The boxes of the file itself. Raises ``BrokenBoxes`` when one reaches beyond the end."""
    has_index = False
    for number, box in enumerate(_boxes(file, 0, end)):
        # Some writers leave padding behind the last box; it is no box and nothing is missing.
        if has_index and not box.kind.isalnum():
            return
        if box.end > end or box.end < box.body or number >= _MAX_BOXES:
            raise BrokenBoxes
        has_index = has_index or box.kind == b"moov"
        yield box


def claimed_samples(file: BinaryIO, end: int) -> int:
    """Samples that all tables and fragments claim, sound in plain samples left out. Raises ``BrokenBoxes``."""
    claimed, looked_at = 0, 0
    folders = [Box(b"", 0, end)]
    while folders:
        folder = folders.pop()
        inside = list(islice(_boxes(file, folder.body, min(folder.end, end)), _MAX_BOXES))
        looked_at += len(inside)
        if looked_at >= _MAX_BOXES:
            raise BrokenBoxes
        folders += [box for box in inside if box.kind in _FOLDERS]
        claimed += _claimed_here(file, inside)
    return claimed


def _claimed_here(file: BinaryIO, boxes: list[Box]) -> int:
    heads = [(box.kind, _head(file, box)) for box in boxes if box.kind in {b"stsz", b"stz2", b"trun", b"stts"}]
    # One entry, each sample one tick long: FFmpeg makes its index of such sound by chunk.
    is_plain_sound = any(kind == b"stts" and _number(head, 4) == _number(head, 12) == 1 for kind, head in heads)
    fragments = sum(_number(head, 4) for kind, head in heads if kind == b"trun")
    tables = sum(_number(head, 8) for kind, head in heads if kind in {b"stsz", b"stz2"})
    return fragments + (0 if is_plain_sound else tables)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    """Boxes one behind the other, as FFmpeg walks them: what is too small to be one ends the walk."""
    at = start
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        size, body = _number(head, 0), at + 8
        if size == 1:
            size, body = int.from_bytes(head[8:16], "big"), at + 16
        if 0 < size < body - at:
            yield Box(head[4:8], body, at)
            return
        yield Box(head[4:8], body, end if size == 0 else at + size)
        at = end if size == 0 else at + size


def _head(file: BinaryIO, box: Box) -> bytes:
    file.seek(box.body)
    return file.read(16)


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")
