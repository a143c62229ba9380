"""The texts that PNG, JPEG and WebP files carry beside their pixels, read with bounds on everything."""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from core.media.embedded.exif import read_exif
from core.media.embedded.xmp import read_xmp
from core.media.sniff import MediaType

# Bytes read of one text, and of all texts of a file together; what lies beyond is left unread.
_TEXT_BYTES = 2 * 1024 * 1024
_TOTAL_BYTES = 4 * 1024 * 1024
_MAX_TEXTS = 64
_MAX_PIECES = 20_000  # chunks or segments looked at

Text = tuple[str, str]


def read_texts(path: Path, media_type: MediaType) -> dict[str, str]:
    """Texts by keyword; the first of a keyword wins, except that an empty one gives way."""
    readers = {MediaType.PNG: _png_texts, MediaType.JPEG: _jpeg_texts, MediaType.WEBP: _webp_texts}
    reader = readers.get(media_type)
    if reader is None:
        return {}
    texts: dict[str, str] = {}
    room = _TOTAL_BYTES
    with path.open("rb") as file:
        for key, text in reader(file):
            if key and not texts.get(key):
                texts[key] = text[:room]
                room -= len(text)
            if room <= 0 or len(texts) >= _MAX_TEXTS:
                break
    return texts


def _png_texts(file: BinaryIO) -> Iterator[Text]:
    """Chunks of a PNG (PNG specification, third edition, §11.3.3)."""
    at = 8
    for _ in range(_MAX_PIECES):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or head[4:] == b"IEND":
            return
        length = int.from_bytes(head[:4], "big")
        at += length + 12
        kind = head[4:]
        if kind in _PNG_READERS:
            yield from _PNG_READERS[kind](file.read(min(length, _TEXT_BYTES)))


def _png_text(data: bytes) -> Iterator[Text]:
    keyword, _, text = data.partition(b"\0")
    # The standard says Latin-1, many programs write UTF-8 all the same.
    yield _decode(keyword), _decode(text)


def _png_compressed_text(data: bytes) -> Iterator[Text]:
    keyword, _, rest = data.partition(b"\0")
    yield _decode(keyword), _decode(_inflate(rest[1:]))


def _png_international_text(data: bytes) -> Iterator[Text]:
    keyword, _, rest = data.partition(b"\0")
    is_compressed = rest[:1] == b"\x01"
    _language, _, rest = rest[2:].partition(b"\0")
    _translated, _, text = rest.partition(b"\0")
    plain = _decode(_inflate(text) if is_compressed else text)
    if keyword == b"XML:com.adobe.xmp":
        yield from read_xmp(plain).items()
    else:
        yield _decode(keyword), plain


def _png_exif(data: bytes) -> Iterator[Text]:
    yield from read_exif(data).items()


_PNG_READERS = {
    b"tEXt": _png_text,
    b"zTXt": _png_compressed_text,
    b"iTXt": _png_international_text,
    b"eXIf": _png_exif,
}


def _inflate(data: bytes) -> bytes:
    """At most ``_TEXT_BYTES`` of the inflated text, however much the data would blow up to."""
    try:
        return zlib.decompressobj().decompress(data, _TEXT_BYTES)
    except zlib.error:
        return b""


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _jpeg_texts(file: BinaryIO) -> Iterator[Text]:
    """Segments of a JPEG up to its first scan: EXIF, XMP and comments."""
    at = 2
    for _ in range(_MAX_PIECES):
        file.seek(at)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF or head[1] == 0xDA:
            return
        length = int.from_bytes(head[2:], "big")
        at += length + 2
        if head[1] in {0xE1, 0xFE}:
            yield from _jpeg_segment(head[1], file.read(max(length - 2, 0)))


def _jpeg_segment(marker: int, data: bytes) -> Iterator[Text]:
    xmp_mark = b"http://ns.adobe.com/xap/1.0/\0"
    if marker == 0xFE:
        yield "Comment", _decode(data)
    elif data.startswith(b"Exif\0\0"):
        yield from read_exif(data).items()
    elif data.startswith(xmp_mark):
        yield from read_xmp(_decode(data.removeprefix(xmp_mark))).items()


def _webp_texts(file: BinaryIO) -> Iterator[Text]:
    """Chunks of a WebP (RIFF): EXIF and XMP; they follow the pixels."""
    at = 12
    for _ in range(_MAX_PIECES):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        kind, length = struct.unpack("<4sI", head)
        at += 8 + length + length % 2
        if kind == b"EXIF":
            yield from read_exif(file.read(min(length, _TEXT_BYTES))).items()
        elif kind == b"XMP ":
            yield from read_xmp(_decode(file.read(min(length, _TEXT_BYTES)))).items()
