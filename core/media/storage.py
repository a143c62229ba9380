"""Where the bytes of files are kept: one protocol, whatever stands behind it.

Keys are relative paths of ``/``-separated names (``usr_…/blobs/<sha256>/…/original.jpg``). They begin
with their owner, so tenants stay apart and erasing one is erasing a prefix; a prefix of the whole
installation belongs to the address of the store.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from core.media.errors import ObjectMissing, StorageFull, StorageUnavailableError

__all__ = [
    "MAX_KEY_LENGTH",
    "ObjectMissing",
    "ObjectStore",
    "StorageFull",
    "StorageUnavailableError",
    "StoredObject",
    "check_key",
    "check_prefix",
]

MAX_KEY_LENGTH = 400  # of the columns that hold keys; S3 itself takes 1,024 bytes


@dataclass(frozen=True)
class StoredObject:
    """One entry of a listing; ``modified_at`` is in UTC."""

    key: str
    size_bytes: int
    modified_at: datetime


class ObjectStore(Protocol):
    """Objects by key. Safe to use from many threads.

    Everything raises ``StorageUnavailableError`` when the store does not answer, ``ValueError`` for a
    key that ``check_key`` refuses. Readers of one object raise ``ObjectMissing`` when it is not there.
    """

    def put(self, key: str, source: Path | bytes, *, content_type: str) -> None:
        """Store an object, replacing one of the same key; nobody ever sees half of it. Raises ``StorageFull``."""

    def get(self, key: str) -> bytes:
        """All bytes of an object."""

    def open(self, key: str) -> BinaryIO:
        """An object as a seekable file, to be closed by the caller."""

    def download(self, key: str, target: Path) -> None:
        """Write an object to ``target``, which is complete or not there."""

    def local_path(self, key: str) -> Path | None:
        """Where the object lies on this machine, for reading only; ``None`` when it lies elsewhere."""

    def exists(self, key: str) -> bool:
        """Whether there is such an object."""

    def size(self, key: str) -> int:
        """Bytes of an object."""

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is fine."""

    def delete_prefix(self, prefix: str) -> None:
        """Remove every object below a folder, given without wildcards; the whole store is refused."""

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """Every object below a folder, or of the whole store, in order of key."""

    def presigned_url(self, key: str, *, expires_seconds: int) -> str | None:
        """A link that lets anyone read the object for a while; ``None`` when the store cannot be reached by link."""

    def check(self) -> None:
        """Write, read and remove a small object."""


def check_key(key: str) -> str:
    """The key as it is; raises ``ValueError`` for one that is empty, too long, or could point out of the store."""
    parts = key.split("/")
    if len(key) > MAX_KEY_LENGTH or any(not _is_plain_name(part) for part in parts):
        raise ValueError(f"{key[:80]!r} is not a key of the object store.")
    return key


def check_prefix(prefix: str) -> str:
    """The folder without slashes around it, empty for the whole store; raises as ``check_key`` does."""
    bare = prefix.strip("/")
    return check_key(bare) if bare else ""


def _is_plain_name(part: str) -> bool:
    # A leading dot covers "." and ".." and leaves the stores room for files of their own.
    return bool(part) and not part.startswith(".") and not any(c in '\\:*?"<>|' or ord(c) < 32 for c in part)
