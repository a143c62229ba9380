"""How Alembic reaches the database, and the hook that keeps ``migration_history``."""

from typing import Any

from alembic import context
from sqlalchemy import JSON, BigInteger, Connection, Text, inspect
from sqlalchemy.dialects import postgresql

from core.clock import utc_now
from core.db import types
from core.db.engine import Database
from core.db.migrate import is_of_the_models
from core.db.models import Base
from core.db.models import system as system_models
from core.settings import get_settings


def remember_version(*, ctx: Any, step: Any, heads: Any, run_args: Any, **_: Any) -> None:
    """One row per version applied; a downgrade removes its row again."""
    table = system_models.MigrationHistory.__table__
    if not inspect(ctx.connection).has_table(table.name):
        return
    version = step.up_revision_id
    ctx.connection.execute(table.delete().where(table.c.version == version))
    if step.is_upgrade:
        ctx.connection.execute(
            table.insert().values(version=version, applied_at=utc_now(), description=(step.up_revision.doc or "")[:500])
        )


def render_type(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """Our column types as they are written in a migration: with their argument, without their inside."""
    if kind != "type":
        return False
    autogen_context.imports.add("from core.db import types")
    match item:
        case types.PrefixedId():
            return f"types.PrefixedId({item.prefix!r})"
        case types.AnyId():
            return "types.AnyId()"
        case types.Cost():
            return f"types.Cost({item.digits})"
        case types.EncryptedText():
            return f"types.EncryptedText({item.place!r})"
        case types.UtcDateTime():
            return "types.UtcDateTime()"
        case JSON():
            return "types.Json"
        case Text() if item.dialect_impl(postgresql.dialect()).__class__.__name__ == "TSVECTOR":
            return "types.SearchVector"
        case BigInteger():
            return "types.Bytes"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_type,
        compare_type=True,
        compare_server_default=True,
        on_version_apply=remember_version,
        transactional_ddl=True,
        include_object=is_of_the_models,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = context.config.attributes.get("url") or get_settings().resolved_database_url
    database = Database(url)
    try:
        with database.connection() as connection:
            # Batch mode copies tables; foreign keys are checked again at commit.
            if database.is_sqlite:
                connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            else:
                # Several processes may start at once: the second waits, then finds nothing to do.
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7283401)")
            run(connection)
    finally:
        database.dispose()
