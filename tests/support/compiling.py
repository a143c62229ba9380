"""Statements turned into SQL once in a run of tests.

SQLAlchemy remembers the SQL of a statement per engine, and each test has an engine of its own: without this a quarter
of the time of tests that ask databases goes into writing the same SQL again.
"""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

_SIZE = 3000


def share_compiled_statements(patch: pytest.MonkeyPatch) -> None:
    """Let all engines of this process that the product opens remember together, for as long as ``patch`` lasts."""
    from core.db import engine as engines

    cache: LRUCache[Any, Any] = LRUCache(_SIZE)
    # What is remembered is kept under the dialect; those of one kind, at servers of one version, write the same.
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        patch.setattr(dialect, "__eq__", lambda self, other: type(self) is type(other))
        patch.setattr(dialect, "__hash__", lambda self: hash(type(self)))
    create = engines.create_engine

    def create_engine(url: str, **options: Any) -> Engine:
        return create(url, execution_options={"compiled_cache": cache}, **options)

    patch.setattr(engines, "create_engine", create_engine)
