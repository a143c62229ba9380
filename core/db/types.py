"""Column types that every context shares."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    TypeDecorator,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.types import TypeEngine

from core.db import ids
from core.db.crypto import current_keyring

# Text that is no identifier of the column's kind becomes this one, which no row has.
NOWHERE = uuid.UUID(int=0)
NANO = Decimal(1).scaleb(-9)


class PrefixedId(TypeDecorator[str]):
    """UUIDv7 in 16 bytes; ``<prefix>_<26 characters>`` in Python.

    A lookup with a malformed identifier finds nothing instead of failing, so that an address
    someone mistyped answers like a missing thing.
    """

    impl = Uuid
    cache_ok = True

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid(as_uuid=True))
        return dialect.type_descriptor(LargeBinary(16))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> uuid.UUID | bytes | None:
        if value is None:
            return None
        number = ids.decode(self.prefix, value) or NOWHERE
        return number if dialect.name == "postgresql" else number.bytes

    def process_result_value(self, value: uuid.UUID | bytes | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return ids.encode(self.prefix, uuid.UUID(bytes=value) if isinstance(value, bytes) else value)


class AnyId(TypeDecorator[str]):
    """An identifier of any kind, for columns that refer to several tables: equal in SQL to the id it stands for.

    Takes ``<prefix>_<26 characters>``; gives back the 26 characters alone, because the column does not know the kind.
    """

    impl = Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid(as_uuid=True))
        return dialect.type_descriptor(LargeBinary(16))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> uuid.UUID | bytes | None:
        if value is None:
            return None
        prefix, _, _ = value.rpartition("_")
        number = ids.decode(prefix, value) or NOWHERE
        return number if dialect.name == "postgresql" else number.bytes

    def process_result_value(self, value: uuid.UUID | bytes | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return ids.encode("", uuid.UUID(bytes=value) if isinstance(value, bytes) else value).lstrip("_")


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Takes timezone-aware values only; gives UTC back (SQLite forgets zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Cost(TypeDecorator[Decimal]):
    """US dollars to nine decimals, exactly: a decimal on PostgreSQL, whole nano-dollars on SQLite, which has none.

    Sums and comparisons in SQL are exact on both. ``digits`` is how many there are in all.
    """

    impl = Numeric
    cache_ok = True

    def __init__(self, digits: int = 14) -> None:
        super().__init__(digits, 9)
        self.digits = digits

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Numeric(self.digits, 9))
        return dialect.type_descriptor(BigInteger().with_variant(Integer, "sqlite"))

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> Decimal | int | None:
        if value is None:
            return None
        exact = Decimal(value).quantize(NANO)
        return exact if dialect.name == "postgresql" else int(exact.scaleb(9))

    def process_result_value(self, value: Decimal | int | None, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value) if dialect.name == "postgresql" else Decimal(int(value)).scaleb(-9)


class EncryptedText(TypeDecorator[str]):
    """Text sealed with AES-256-GCM; ``place`` (table.column) is bound in, so a value moved elsewhere does not open."""

    impl = Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else current_keyring().seal(value, place=self.place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else current_keyring().unseal(value, place=self.place)


# Structured values: binary and indexable on PostgreSQL, text on SQLite.
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
# Bytes of a file can pass 2 GiB; SQLite's INTEGER is 64 bits wide already.
Bytes = BigInteger().with_variant(Integer, "sqlite")
Sha256 = String(64)
# What PostgreSQL searches; SQLite keeps an index of its own beside the table and leaves the column empty.
SearchVector = Text().with_variant(TSVECTOR(), "postgresql")
