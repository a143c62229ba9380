"""Is the file whole? Answered from the skeleton of its format, where decoding one frame would not notice."""

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.media.boxes import BrokenBoxes, claimed_samples, read_outer_boxes
from core.media.sniff import MediaType, read_vint, vint_length

# A hostile file can hold millions of two-byte blocks; real ones of 50 MB stay far below.
_MAX_BLOCKS = 1_000_000

_MAX_SAMPLES = 2_000_000  # nine hours of film at sixty frames a second

_EBML_SEGMENT = 0x18538067
_EBML_CLUSTER = 0x1F43B675


@dataclass(frozen=True)
class GifSkeleton:
    """What a GIF holds: complete frames, and the pixels of its largest frame or its screen."""

    frames: int
    largest_pixels: int
    is_whole: bool
    has_end_mark: bool


class _CutOff(Exception):
    """The data ends inside a block."""


def read_gif(path: Path) -> GifSkeleton:
    """Walk a GIF block by block without decoding anything (GIF89a specification, §17–§27)."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return _GifWalk(data).run()


class _GifWalk:
    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._at = 13
        self._blocks = 0
        self._frames = 0
        self._largest = 0

    def run(self) -> GifSkeleton:
        whole, end_mark = True, False
        try:
            self._largest = self._area(6)
            self._skip_colour_table(self._byte(10))
            end_mark = self._walk_blocks()
        except _CutOff:
            whole = False
        return GifSkeleton(self._frames, self._largest, whole and self._frames > 0, end_mark)

    def _walk_blocks(self) -> bool:
        while self._at < len(self._data):
            kind = self._byte(self._at)
            if kind == 0x3B:
                return True
            if kind == 0x21:
                self._at += 2
                self._skip_sub_blocks()
            elif kind == 0x2C:
                self._skip_frame()
            else:
                return False  # viewers stop here too and show what came before
        return False

    def _skip_frame(self) -> None:
        self._largest = max(self._largest, self._area(self._at + 5))
        flags = self._byte(self._at + 9)
        self._at += 10
        self._skip_colour_table(flags)
        self._at += 1
        self._skip_sub_blocks()
        self._frames += 1

    def _skip_sub_blocks(self) -> None:
        while size := self._byte(self._at):
            self._at += size + 1
            self._blocks += 1
            if self._blocks > _MAX_BLOCKS:
                raise _CutOff
        self._at += 1

    def _skip_colour_table(self, flags: int) -> None:
        if flags & 0x80:
            self._at += 3 << ((flags & 7) + 1)

    def _byte(self, at: int) -> int:
        if at >= len(self._data):
            raise _CutOff
        return self._data[at]

    def _area(self, at: int) -> int:
        if at + 4 > len(self._data):
            raise _CutOff
        width, height = struct.unpack_from("<HH", self._data, at)
        return int(width * height)


def film_is_whole(path: Path, media_type: MediaType) -> bool:
    """Whether everything the film's container promises is there, and it promises nothing absurd."""
    size = path.stat().st_size
    with path.open("rb") as file:
        return _ebml_is_whole(file, size) if media_type is MediaType.WEBM else _boxes_are_whole(file, size)


def _boxes_are_whole(file: BinaryIO, end: int) -> bool:
    try:
        has_index = b"moov" in {box.kind for box in read_outer_boxes(file, end)}
        return has_index and claimed_samples(file, end) <= _MAX_SAMPLES
    except BrokenBoxes:
        return False


def _ebml_is_whole(file: BinaryIO, end: int) -> bool:
    """WebM: each element fits. Recorders leave the segment's size open, so its clusters are looked into."""
    at = 0
    for _ in range(_MAX_BLOCKS):
        if at >= end:
            return at == end
        file.seek(at)
        head = file.read(12)
        identifier_end = vint_length(head[0])
        identifier = int.from_bytes(head[:identifier_end], "big")
        size, body = read_vint(head, identifier_end)
        if size is None:
            if identifier not in {_EBML_SEGMENT, _EBML_CLUSTER} or body > len(head):
                return False
            size = 0  # walk into it: what follows are its children
        at += body + size
    return True
