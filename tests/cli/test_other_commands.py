"""``atelier migrate``, ``demo``, and what happens to wrong settings."""

import pytest

from core import demo
from core.db.engine import Database
from core.identity import users
from core.runtime import Runtime
from tests.cli.conftest import Run
from tests.identity.support import add
from tests.support.databases import only_sqlite


def test_migrating_an_up_to_date_database_says_so(run: Run) -> None:
    assert run("migrate").stdout == "The database is up to date.\n"


def test_the_demo_goes_to_the_first_administrator_unless_somebody_is_named(
    run: Run, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnished: list[str] = []

    def note(runtime: Runtime, user_id: str) -> int:
        with runtime.database.read() as session:
            furnished.append(users.get_user(session, user_id).username)
        return 12

    monkeypatch.setattr(demo, "furnish", note)
    with database.session() as session:
        add(session, "alice")
        add(session, "root", is_admin=True)
    assert "12 pictures" in run("demo").stdout
    run("demo", "--user", "ALICE")
    assert furnished == ["root", "alice"]


def test_a_demo_for_nobody_says_how_to_add_somebody(run: Run) -> None:
    done = run("demo")
    assert done.exit_code == 1
    assert "atelier user add" in done.stderr


@only_sqlite
def test_a_worker_on_sqlite_says_that_it_is_not_needed(run: Run) -> None:
    done = run("worker")
    assert done.exit_code == 1
    assert "PostgreSQL" in done.stderr


@only_sqlite
def test_a_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATELIER_PORT", "eighty")
    done = run("migrate")
    assert done.exit_code == 2
    assert "ATELIER_PORT" in done.stderr
    assert "Traceback" not in done.output


@only_sqlite
def test_an_unreachable_database_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATELIER_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2")
    done = run("user", "list")
    assert done.exit_code == 1
    assert done.stderr.startswith("error: ")
