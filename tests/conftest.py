"""Fixtures that every test may ask for, and the rules the suite keeps for itself.

``engine_name`` decides the database: tests that use ``database_url``, ``database``, ``session``
or ``settings`` run once on SQLite and once on PostgreSQL.
"""

from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from tests.support import isolation
from tests.support.browser import browser, browser_page, complaints, note_outcome
from tests.support.databases import ENGINES, fresh_database, stop_postgres_server
from tests.support.shared import SharedRun

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from core.db.engine import Database
    from core.media.storage import ObjectStore
    from core.settings import Settings

__all__ = ["browser", "browser_page", "complaints"]

_MASTER_KEY = "a key for tests"
_RUN = pytest.StashKey[SharedRun]()


def pytest_configure(config: pytest.Config) -> None:
    isolation.forget_the_shell()
    # How fast examples are made and run depends on what else the machine does; it says nothing about the code.
    hypothesis.settings.register_profile(
        "atelier", deadline=None, max_examples=60, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("atelier")
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker is None:
        config.stash[_RUN] = SharedRun.begin()
    else:
        config.stash[_RUN] = SharedRun(Path(worker["run_folder"]), worker["run_owner_pid"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine may be slow where a test thinks it is not: such a test is tried once more, and the
    summary says so."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    run = node.config.stash[_RUN]
    node.workerinput["run_folder"] = str(run.folder)
    node.workerinput["run_owner_pid"] = run.owner_pid


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        stop_postgres_server(config.stash[_RUN])
        config.stash[_RUN].end()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    isolation.refuse_skip(report)
    note_outcome(item, report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    isolation.refuse_skip(report)
    return report


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        isolation.forbid_network(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _installed_once() -> Iterator[None]:
    """Each ``AppTest.run`` reads what every installed package says of itself, in search of components: a third of the
    time of a test of a screen. What is installed does not change."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    from tests.support.compiling import share_compiled_statements

    with pytest.MonkeyPatch.context() as patch:
        share_compiled_statements(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _plain_tracebacks() -> None:
    """What the product logs in the process of a test is said without frames of colour around each local variable."""
    import structlog

    *before, _last = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before, plain])


@pytest.fixture(autouse=True)
def _keyring() -> None:
    """The process's master key, back to the same one before each test."""
    from core.db.crypto import Keyring, install_keyring

    install_keyring(Keyring([_MASTER_KEY]))


@pytest.fixture(scope="session")
def shared_run(request: pytest.FixtureRequest) -> SharedRun:
    """The run of the suite that this worker belongs to."""
    return request.config.stash[_RUN]


@pytest.fixture(params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """``sqlite`` or ``postgresql``."""
    name: str = request.param
    return name


@pytest.fixture
def database_url(engine_name: str, shared_run: SharedRun, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database, migrated and empty."""
    with fresh_database(shared_run, engine_name, tmp_path) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator["Database"]:
    """A fresh database, open."""
    from core.db.engine import Database

    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def session(database: "Database") -> Iterator["Session"]:
    """A session on ``database``, rolled back at the end unless the test commits.

    Between its first query and a commit no other session can write to a SQLite database, so
    commit before anything else in the test writes.
    """
    from sqlalchemy.orm import Session

    with Session(database.engine, expire_on_commit=False) as opened:
        yield opened


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> "Settings":
    """Settings of an installation with its own data folder and a fresh database."""
    from core.settings import Settings

    return Settings(data_dir=tmp_path / "data", database_url=database_url, secret_key=_MASTER_KEY)


@pytest.fixture
def store(tmp_path: Path) -> "ObjectStore":
    """The folder store of the installation that ``settings`` describes, empty."""
    from core.adapters.storage.factory import open_store

    return open_store((tmp_path / "data" / "files").as_uri())
