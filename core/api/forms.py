"""Reads a form off the wire: its one file goes to disk as it arrives, its fields stay in memory.

Starlette's own parser takes a body of any length before an endpoint sees it. This one stops at the first byte too
many.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from core.api.problems import FULL_RETRY_SECONDS, Problem, invalid, retry_after
from core.media.incoming import Incoming

MOST_FIELDS = 200
LONGEST_FIELD = 256 * 1024  # bytes
_FLUSH_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """The file of a form: where it lies, what its sender calls it, and its digest."""

    name: str
    path: Path
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Form:
    """A form that has arrived: every field with all its values, in their order."""

    fields: dict[str, list[str]]
    file: ReceivedFile | None


@asynccontextmanager
async def receive_form(
    request: Request, incoming: Incoming, *, file_field: str, max_file_bytes: int
) -> AsyncIterator[Form]:
    """The form of ``request``; its file is there for the length of the block. Raises ``Problem``."""
    boundary = _boundary(request)
    with ExitStack() as stack:
        try:
            path = stack.enter_context(incoming.slot())
            with path.open("wb") as target:
                reader = _Reader(boundary, target, file_field, max_file_bytes)
                await reader.read(request)
        except OSError as error:
            raise _no_room() from error
        yield Form(reader.fields, reader.received(path))


@dataclass(slots=True)
class _Part:
    """The part of the form that is arriving."""

    header: bytearray = field(default_factory=bytearray)
    value: bytearray = field(default_factory=bytearray)
    disposition: bytes = b""
    name: str = ""
    is_file: bool = False


class _Reader:
    """Feeds the parser and keeps what comes out of it."""

    def __init__(self, boundary: bytes, target: BinaryIO, file_field: str, max_file_bytes: int) -> None:
        self.fields: dict[str, list[str]] = {}
        self._target = target
        self._file_field = file_field
        self._max_file_bytes = max_file_bytes
        self._part = _Part()
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._digest = hashlib.sha256()
        self._size = 0
        self._file_name: str | None = None
        self._count = 0
        self._is_whole = False
        self._boundary = boundary

    async def read(self, request: Request) -> None:
        try:
            parser = MultipartParser(self._boundary, {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end_part,
                "on_end": self._end,
            })  # fmt: skip
            async for chunk in request.stream():
                parser.write(chunk)
                if self._pending_bytes >= _FLUSH_BYTES:
                    await run_in_threadpool(self._flush)
            parser.finalize()
        except FormParserError as error:
            raise _unreadable() from error
        if not self._is_whole:
            raise _unreadable()
        await run_in_threadpool(self._flush)

    def received(self, path: Path) -> ReceivedFile | None:
        if self._file_name is None:
            return None
        return ReceivedFile(self._file_name, path, self._digest.hexdigest(), self._size)

    def _flush(self) -> None:
        for piece in self._pending:
            self._digest.update(piece)
            self._target.write(piece)
        self._target.flush()
        self._pending, self._pending_bytes = [], 0

    def _begin(self) -> None:
        self._part = _Part()
        self._count += 1
        if self._count > MOST_FIELDS:
            raise Problem("invalid", f"A form has at most {MOST_FIELDS} fields.")

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._part.header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += data[start:end]

    def _header_end(self) -> None:
        if self._part.header.lower() == b"content-disposition":
            self._part.disposition = bytes(self._part.value)
        self._part.header, self._part.value = bytearray(), bytearray()

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._part.disposition)
        if b"name" not in options:
            raise _unreadable()
        self._part.name = _text(options[b"name"], "A field's name")
        self._part.is_file = b"filename" in options
        if self._part.is_file:
            self._begin_file(options[b"filename"])

    def _begin_file(self, name: bytes) -> None:
        if self._part.name != self._file_field:
            raise invalid(self._part.name, f"A file comes in the field “{self._file_field}”.")
        if self._file_name is not None:
            raise invalid(
                self._file_field, "One file comes with each request. Send the others in requests of their own."
            )
        # A name decides nothing; one that nobody can read is no reason to refuse a picture.
        self._file_name = name.decode("utf-8", "replace").strip() or self._file_field

    def _data(self, data: bytes, start: int, end: int) -> None:
        if not self._part.is_file:
            self._part.value += data[start:end]
            if len(self._part.value) > LONGEST_FIELD:
                raise invalid(self._part.name, f"A field has at most {LONGEST_FIELD // 1024} KB.")
            return
        self._size += end - start
        if self._size > self._max_file_bytes:
            limit = self._max_file_bytes / 1024**2
            raise Problem("too-large", f"“{self._file_name}” has more than the {limit:g} MB that are taken.")
        self._pending.append(data[start:end])
        self._pending_bytes += end - start

    def _end_part(self) -> None:
        if self._part.is_file:
            return
        if self._part.name == self._file_field:
            raise invalid(self._file_field, "This must be a file, with a file name.")
        self.fields.setdefault(self._part.name, []).append(_text(bytes(self._part.value), self._part.name))

    def _end(self) -> None:
        self._is_whole = True


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data":
        raise Problem("type-not-taken", "Send the file in a form: Content-Type multipart/form-data.")
    if not options.get(b"boundary"):
        raise _unreadable()
    return options[b"boundary"]


def _text(value: bytes, name: str) -> str:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise invalid(name, "This is not text in UTF-8.") from error
    return text.replace("\0", "")


def _unreadable() -> Problem:
    return Problem("invalid", "This form was cut short, or is none. Send it as multipart/form-data.")


def _no_room() -> Problem:
    detail = "The file could not be put aside; the disk may be full. Try again later."
    return Problem("unavailable", detail, headers=retry_after(FULL_RETRY_SECONDS))
