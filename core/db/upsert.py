"""Inserts that meet an existing row, the same on both engines."""

from typing import Any

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from core.db.base import Base


def insert_ignoring(session: Session, model: type[Base], values: dict[str, Any]) -> bool:
    """Insert unless a unique key says it is there; ``True`` when inserted.

    Swallowing the error instead would abort the whole transaction on PostgreSQL.
    """
    build = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = build(model).values(**values).on_conflict_do_nothing().returning(*model.__mapper__.primary_key)
    return session.execute(statement).first() is not None


def insert_or_update(session: Session, model: type[Base], key: list[str], values: dict[str, Any]) -> None:
    """Insert, or bring the row with the same ``key`` columns to ``values``."""
    build = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    changed = {name: value for name, value in values.items() if name not in key}
    session.execute(build(model).values(**values).on_conflict_do_update(index_elements=key, set_=changed))
