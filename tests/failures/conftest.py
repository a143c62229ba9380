"""Installations to break."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import structlog

from core.db.engine import Database
from tests.failures.sidecars import House, make_house
from tests.failures.stand_in import SandboxRig, sandbox_rig
from tests.publishing.execution.conftest import make_rig, rig

__all__ = ["make_rig", "rig"]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for a lock of SQLite, and outages are asked after often."""
    monkeypatch.setattr("core.db.engine.BUSY_TIMEOUT_MS", 200)
    monkeypatch.setattr("core.identity.refresh.PAUSES", (0.1,) * 50)
    monkeypatch.setattr("core.publishing.execution.runner.PAUSES", (0.1,) * 50)


@pytest.fixture(autouse=True)
def _plain_tracebacks() -> Iterator[None]:
    """Failures are what these tests are about; drawing each with all its variables takes a second."""
    before = structlog.get_config()
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*before["processors"][:-1], renderer])
    yield
    structlog.configure(**before)


@pytest.fixture
def house(_impatient: None, database: Database, tmp_path: Path) -> House:
    return make_house(database, tmp_path)


@pytest.fixture
def make_sandbox_rig(_impatient: None, database: Database, tmp_path: Path) -> Iterator[Callable[..., SandboxRig]]:
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(sandbox_rig(database, tmp_path, **settings))


@pytest.fixture
def sandbox(make_sandbox_rig: Callable[..., SandboxRig]) -> SandboxRig:
    return make_sandbox_rig()
