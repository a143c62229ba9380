"""What every table shares: constraint names, enumerations by value, common columns."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import Enum, MetaData, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.clock import utc_now
from core.db.ids import new_id
from core.db.types import Json, PrefixedId, UtcDateTime

# Named constraints: batch mode on SQLite can only change what has a name.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def _values(kind: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in kind]


class Base(DeclarativeBase):
    """Base of all models. Relationships are declared ``lazy="raise"``: a hidden query is an error."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to declare it
        datetime: UtcDateTime(),
        dict[str, Any]: Json,
        list[str]: Json,
        enum.Enum: Enum(
            enum.Enum,
            native_enum=False,
            create_constraint=True,
            length=32,
            values_callable=_values,
            validate_strings=True,
        ),
    }


class Timestamps:
    """``created_at`` and ``updated_at``, kept by the models themselves."""

    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)


def primary_key(prefix: str) -> Mapped[str]:
    """The primary key of a table whose rows are called ``<prefix>_…``."""
    return mapped_column(PrefixedId(prefix), primary_key=True, default=lambda: new_id(prefix))


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements that bypass the ORM."""
    return Base.metadata.tables[model.__tablename__]
