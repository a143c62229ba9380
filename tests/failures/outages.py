"""Taking the database away from everybody for a while, as a restart, a failover or a long backup would."""

import contextlib
import sqlite3
import threading
from collections.abc import Iterator

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from core.db.engine import Database


class Outage:
    """SQLite: somebody else holds the write lock. PostgreSQL: every connection is cut, and none is let in."""

    def __init__(self, database: Database) -> None:
        self._url = make_url(database.url)
        self._is_sqlite = database.is_sqlite
        self._holder: sqlite3.Connection | None = None
        self._timer: threading.Timer | None = None
        self.is_over = True

    def begin(self) -> None:
        self.is_over = False
        if self._is_sqlite:
            self._holder = sqlite3.connect(str(self._url.database), timeout=10, check_same_thread=False)
            self._holder.isolation_level = None
            self._holder.execute("BEGIN IMMEDIATE")
            return
        self._let_in(False)
        self.cut()

    def end(self) -> None:
        if self._holder is not None:
            self._holder.execute("ROLLBACK")
            self._holder.close()
            self._holder = None
        elif not self._is_sqlite:
            self._let_in(True)
        self.is_over = True

    def begin_for(self, seconds: float) -> None:
        """Begin now; another thread ends it."""
        self.begin()
        self._timer = threading.Timer(seconds, self.end)
        self._timer.start()

    def finish(self) -> None:
        """Be over, whether now or by the other thread a moment ago: never both at once, never after the database."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer.join()
        if not self.is_over:
            self.end()

    def cut(self, *, like: str = "%") -> int:
        """PostgreSQL: end the connections whose last query was ``like`` this; how many."""
        with self._admin() as admin:
            found = admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND query LIKE %s",
                (self._url.database, like),
            )
            return len(found.fetchall())

    def _let_in(self, allowed: bool) -> None:
        with self._admin() as admin:
            statement = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
            admin.execute(statement.format(sql.Identifier(str(self._url.database)), sql.Literal(allowed)))

    def _admin(self) -> psycopg.Connection[tuple[object]]:
        url = self._url.set(drivername="postgresql", database="postgres")
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


@contextlib.contextmanager
def outage(database: Database) -> Iterator[Outage]:
    """One that is not under way yet, and is over in any case after the block."""
    made = Outage(database)
    try:
        yield made
    finally:
        made.finish()
