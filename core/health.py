"""Whether the parts of the house answer, in words for the health screen."""

import platform
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy import text

from core.db.engine import Database
from core.errors import UnavailableError
from core.media.storage import ObjectStore


@dataclass(frozen=True, slots=True)
class Check:
    """One part: whether it answered, how long it took, and what to know about it."""

    name: str
    is_ok: bool
    milliseconds: int
    detail: str


def check_database(database: Database) -> Check:
    """Ask the database for its version."""
    statement = "SELECT sqlite_version()" if database.is_sqlite else "SHOW server_version"

    def ask() -> str:
        with database.read() as session:
            found = session.execute(text(statement)).scalar_one()
        return f"{'SQLite' if database.is_sqlite else 'PostgreSQL'} {found}"

    return _check("database", ask)


def check_storage(store: ObjectStore) -> Check:
    """Ask the object store whether it can be written to."""

    def ask() -> str:
        store.check()
        return "answers"

    return _check("storage", ask)


def versions() -> dict[str, str]:
    """What this process is built of."""
    packages = ("atelier", "streamlit", "sqlalchemy", "apscheduler", "pyvips", "av")
    found = {name: version(name) for name in packages}
    return {"python": platform.python_version(), **found, "sqlite": sqlite3.sqlite_version}


def _check(name: str, ask: Callable[[], str]) -> Check:
    started = time.perf_counter()
    try:
        detail, is_ok = ask(), True
    except UnavailableError as error:
        detail, is_ok = str(error), False
    return Check(name, is_ok, round((time.perf_counter() - started) * 1000), detail)
