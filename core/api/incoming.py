"""Where files lie while they arrive: a folder that holds nothing of requests which ended, however they ended."""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)
SUFFIX = ".part"
# What a file is called in the moment between being made and being held.
UNHELD = ".new"
YOUNG_SECONDS = 60.0
SWEEP_EVERY_SECONDS = 600.0


class Incoming:
    """Gives each request a file of its own, and takes it away after it.

    The file is held by a lock as long as its process lives: what nobody holds was left by one that was killed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._swept_at = time.monotonic()
        self.sweep()

    @contextmanager
    def slot(self) -> Iterator[Path]:
        """An empty file for the length of the block."""
        if time.monotonic() - self._swept_at > SWEEP_EVERY_SECONDS:
            self._swept_at = time.monotonic()
            self.sweep()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{secrets.token_hex(12)}{SUFFIX}"
        fresh = path.with_suffix(UNHELD)
        descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            fresh.rename(path)
            yield path
        finally:
            path.unlink(missing_ok=True)
            os.close(descriptor)

    def sweep(self) -> int:
        """Remove what killed processes left; how many files."""
        removed = 0
        for path in [*self._folder.glob(f"*{SUFFIX}"), *self._folder.glob(f"*{UNHELD}")]:
            with suppress(OSError):
                is_young = path.suffix == UNHELD and time.time() - path.stat().st_mtime < YOUNG_SECONDS
                removed += not is_young and _remove_unheld(path)
        if removed:
            log.info("Removed files of uploads that were cut off.", files=removed)
        return removed


def _remove_unheld(path: Path) -> bool:
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        path.unlink()
        return True
