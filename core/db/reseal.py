"""Seals every stored secret again with the newest master key, a batch at a time."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Table, Text, select, type_coerce, update

from core.db.base import Base
from core.db.crypto import current_keyring
from core.db.engine import Database
from core.db.types import EncryptedText

BATCH = 200


def sealed_columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Every column of the schema that holds secrets; all models must be imported by now."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, EncryptedText):
                yield table, column


def reseal(database: Database) -> int:
    """How many secrets were sealed again. Stopped half-way, it goes on where it was when called again."""
    return sum(_reseal_column(database, table, column) for table, column in sealed_columns())


def _reseal_column(database: Database, table: Table, column: Column[Any]) -> int:
    count = 0
    while done := _reseal_batch(database, table, column):
        count += done
    return count


def _reseal_batch(database: Database, table: Table, column: Column[Any]) -> int:
    sealed = type_coerce(column, Text)
    key = list(table.primary_key.columns)
    newest = f"v1:{current_keyring().current}:"
    with database.connection() as connection:
        query = select(*key, sealed.label("sealed"), column.label("secret")).where(
            column.is_not(None), ~sealed.startswith(newest)
        )
        rows = connection.execute(query.limit(BATCH)).all()
        for row in rows:
            same = [part == getattr(row, part.name) for part in key]
            values: dict[str, Any] = {column.name: row.secret}
            if "updated_at" in table.columns:
                values["updated_at"] = table.columns["updated_at"]  # the row says nothing new
            connection.execute(update(table).where(*same, sealed == row.sealed).values(values))
    return len(rows)
