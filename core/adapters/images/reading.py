"""The body of an answer: taken out of its packing piece by piece, and understood as JSON.

httpx unpacks whatever the header names, one layer in another and each piece at once: two layers make a gigabyte of a
few kilobytes. Here one layer is taken off, never more than a piece at a time.
"""

import json
import zlib
from collections.abc import Iterator
from typing import Any

import httpx

PIECE = 256 * 1024
ACCEPTED = "gzip"
_PLAIN = frozenset({"", "identity"})
_GZIP = frozenset({"gzip", "x-gzip"})


def json_of(content: str | bytes) -> Any:
    """What somebody sent as JSON; ``None`` when it is a page or anything else."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError; brackets in brackets end the stack
        return None


def pieces_of(response: httpx.Response) -> Iterator[bytes]:
    """The body in pieces of a bounded size; raises ``httpx.DecodingError`` for a packing that was not asked for."""
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if response.is_stream_consumed:  # never from the wire: whoever answered had the body whole, and unpacked
        yield response.content
    elif packing in _PLAIN:
        yield from response.iter_raw()
    elif packing in _GZIP:
        yield from _unpacked(response)
    else:
        raise httpx.DecodingError("The answer is packed in a way that was not asked for.", request=response.request)


def _unpacked(response: httpx.Response) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for packed in response.iter_raw():
            left = packed
            while left and not unpacker.eof:
                yield unpacker.decompress(left, PIECE)
                left = unpacker.unconsumed_tail
        yield unpacker.flush(PIECE)
    except zlib.error as error:
        raise httpx.DecodingError("The answer's packing is damaged.", request=response.request) from error
