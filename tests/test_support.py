"""The suite's own promises: databases apart, processes cleaned up, nothing skipped, no network."""

import os
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page
from sqlalchemy import create_engine, inspect, text

from core.adapters.storage.factory import open_store
from core.db.engine import Database
from core.media.storage import ObjectStore
from core.settings import Settings
from tests.factories import make_user
from tests.support.browser import Complaints
from tests.support.databases import ENGINES, empty_database, fresh_database, only_postgresql, only_sqlite
from tests.support.isolation import clean_environment, refuse_skip
from tests.support.processes import ProcessFailedError, environment_of, free_port, running
from tests.support.shared import SharedRun

_OID = text("SELECT oid FROM pg_database WHERE datname = current_database()")


def test_a_fresh_database_has_every_migration(database: Database) -> None:
    assert "alembic_version" in inspect(database.engine).get_table_names()


def test_two_fresh_databases_do_not_see_each_others_changes(
    engine_name: str, shared_run: SharedRun, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with (
        fresh_database(shared_run, engine_name, tmp_path) as mine,
        fresh_database(shared_run, engine_name, tmp_path / "other") as other,
    ):
        change, look = create_engine(mine), create_engine(other)
        with change.begin() as connection:
            connection.execute(text("CREATE TABLE scribble (id INTEGER)"))
        assert inspect(change).has_table("scribble")
        assert not inspect(look).has_table("scribble")
        change.dispose()
        look.dispose()


@only_postgresql
def test_a_used_database_comes_back_like_new_under_another_name(
    engine_name: str, shared_run: SharedRun, tmp_path: Path
) -> None:
    with fresh_database(shared_run, engine_name, tmp_path) as first:
        used = Database(first)
        with used.session() as session:
            make_user(session)
        forgotten = used.engine.connect()
        oid = forgotten.scalar(_OID)
    with fresh_database(shared_run, engine_name, tmp_path) as second:
        again = Database(second)
        with again.read() as session:
            assert session.scalar(_OID) == oid
            assert session.scalar(text("SELECT count(*) FROM users")) == 0
            assert session.scalar(text("SELECT count(*) FROM alembic_version")) == 1
        again.dispose()
    assert second != first
    forgotten.invalidate()
    forgotten.close()
    used.dispose()


@only_postgresql
@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE scribble (id INTEGER)",
        "ALTER TABLE users DISABLE TRIGGER ALL",
        "ANALYZE",
        "UPDATE alembic_version SET version_num = 'another'",
        "CREATE OR REPLACE FUNCTION scribble() RETURNS INTEGER LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_a_database_whose_schema_was_changed_is_not_used_again(
    engine_name: str, shared_run: SharedRun, tmp_path: Path, change: str
) -> None:
    with fresh_database(shared_run, engine_name, tmp_path) as first:
        used = Database(first)
        with used.engine.begin() as connection:
            oid = connection.scalar(_OID)
            connection.execute(text(change))
        used.dispose()
    with fresh_database(shared_run, engine_name, tmp_path) as second:
        fresh = Database(second)
        with fresh.read() as session:
            assert session.scalar(_OID) != oid
        fresh.dispose()


def test_an_empty_database_has_no_tables(engine_name: str, shared_run: SharedRun, tmp_path: Path) -> None:
    with empty_database(shared_run, engine_name, tmp_path) as url:
        engine = create_engine(url)
        assert inspect(engine).get_table_names() == []
        engine.dispose()


@only_postgresql
def test_a_dropped_database_hangs_up_on_whoever_forgot_to(
    engine_name: str, shared_run: SharedRun, tmp_path: Path
) -> None:
    with empty_database(shared_run, engine_name, tmp_path) as url:
        engine = create_engine(url)
        forgotten = engine.connect()
    with pytest.raises(Exception, match=r"terminat|closed"):
        forgotten.execute(text("SELECT 1"))
    forgotten.invalidate()
    forgotten.close()
    engine.dispose()


def test_settings_name_the_database_of_the_test(settings: Settings, database_url: str, engine_name: str) -> None:
    assert settings.resolved_database_url == database_url
    assert engine_name in ENGINES
    assert engine_name in database_url


def test_a_process_is_given_the_settings_of_the_test(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment_of(settings).items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings


@only_sqlite
def test_the_store_lies_where_the_settings_say(settings: Settings, store: ObjectStore) -> None:
    store.put("usr_1/cat.txt", b"cat", content_type="text/plain")
    assert open_store(settings.resolved_storage_url).get("usr_1/cat.txt") == b"cat"


def test_settings_of_the_shell_reach_neither_tests_nor_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATELIER_DATABASE_URL", "sqlite:///precious.db")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert not {"ATELIER_DATABASE_URL", "HTTPS_PROXY"} & set(clean_environment())


def test_what_is_made_once_is_made_by_the_first_who_asks(tmp_path: Path) -> None:
    run = SharedRun(tmp_path, os.getpid())
    assert run.find("answer") is None
    assert run.once("answer", lambda: "first") == "first"
    assert run.once("answer", lambda: "second") == "first"
    assert run.find("answer") == "first"


def test_a_process_can_be_waited_for_and_ended(tmp_path: Path) -> None:
    port = free_port()
    arguments = (str(port), "--bind", "127.0.0.1", "--directory", str(tmp_path))
    with running("http.server", *arguments, output=tmp_path / "server.log") as server:
        server.wait_until_answers(f"http://127.0.0.1:{port}/")
        server.wait_until_says("GET / HTTP/1.1")
        assert server.terminate() == -signal.SIGTERM
    assert not server.is_running


def test_a_process_that_ends_early_fails_with_what_it_printed(tmp_path: Path) -> None:
    with (
        running("http.server", "no-such-port", output=tmp_path / "server.log") as server,
        pytest.raises(ProcessFailedError, match="no-such-port"),
    ):
        server.wait_until_answers(f"http://127.0.0.1:{free_port()}/")


def test_killing_a_process_kills_what_it_started(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print('child', child.pid, flush=True)\n"
        "child.wait()\n"
    )
    (tmp_path / "parent.py").write_text(program)
    settings = {"PYTHONPATH": str(tmp_path)}
    with running("parent", output=tmp_path / "parent.log", settings=settings) as parent:
        parent.wait_until_says("\n")
        child = int(parent.output().split()[1])
        parent.kill()
    for _ in range(200):  # the signal is sent; dying takes the system a moment
        if not is_alive(child):
            break
        time.sleep(0.05)
    assert not is_alive(child)


def is_alive(pid: int) -> bool:
    try:
        # A zombie is dead; where nobody collects it, it stays listed.
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_test_cannot_reach_beyond_loopback() -> None:
    with socket.socket() as outside, pytest.raises(AssertionError, match="loopback only"):
        outside.connect(("192.0.2.1", 80))  # an address reserved for documentation


def test_a_skip_counts_as_a_failure() -> None:
    report = pytest.TestReport(
        nodeid="test_it",
        location=("test_it.py", 1, "test_it"),
        keywords={},
        outcome="skipped",
        longrepr=("test_it.py", 1, "Skipped: no browser"),
        when="call",
    )
    refuse_skip(report)
    assert report.failed
    assert "no browser" in str(report.longrepr)


@pytest.mark.browser
def test_a_browser_page_notes_what_the_console_complains_about(
    browser_page: Page, complaints: Complaints, tmp_path: Path
) -> None:
    script = "console.log('fine'); console.error('broken'); setTimeout(() => { throw new Error('lost') })"
    (tmp_path / "index.html").write_text(f"<title>Here</title><link rel=icon href='data:,'><script>{script}</script>")
    port = free_port()
    arguments = (str(port), "--bind", "127.0.0.1", "--directory", str(tmp_path))
    with running("http.server", *arguments, output=tmp_path / "server.log") as server:
        server.wait_until_answers(f"http://127.0.0.1:{port}/")
        with browser_page.expect_event("pageerror"):
            browser_page.goto(f"http://127.0.0.1:{port}/")
        assert browser_page.title() == "Here"
    assert [message.split()[1] for message in complaints.messages] == ["broken", "lost"]
