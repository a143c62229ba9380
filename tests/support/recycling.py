"""Used PostgreSQL databases made like new, which takes a tenth of the time of making one.

A copy of a template is some nine hundred files. Most tests write a few rows into a few tables, so their database is
emptied and given to the next test under another name. One whose tables, triggers, functions or statistics were
changed, or that cannot be had for oneself, is not taken back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

# Changed by each definition that changes; deleting rows and vacuuming changes none of them.
_CATALOGS = (
    "pg_class",
    "pg_attribute",
    "pg_trigger",
    "pg_proc",
    "pg_constraint",
    "pg_index",
    "pg_type",
    "pg_statistic",
)
_STAMP = sql.SQL(" UNION ALL ").join(
    sql.SQL("SELECT count(*), sum(xmin::text::bigint) FROM {}").format(sql.Identifier(name)) for name in _CATALOGS
)
_FILLED = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0 ORDER BY relname
"""
_OTHERS = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"

Stamp = tuple[Any, ...]


class Recycler:
    """What one process of the test run keeps of databases copied from one template."""

    def __init__(self, address: str) -> None:
        """``address`` is the server's, ending in a slash."""
        self._address = address
        self._clean: list[str] = []
        self._stamp: Stamp | None = None
        self._kept: frozenset[str] = frozenset()

    def take(self, name: str) -> bool:
        """Give a clean database this name; ``False`` when there is none."""
        while self._clean:
            try:
                with self._connected("postgres") as connection:
                    self._rename(connection, self._clean.pop(), name)
            except psycopg.Error:
                continue  # the server's owner removes it in the end
            return True
        return False

    def know(self, name: str) -> None:
        """Look at a fresh copy, to recognise later what was changed."""
        if self._stamp is None:
            with self._connected(name) as connection:
                self._kept = frozenset(_filled(connection))
                self._stamp = self._look(connection)

    def give_back(self, name: str) -> bool:
        """Empty a used database for the next test; ``False`` when it is to be dropped instead."""
        try:
            with self._connected("postgres") as connection:
                connection.execute(_OTHERS, [name])
            with self._connected(name) as connection:
                if not self._empty(connection):
                    return False
        except psycopg.Error:
            return False
        self._clean.append(name)
        return True

    def _empty(self, connection: psycopg.Connection[Any]) -> bool:
        tables = [sql.Identifier(table) for table in _filled(connection) if table not in self._kept]
        if self._look(connection) != self._stamp:
            return False
        if tables:
            # As a replica: no triggers, no foreign keys, so the order does not matter.
            deletes = [sql.SQL("DELETE FROM {}").format(table) for table in tables]
            with connection.transaction():
                connection.execute("SET LOCAL session_replication_role = replica")
                connection.execute("SET LOCAL lock_timeout = '5s'")
                connection.execute(sql.SQL("; ").join(deletes))
            connection.execute(sql.SQL("VACUUM (TRUNCATE) {}").format(sql.SQL(", ").join(tables)))
        return frozenset(_filled(connection)) <= self._kept

    def _look(self, connection: psycopg.Connection[Any]) -> Stamp:
        contents = [
            connection.execute(sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(sql.Identifier(table))).fetchall()
            for table in sorted(self._kept)
        ]
        return tuple(connection.execute(_STAMP).fetchall()), tuple(map(tuple, contents))

    @staticmethod
    def _rename(connection: psycopg.Connection[Any], old: str, new: str) -> None:
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))

    @contextmanager
    def _connected(self, database: str) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self._address + database, autocommit=True) as connection:
            yield connection


def _filled(connection: psycopg.Connection[Any]) -> list[str]:
    return [name for (name,) in connection.execute(_FILLED).fetchall()]
