"""``docs/reference/schema.md``, from the SQLAlchemy models."""

import inspect
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Enum,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import JSON, BigInteger, Boolean

from core.db.models import Base
from core.db.types import AnyId, Cost, EncryptedText, PrefixedId, SearchVector, UtcDateTime
from scripts.docs_specification import SPECIFICATION, SpecifiedModel

HEAD = """# Schema

The same tables on SQLite and on PostgreSQL, made by the migrations in `migrations/versions`. Column names are the
specification's in snake_case; the column *Specification* names the Prisma model and field where one stands behind it.

| Word | On SQLite | On PostgreSQL | In Python |
|---|---|---|---|
| id `dev_…` | 16 bytes | `uuid` | the prefix and 26 characters; a UUIDv7, so ids sort by time |
| cost | whole nano-dollars | `numeric(14, 9)` | `Decimal`, US dollars; null is unknown, never 0 |
| search vector | empty: FTS5 keeps its own index | `tsvector` | not read |
| instant | text, UTC | `timestamptz` | timezone-aware `datetime` in UTC |
| sealed text | text | text | AES-256-GCM with the master key; never in logs |
| JSON | text | `jsonb` | lists and dictionaries |
| one of … | text and a check | text and a check | an enumeration |

Tables named `procrastinate_…`, which appear on PostgreSQL once a worker has run, belong to Procrastinate.
"""

_CONTEXTS = (
    ("identity", "People and accounts"),
    ("system", "What happened, and who is alive"),
    ("media", "Files"),
    ("metering", "What calls used and cost"),
    ("studio", "The studio"),
    ("sales", "Selling"),
    ("publishing", "Publishing"),
)


def render() -> str:
    """The page; raises ``LookupError`` when a field of the specification has no column, or a context no heading."""
    origins = _origins()
    parts = [HEAD]
    for context, heading in _known_contexts():
        parts.append(f"## {heading}")
        parts += [_section(model, origins) for model in _models(context)]
    parts.append(_specification_table())
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _known_contexts() -> tuple[tuple[str, str], ...]:
    found = {_context(mapper.class_) for mapper in Base.registry.mappers}
    if found != {context for context, _ in _CONTEXTS}:
        raise LookupError(f"_CONTEXTS in scripts/docs_schema.py must name every context with tables: {sorted(found)}")
    return _CONTEXTS


def _context(model: type[Any]) -> str:
    return model.__module__.split(".")[1]


def _models(context: str) -> list[type[Any]]:
    """The models of one context, in the order in which its file declares them."""
    models = [mapper.class_ for mapper in Base.registry.mappers if _context(mapper.class_) == context]
    return sorted(models, key=lambda model: (model.__module__, inspect.getsourcelines(model)[1]))


def _origins() -> dict[tuple[str, str], list[str]]:
    """The fields of the specification behind each column."""
    origins: dict[tuple[str, str], list[str]] = defaultdict(list)
    for specified in SPECIFICATION:
        for name in specified.fields:
            table, column = specified.place_of(name)
            if column not in Base.metadata.tables[table].columns:
                raise LookupError(f"{specified.name}.{name} has no column {table}.{column}.")
            origins[table, column].append(f"{specified.name}.{name}")
    return origins


def _section(model: type[Any], origins: dict[tuple[str, str], list[str]]) -> str:
    table: Table = model.__table__
    has_origin = any((table.name, column.name) in origins for column in table.columns)
    head = ("Column", "Type", "Null", "Default", *(["Specification"] if has_origin else []))
    rows = [
        [*_cells(column), *([_origin(origins.get((table.name, column.name), []))] if has_origin else [])]
        for column in table.columns
    ]
    about = inspect.getdoc(model) or ""
    return "\n\n".join(
        [f"### `{table.name}`", about.replace("``", "`"), _table(head, rows), "\n".join(_rules(table))]
    ).strip()


def _origin(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head)]
    lines += [["---"] * len(lines[0]), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(column: Column[Any]) -> tuple[str, str, str, str]:
    return f"`{column.name}`", _type(column.type), "yes" if column.nullable else "", _default(column)


def _type(kind: Any) -> str:
    match kind:
        case PrefixedId():
            return f"id `{kind.prefix}_…`"
        case AnyId():
            return "id of any kind"
        case Cost():
            return "cost"
        case Date():
            return "day"
        case EncryptedText():
            return "sealed text"
        case UtcDateTime():
            return "instant"
        case Enum():
            return "one of " + ", ".join(f"`{value}`" for value in kind.enums)
        case Text():
            return "search vector" if kind is SearchVector else "text"
        case String():
            return f"text, up to {kind.length}"
        case Boolean():
            return "yes or no"
        case BigInteger():
            return "whole number, 64 bits"
        case Integer():
            return "whole number"
        case Float():
            return "number"
        case JSON():
            return "JSON"
        case LargeBinary():
            return "bytes"
    raise LookupError(f"scripts/docs_schema.py has no word for the type {kind!r}.")


def _default(column: Column[Any]) -> str:
    default: Any = column.default
    if default is None:
        return ""
    if default.is_scalar:
        value = default.arg
        return f"`{str(value).lower() if isinstance(value, bool) else getattr(value, 'value', value)}`"
    words = {"utc_now": "now", "list": "empty list", "dict": "empty", "<lambda>": "a new id"}
    return words[default.arg.__name__]


def _rules(table: Table) -> list[str]:
    """Keys, checks and indexes, one line each."""
    keys = ", ".join(f"`{column.name}`" for column in table.primary_key.columns)
    return [
        f"- Primary key: {keys}",
        *sorted(_foreign_key(key) for key in table.foreign_key_constraints),
        *sorted(_unique(key) for key in table.constraints if isinstance(key, UniqueConstraint)),
        *sorted(_check(check) for check in table.constraints if _is_own_check(check)),
        *sorted(_index(index) for index in table.indexes),
    ]


def _names(columns: Iterable[Any]) -> str:
    return ", ".join(f"`{column.name}`" for column in columns)


def _foreign_key(key: ForeignKeyConstraint) -> str:
    then = {"CASCADE": "is deleted with it", "SET NULL": "is emptied when that is deleted"}.get(key.ondelete or "")
    target = f"{key.referred_table.name}.{next(iter(key.elements)).column.name}"
    return f"- {_names(key.columns)} points to `{target}`, {then or 'and keeps it from being deleted'}"


def _unique(key: UniqueConstraint) -> str:
    return f"- Unique: {_names(key.columns)} (`{key.name}`)"


def _is_own_check(constraint: Any) -> bool:
    # Those of enumerations stand with the column's type already.
    return isinstance(constraint, CheckConstraint) and not getattr(constraint, "_type_bound", False)


def _check(check: Any) -> str:
    return f"- Check `{check.name}`: `{check.sqltext}`"


def _index(index: Index) -> str:
    where = index.dialect_options["sqlite"]["where"]
    kind = "Unique" if index.unique else "Index"
    condition = f", only where `{where}`" if where is not None else ""
    return f"- {kind}: {_names(index.columns)} (`{index.name}`){condition}"


def _specification_table() -> str:
    rows = [_specified(model) for model in SPECIFICATION]
    head = "## From the specification to the tables\n\nModels that are not listed have no table yet.\n\n"
    return head + _table(("Model", "Table", "Named or placed otherwise", "Note"), rows)


def _specified(model: SpecifiedModel) -> list[str]:
    moved = ", ".join(f"`{name}` is `{place}`" for name, place in model.moved.items())
    return [f"`{model.name}`", f"`{model.table}`", moved, model.note]
