"""A fresh, migrated database for every test, on both engines.

Migrations run once per engine and run of the suite; a test gets a copy of the result (a file copied on SQLite,
``CREATE DATABASE … TEMPLATE`` on PostgreSQL), or what an earlier test left of one, made like new.
"""

import functools
import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.support.postgres import PostgresServer, start_server
from tests.support.recycling import Recycler
from tests.support.shared import SharedRun

ENGINES = ("sqlite", "postgresql")
# For tests about what one engine does differently.
only_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)

_SERVER = "postgres-server"


@contextmanager
def fresh_database(run: SharedRun, engine_name: str, folder: Path) -> Iterator[str]:
    """The SQLAlchemy URL of a migrated, empty database; it is gone after the block."""
    template = _template(run, engine_name)
    if engine_name == "sqlite":
        with empty_database(run, engine_name, folder, template=template) as url:
            yield url
        return
    server = postgres_server(run)
    recycler = _recycler(server)
    name = f"test_{uuid.uuid4().hex}"
    if not recycler.take(name):
        server.create(name, template)
        recycler.know(name)
    try:
        yield server.url(name)
    finally:
        if not recycler.give_back(name):
            server.drop(name)


@contextmanager
def empty_database(run: SharedRun, engine_name: str, folder: Path, template: str = "") -> Iterator[str]:
    """The URL of a copy of ``template``, by default of nothing: no tables, no migrations."""
    if engine_name == "sqlite":
        path = folder / "atelier.db"
        if template:
            shutil.copyfile(template, path)
        yield f"sqlite:///{path}"
        return
    server = postgres_server(run)
    name = f"test_{uuid.uuid4().hex}"
    server.create(name, template or "template0")
    try:
        yield server.url(name)
    finally:
        server.drop(name)


def postgres_server(run: SharedRun) -> PostgresServer:
    """The run's PostgreSQL server, started by the first who asks."""
    return _read_server(run.once(_SERVER, lambda: json.dumps(asdict(start_server(run.owner_pid)), default=str)))


def stop_postgres_server(run: SharedRun) -> None:
    """Stop the run's server, if anybody asked for one."""
    answer = run.find(_SERVER)
    if answer is not None:
        _read_server(answer).stop()


def _read_server(answer: str) -> PostgresServer:
    fields = json.loads(answer)
    return PostgresServer(folder=Path(fields["folder"]), pid=fields["pid"], port=fields["port"])


@functools.cache
def _recycler(server: PostgresServer) -> Recycler:
    return Recycler(server.url("").replace("+psycopg", ""))


def _template(run: SharedRun, engine_name: str) -> str:
    """What to copy: the path of a SQLite file or the name of a PostgreSQL database."""

    def migrate() -> str:
        from core.db.migrate import upgrade

        if engine_name == "sqlite":
            path = run.folder / "template.db"
            upgrade(f"sqlite:///{path}")
            return str(path)
        server = postgres_server(run)
        server.create("migrated")
        upgrade(server.url("migrated"))
        return "migrated"

    return run.once(f"template-{engine_name}", migrate)
