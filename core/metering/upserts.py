"""Inserts that meet rows that are there, on both engines, by a session or a bare connection."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session


def dialect_of(session: Session | Connection) -> str:
    """``sqlite`` or ``postgresql``."""
    bind = session.get_bind() if isinstance(session, Session) else session
    return bind.dialect.name


def build(session: Session | Connection, table: Table) -> Any:
    """An insert that knows ``on_conflict_…``."""
    return (postgresql_insert if dialect_of(session) == "postgresql" else sqlite_insert)(table)


def insert_new(session: Session | Connection, table: Table, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Insert the rows whose keys are not there yet; their ids."""
    statement = build(session, table).on_conflict_do_nothing().returning(table.c.id)
    return set(session.scalars(statement, list(rows)))
