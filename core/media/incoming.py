"""Where files lie while they arrive: a folder that holds nothing of requests which ended, however they ended."""

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)
FOLDER = "incoming"  # in the data folder
SUFFIX = ".part"  # of one file
FOLDER_SUFFIX = ".parts"  # of a folder of files
# What either is called in the moment between being made and being held.
UNHELD = ".new"
YOUNG_SECONDS = 60.0
SWEEP_EVERY_SECONDS = 600.0


class Incoming:
    """Gives each request a file of its own, or a folder for several, and takes it away after it.

    Each is held by a lock as long as its process lives: what nobody holds was left by one that was killed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._swept_at = time.monotonic()
        self.sweep()

    @classmethod
    def of(cls, data_dir: Path) -> "Incoming":
        """The one place of an installation."""
        return cls(data_dir / FOLDER)

    @contextmanager
    def slot(self) -> Iterator[Path]:
        """An empty file for the length of the block."""
        fresh, path = self._names(SUFFIX)
        descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with _held(descriptor, fresh, path):
            yield path

    @contextmanager
    def room(self) -> Iterator[Path]:
        """An empty folder for the length of the block."""
        fresh, path = self._names(FOLDER_SUFFIX)
        fresh.mkdir(mode=0o700)
        with _held(os.open(fresh, os.O_RDONLY), fresh, path):
            yield path

    def sweep(self) -> int:
        """Remove what killed processes left; how many files and folders."""
        self._swept_at = time.monotonic()
        removed = 0
        for path in [one for ending in (SUFFIX, FOLDER_SUFFIX, UNHELD) for one in self._folder.glob(f"*{ending}")]:
            with suppress(OSError):
                is_young = path.suffix == UNHELD and time.time() - path.stat().st_mtime < YOUNG_SECONDS
                removed += not is_young and _remove_unheld(path)
        if removed:
            log.info("Removed files of uploads that were cut off.", files=removed)
        return removed

    def _names(self, suffix: str) -> tuple[Path, Path]:
        if time.monotonic() - self._swept_at > SWEEP_EVERY_SECONDS:
            self.sweep()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{secrets.token_hex(12)}{suffix}"
        return path.with_suffix(UNHELD), path


@contextmanager
def _held(descriptor: int, fresh: Path, path: Path) -> Iterator[None]:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        fresh.rename(path)
        yield
    finally:
        _remove(path)
        os.close(descriptor)


def _remove_unheld(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(path)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
