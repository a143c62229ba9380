"""Files that are there as a whole or not at all, also after a power cut."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

UNFINISHED = ".part"  # what a file is called while it is written


def write(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``, readable by us alone. Raises ``OSError``; then nothing is there."""
    place(prepare(path.parent, content), path)


def prepare(folder: Path, content: bytes) -> Path:
    """A file with ``content`` on the disk, under a name that nobody looks for."""
    path = folder / f"{secrets.token_hex(8)}{UNFINISHED}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise
    return path


def place(prepared: Path, path: Path) -> None:
    """Give a prepared file its name."""
    try:
        prepared.replace(path)
    except OSError:
        with suppress(OSError):
            prepared.unlink()
        raise
    sync(path.parent)


def move(source: Path, target: Path) -> bool:
    """Rename a file for good; ``False`` when it is not there (any more). Of several movers one succeeds."""
    try:
        source.rename(target)
    except FileNotFoundError:
        return False
    sync(target.parent)
    sync(source.parent)
    return True


def sync(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One thread of one process at a time."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
