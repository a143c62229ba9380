"""The few EXIF fields in which generators leave text; a small reader, since this is data of strangers."""

import struct
from collections.abc import Iterator

# EXIF 2.32 §4.6: tags whose values are text, by the name they get here.
_TEXT_TAGS = {
    0x010E: "ImageDescription",
    0x010F: "Make",
    0x0110: "Model",
    0x0131: "Software",
    0x9286: "UserComment",
    0x9C9B: "XPTitle",
    0x9C9C: "XPComment",
}
_EXIF_DIRECTORY = 0x8769
_MAX_ENTRIES = 500
_BYTE, _ASCII, _LONG, _UNDEFINED = 1, 2, 4, 7


def read_exif(data: bytes) -> dict[str, str]:
    """Texts of an EXIF block by tag name, with or without the ``Exif`` mark in front; damaged parts are left out."""
    block = data.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < 8:
        return {}
    texts: dict[str, str] = {}
    pending = [struct.unpack_from(order + "I", block, 4)[0]]
    for _ in range(2):  # the first directory and the one it points at
        if not pending:
            break
        for tag, kind, value in _entries(block, order, pending.pop()):
            if tag == _EXIF_DIRECTORY and kind == _LONG and len(value) >= 4:
                pending.append(struct.unpack(order + "I", value[:4])[0])
            elif tag in _TEXT_TAGS and kind in {_BYTE, _ASCII, _UNDEFINED}:
                texts.setdefault(_TEXT_TAGS[tag], _text(tag, value, order))
    return {name: text for name, text in texts.items() if text}


def _entries(block: bytes, order: str, at: int) -> Iterator[tuple[int, int, bytes]]:
    if at + 2 > len(block):
        return
    (count,) = struct.unpack_from(order + "H", block, at)
    for entry in range(at + 2, at + 2 + min(count, _MAX_ENTRIES) * 12, 12):
        if entry + 12 > len(block):
            return
        tag, kind, items = struct.unpack_from(order + "HHI", block, entry)
        size = items * (4 if kind == _LONG else 1)
        offset = entry + 8 if size <= 4 else struct.unpack_from(order + "I", block, entry + 8)[0]
        yield tag, kind, block[offset : offset + size]


def _text(tag: int, value: bytes, order: str) -> str:
    if tag in {0x9C9B, 0x9C9C}:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    if tag == 0x9286:
        return _user_comment(value, order)
    return value.decode("utf-8", "replace").strip("\0 ")


def _user_comment(value: bytes, order: str) -> str:
    """EXIF 2.32 §4.6.5: eight bytes name the coding, the text follows."""
    coding, text = value[:8], value[8:]
    if coding.startswith(b"UNICODE"):
        return _utf16(text, order).strip("\0 ")
    if coding in {b"ASCII\0\0\0", b"\0" * 8}:
        return text.decode("utf-8", "replace").strip("\0 ")
    return value.decode("utf-8", "replace").strip("\0 ")  # written without any coding


def _utf16(text: bytes, order: str) -> str:
    """UTF-16 in the file's byte order; some writers use the other one, which zero bytes give away."""
    if text[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return text.decode("utf-16", "replace")
    zeros_first, zeros_second = text[0:2000:2].count(0), text[1:2000:2].count(0)
    if zeros_first != zeros_second:
        return text.decode("utf-16-be" if zeros_first > zeros_second else "utf-16-le", "replace")
    return text.decode("utf-16-be" if order == ">" else "utf-16-le", "replace")
