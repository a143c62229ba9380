"""Seals every stored secret again with the newest master key, a batch at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, Text, literal, select, tuple_, type_coerce, update

from core.db.base import Base
from core.db.crypto import SecretUnreadableError, current_keyring
from core.db.engine import Database
from core.db.types import EncryptedText

BATCH = 200


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many secrets were sealed again, and how many nobody can open any more; those stay as they are."""

    count: int = 0
    unreadable: int = 0

    def __add__(self, other: "Resealed") -> "Resealed":
        return Resealed(self.count + other.count, self.unreadable + other.unreadable)


def sealed_columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Every column of the schema that holds secrets; all models must be imported by now."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, EncryptedText):
                yield table, column


def reseal(database: Database) -> Resealed:
    """Seal again what is not sealed with the newest key. Stopped half-way, it goes on when called again."""
    return sum((_reseal_column(database, table, column) for table, column in sealed_columns()), start=Resealed())


def _reseal_column(database: Database, table: Table, column: Column[Any]) -> Resealed:
    done, last = Resealed(), None
    while True:
        with database.connection() as connection:
            rows = _next_rows(connection, table, column, last)
            done += sum((_reseal_row(connection, table, column, row) for row in rows), start=Resealed())
        if not rows:
            return done
        last = rows[-1]


def _next_rows(
    connection: Connection, table: Table, column: Column[Any], last: Row[*tuple[Any, ...]] | None
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The rows behind ``last``, in the order of their keys."""
    sealed, key = type_coerce(column, Text), list(table.primary_key.columns)
    query = select(*key, sealed.label("sealed")).order_by(*key).limit(BATCH)
    query = query.where(column.is_not(None), ~sealed.startswith(f"v1:{current_keyring().current}:"))
    if last is not None:
        query = query.where(tuple_(*key) > tuple_(*(literal(getattr(last, one.name), one.type) for one in key)))
    return connection.execute(query).all()


def _reseal_row(connection: Connection, table: Table, column: Column[Any], row: Row[*tuple[Any, ...]]) -> Resealed:
    assert isinstance(column.type, EncryptedText)
    try:
        secret = current_keyring().unseal(row.sealed, place=column.type.place)
    except SecretUnreadableError:
        return Resealed(unreadable=1)
    values: dict[str, Any] = {column.name: secret}
    if "updated_at" in table.columns:
        values["updated_at"] = table.columns["updated_at"]  # the row says nothing new
    same = [part == getattr(row, part.name) for part in table.primary_key.columns]
    unchanged = type_coerce(column, Text) == row.sealed
    connection.execute(update(table).where(*same, unchanged).values(values))
    return Resealed(count=1)
