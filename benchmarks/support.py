"""What benchmarks stand on: rows of the report, and installations of their own on both engines.

::

    def run() -> list[Row]:
        return [measure(bench) for bench in each_engine()]

    def measure(bench: Bench) -> Row:
        with bench.database() as database:  # fresh, migrated, gone after the block
            ...
"""

import atexit
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr

from core.db.crypto import Keyring, install_keyring
from core.db.engine import Database
from core.settings import Settings
from tests.support.databases import ENGINES, fresh_database, stop_postgres_server
from tests.support.shared import SharedRun

MASTER_KEY = "a key for benchmarks"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report.

    ``ratio`` is ``measured`` against ``limit_basis``, the limit of this machine found in the same run; ``target``
    is words for what the ratio should be, and ``met`` whether it is.
    """

    name: str
    engine: str
    measured: str
    limit_basis: str
    ratio: float
    target: str
    met: bool


@dataclass(frozen=True, slots=True)
class Bench:
    """A place to measure in: an engine (``sqlite`` or ``postgresql``) and an empty folder."""

    engine: str
    folder: Path

    @contextmanager
    def database(self) -> Iterator[Database]:
        """A fresh database with all tables, open; it is gone after the block."""
        with self.database_url() as url:
            database = Database(url)
            try:
                yield database
            finally:
                database.dispose()

    @contextmanager
    def database_url(self) -> Iterator[str]:
        """The address of a fresh database with all tables, for processes that open it themselves."""
        with (
            tempfile.TemporaryDirectory(dir=self.folder) as folder,
            fresh_database(_shared_run(), self.engine, Path(folder)) as url,
        ):
            yield url

    def settings(self, database_url: str, **values: object) -> Settings:
        """Settings of an installation in this place; ``values`` are further settings."""
        return Settings.model_validate(
            {"data_dir": self.folder / "data", "database_url": database_url, "secret_key": SecretStr(MASTER_KEY)}
            | values
        )


def each_engine(engines: Sequence[str] = ENGINES) -> Iterator[Bench]:
    """A place on each engine in turn; its folder is gone when the next one comes."""
    install_keyring(Keyring([MASTER_KEY]))
    for engine in engines:
        with tempfile.TemporaryDirectory(prefix="atelier-bench-") as folder:
            yield Bench(engine, Path(folder))


@lru_cache(maxsize=1)
def _shared_run() -> SharedRun:
    """Keeps the PostgreSQL server and the migrated templates for the whole run."""
    run = SharedRun.begin()
    atexit.register(run.end)
    atexit.register(stop_postgres_server, run)
    return run
