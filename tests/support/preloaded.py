"""What every process of the product does before it opens anything, done once for all that are forked."""

import gc
from importlib import import_module

from sqlalchemy.orm import configure_mappers

_MODULES = (
    # Imported late by the libraries themselves: dialects, the migrations' environment, hosts of HTTP clients.
    *("alembic.autogenerate", "anyio._backends._asyncio", "httpcore", "psycopg", "sqlalchemy.dialects.sqlite"),
    *("sqlalchemy.dialects.postgresql.psycopg", "uvicorn.loops.auto", "uvicorn.protocols.http.auto"),
    *("apscheduler.triggers.interval", "core.scheduler", "core.cli.serve", "core.jobs.queue", "core.jobs.courier"),
    *("core.sandbox.__main__", "core.sandbox.server", "core.web.api_server", "core.web.server"),
    "pytest",  # what a run of tests was started with is imported again by each fork
)
for _name in _MODULES:
    import_module(_name)
configure_mappers()
gc.freeze()  # what is never collected is never copied either
