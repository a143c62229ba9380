"""Who carries calls, and whether they are still alive: a file for each, locked as long as its process lives."""

import enum
import fcntl
import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

# A courier that has not been heard of for so long hangs, or was stopped: nothing more is given to it.
SILENT_SECONDS = 60.0


class Role(enum.StrEnum):
    """What its file ends in."""

    TAKES = "takes"  # a courier that takes what is handed over
    LEAVES = "leaves"  # a courier that finishes what it has in hand
    ALONE = "alone"  # a process that carries calls of its own, there being no courier


class Presence:
    """One carrier, from entering to leaving; gone with its process, however that ends."""

    def __init__(self, folder: Path, role: Role) -> None:
        self.name = f"{os.getpid()}-{secrets.token_hex(6)}"
        self._folder = folder
        self._path = folder / f"{self.name}.{role}"
        fresh = folder / f"{self.name}.new"
        self._descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        fresh.rename(self._path)  # held before anybody could find it

    def breathe(self) -> None:
        """Show that it does more than exist."""
        os.utime(self._path)

    def take_no_more(self) -> None:
        """Let it be known that nothing more is to be handed over."""
        target = self._folder / f"{self.name}.{Role.LEAVES}"
        self._path.rename(target)
        self._path = target

    def leave(self) -> None:
        """Nothing is in hand any more."""
        with suppress(OSError):
            self._path.unlink()
        os.close(self._descriptor)


class Carriers:
    """All who carry, as seen from outside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def any_takes(self) -> bool:
        """Whether a courier is there that takes what is handed over."""
        return any(_is_heard(path) and _is_held(path) for path in self._folder.glob(f"*.{Role.TAKES}"))

    def is_alive(self, name: str) -> bool:
        # In the order in which a courier changes its role, so that it cannot slip through in between.
        return any(_is_held(self._folder / f"{name}.{role}") for role in Role)

    def forget_dead(self) -> None:
        """Remove the files of those that are gone."""
        for role in Role:
            for path in self._folder.glob(f"*.{role}"):
                if not _is_held(path):
                    path.unlink(missing_ok=True)


def _is_heard(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < SILENT_SECONDS
    except FileNotFoundError:
        return False


def _is_held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
