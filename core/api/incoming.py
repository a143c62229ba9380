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
# Between making a file and holding it lies a moment.
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
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield path
        finally:
            path.unlink(missing_ok=True)
            os.close(descriptor)

    def sweep(self, *, now: float | None = None) -> int:
        """Remove what killed processes left; how many files. ``now`` is seconds since 1970."""
        now = time.time() if now is None else now
        removed = 0
        for path in self._folder.glob(f"*{SUFFIX}"):
            with suppress(OSError):
                if now - path.stat().st_mtime > YOUNG_SECONDS and _remove_unheld(path):
                    removed += 1
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
