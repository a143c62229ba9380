"""One sidecar at a time runs the ticks: the leader."""

import contextlib
import fcntl
import os
from pathlib import Path
from typing import Protocol

import psycopg
import structlog

from core.db.engine import Database

log = structlog.get_logger(__name__)

# Any fixed number that nothing else in this database uses.
ADVISORY_KEY = 7_283_402
LOCK_FILE = "scheduler.lock"


class LeaderLock(Protocol):
    """Held by one process of an installation; given up by the operating system or the server when it dies."""

    @property
    def is_exclusive(self) -> bool:
        """True when holding it means that nobody else works on posts at all."""

    def acquire(self) -> bool:
        """Take the lock, or find that it is still held; ``False`` when another process has it."""

    def release(self) -> None:
        """Give it up."""


class FileLock:
    """``flock`` on a file beside the SQLite database: all processes are on this machine."""

    is_exclusive = True

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        if self._descriptor is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class AdvisoryLock:
    """A PostgreSQL advisory lock on a connection of its own; lost with the connection."""

    is_exclusive = False

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://")
        self._connection: psycopg.Connection[tuple[bool]] | None = None

    def acquire(self) -> bool:
        try:
            if self._connection is not None:
                self._connection.execute("SELECT 1")
                return True
            self._connection = self._connect_and_lock()
        except psycopg.Error:
            if self._connection is not None:
                log.warning("The connection that held leadership is gone; standing back.")
            self._close()
            return False
        return self._connection is not None

    def release(self) -> None:
        self._close()

    def _connect_and_lock(self) -> psycopg.Connection[tuple[bool]] | None:
        connection = psycopg.connect(self._url, autocommit=True, connect_timeout=10)
        try:
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", (ADVISORY_KEY,)).fetchone()
        except psycopg.Error:
            connection.close()
            raise
        if row is not None and row[0]:
            return connection
        connection.close()
        return None

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(psycopg.Error):
                # The server notices a closed connection a little later; the next leader need not wait for that.
                self._connection.execute("SELECT pg_advisory_unlock(%s)", (ADVISORY_KEY,))
            self._connection.close()
            self._connection = None


def leader_lock(database: Database, data_dir: Path) -> LeaderLock:
    """The lock that fits the database."""
    if database.is_sqlite:
        return FileLock(Path(database.url.database or data_dir / "atelier.db").with_name(LOCK_FILE))
    return AdvisoryLock(database.url.render_as_string(hide_password=False))
