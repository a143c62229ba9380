"""Connections and transactions, the same on SQLite and PostgreSQL."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, make_url
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker

from core.errors import InvalidInputError, UnavailableError

BUSY_TIMEOUT_MS = 15_000
# PostgreSQL: so many threads of a process are on the sidecar's hot path at once. Each goes back and forth between the
# interpreter and the network some forty times a post, and more of them only take the interpreter from each other.
HOT_PATH = 3


class DatabaseUnavailableError(UnavailableError):
    """The database did not answer, is locked, or its disk is full; nothing was written."""


class UnstorableValueError(InvalidInputError):
    """The database cannot hold or compare a value it was given; nothing was written."""


class Database:
    """One engine with three doors: ``session()`` and ``connection()`` write, ``read()`` only looks.

    On SQLite a writing transaction begins with ``BEGIN IMMEDIATE``: a transaction that starts
    by reading and then writes could otherwise fail half-way when another writer came first.
    Threads of one process queue at a lock of our own before that, because SQLite's busy
    handler polls with sleeps and lets the unlucky starve.
    """

    def __init__(self, url: str, *, pool_size: int = 20, echo: bool = False) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if not self.url.database or self.url.database == ":memory:":
                raise ValueError("Atelier's processes share one database: give SQLite a file.")
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = _create_engine(url, is_sqlite=self.is_sqlite, pool_size=pool_size, echo=echo)
        self._reading = self.engine.execution_options(sqlite_begin="BEGIN")
        self._write_lock = threading.Lock() if self.is_sqlite else nullcontext()
        self._hot_path = self._write_lock if self.is_sqlite else threading.BoundedSemaphore(HOT_PATH)
        self._write_session = sessionmaker(self.engine, expire_on_commit=False)
        self._read_session = sessionmaker(self._reading, expire_on_commit=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One writing transaction: commits at the end of the block, rolls back on any error."""
        with self._write_lock, _translated(), self._write_session.begin() as session:
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One reading transaction: a steady view, never waits for writers, keeps nothing."""
        with _translated(), self._read_session() as session:
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """One writing transaction without the ORM, for the sidecar's hot path; ``HOT_PATH`` at once on PostgreSQL."""
        with self._hot_path, _translated(), self.engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        self.engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as error:
        raise DatabaseUnavailableError(
            "The database did not answer. Nothing was changed; try again in a moment."
        ) from error
    except DataError as error:
        # PostgreSQL takes no NUL characters, wherever a browser may have sent one.
        raise UnstorableValueError(
            "Something in this cannot be stored, such as an invisible character. Type it anew and try again."
        ) from error


def _create_engine(url: str, *, is_sqlite: bool, pool_size: int, echo: bool) -> Engine:
    # An error's text goes to the log; with its parameters it would take titles, addresses and hashes along.
    common: dict[str, Any] = {"pool_size": pool_size, "echo": echo, "hide_parameters": True}
    if not is_sqlite:
        engine = create_engine(url, max_overflow=10, pool_pre_ping=True, pool_recycle=1800, **common)
        # Not a listener to errors: one would be asked about each statement.
        engine.dialect.do_ping = partial(_ping, engine.dialect)  # type: ignore[method-assign]  # of this engine alone
        return engine
    engine = create_engine(
        url,
        max_overflow=pool_size,
        **common,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _ping(dialect: Dialect, connection: Any) -> bool:
    """Whether a connection still lives; one that was cut while it was asked does not, which the driver calls misuse."""
    try:
        return type(dialect).do_ping(dialect, connection)
    except dialect.loaded_dbapi.ProgrammingError:
        return False


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling begins too late and not IMMEDIATE; we begin ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "cache_size=-32000",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # SQLite's own lower() knows 26 letters.
    connection.create_function("unicode_lower", 1, _unicode_lower, deterministic=True)


def _unicode_lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN IMMEDIATE"))
