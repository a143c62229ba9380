"""Commands run in this process, on an installation of their own."""

from collections.abc import Callable, Iterator

import pytest
from click.testing import Result
from typer.testing import CliRunner

from core.cli import app
from core.db.engine import Database
from core.settings import Settings, get_settings
from tests.support.processes import environment_of, free_port

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run ``atelier`` with these arguments; ``stdin`` is what is typed."""
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ATELIER_PORT", str(free_port()))  # beside an Atelier that somebody runs on this machine
    get_settings.cache_clear()

    def run_command(*arguments: str, stdin: str = "") -> Result:
        return CliRunner().invoke(app, list(arguments), input=stdin)

    yield run_command
    get_settings.cache_clear()
