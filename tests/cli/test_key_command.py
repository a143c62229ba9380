"""``atelier key rotate``: a new master key, and every secret sealed with it."""

import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from core.clock import utc_now
from core.db.crypto import KEY_FILE, Keyring, current_keyring, install_keyring, load_keys
from core.db.engine import Database
from core.db.reseal import Resealed, reseal, sealed_columns
from core.identity.models import Account
from core.settings import Settings
from core.system import heartbeats
from tests.cli.conftest import Run
from tests.factories import make_account, make_user


def sealed_with(database: Database) -> set[str]:
    """The ids of the keys that stored tokens are sealed with."""
    with database.read() as session:
        rows = session.execute(text("SELECT access_token, refresh_token FROM accounts")).all()
    return {value.split(":")[1] for row in rows for value in row if value}


@pytest.fixture
def accounts(database: Database) -> list[str]:
    with database.session() as session:
        user = make_user(session)
        return [make_account(session, user).id for _ in range(3)]


@pytest.fixture
def key_file(settings: Settings, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    """An installation whose key is in its file, not in the environment."""
    monkeypatch.delenv("ATELIER_SECRET_KEY")
    install_keyring(Keyring(load_keys(None, settings.data_dir)))
    return settings.data_dir / KEY_FILE


def test_a_new_key_comes_first_and_opens_everything(
    key_file: Path, run: Run, database: Database, accounts: list[str]
) -> None:
    old = key_file.read_text().split()
    before = sealed_with(database)
    done = run("key", "rotate")
    assert done.exit_code == 0, done.output
    assert "6 secrets were sealed again" in done.stdout
    new = key_file.read_text().split()
    assert new[1:] == old
    assert sealed_with(database) == {current_keyring().current}
    assert before.isdisjoint(sealed_with(database))
    with database.read() as session:
        account = session.get_one(Account, accounts[0])
        assert (account.access_token or "").startswith("access-")


def test_the_key_file_stays_private(key_file: Path, run: Run, accounts: list[str]) -> None:
    run("key", "rotate")
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_keys_from_the_environment_are_used_as_they_are(
    run: Run, database: Database, accounts: list[str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.secret_key
    monkeypatch.setenv("ATELIER_SECRET_KEY", f"a newer key,{settings.secret_key.get_secret_value()}")
    done = run("key", "rotate")
    assert done.exit_code == 0, done.output
    assert sealed_with(database) == {Keyring(["a newer key"]).current}
    assert not (settings.data_dir / KEY_FILE).exists()


def test_nothing_happens_while_atelier_runs(key_file: Path, run: Run, database: Database, accounts: list[str]) -> None:
    now = utc_now()
    with database.session() as session:
        heartbeats.beat(session, "one", heartbeats.SCHEDULER, started_at=now, now=now)
    before = (key_file.read_text(), sealed_with(database))
    done = run("key", "rotate")
    assert done.exit_code == 1
    assert "Atelier is running (scheduler)" in done.stderr
    assert (key_file.read_text(), sealed_with(database)) == before


def test_resealing_twice_finds_nothing_left_and_leaves_dates_alone(database: Database, accounts: list[str]) -> None:
    with database.read() as session:
        before = session.get_one(Account, accounts[0]).updated_at
    install_keyring(Keyring(["a newer key", "a key for tests"]))
    assert reseal(database) == Resealed(6, unreadable=0)
    assert reseal(database) == Resealed(0, unreadable=0)
    with database.read() as session:
        assert session.get_one(Account, accounts[0]).updated_at == before


def test_a_rotation_that_was_stopped_half_way_leaves_everything_readable_and_goes_on_later(
    key_file: Path, run: Run, database: Database, accounts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seal, sealings = Keyring.seal, iter(range(100))

    def seal_four(keyring: Keyring, text: str, *, place: str) -> str:
        if next(sealings) == 4:
            raise KeyboardInterrupt
        return seal(keyring, text, place=place)

    monkeypatch.setattr("core.db.reseal.BATCH", 2)
    with monkeypatch.context() as patch:
        patch.setattr(Keyring, "seal", seal_four)
        assert run("key", "rotate").exit_code != 0
    assert len(sealed_with(database)) == 2
    install_keyring(Keyring(load_keys(None, key_file.parent)))
    with database.read() as session:
        assert {session.get_one(Account, one).access_token is not None for one in accounts} == {True}
    assert run("key", "rotate").exit_code == 0
    assert sealed_with(database) == {Keyring(load_keys(None, key_file.parent)).current}


def test_what_nobody_can_open_any_more_does_not_hold_up_the_rest(
    run: Run, database: Database, accounts: list[str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = Keyring(["a key that is gone"]).seal("x", place="accounts.access_token")
    with database.session() as session:
        session.execute(text("UPDATE accounts SET access_token = :lost"), {"lost": lost})
    assert settings.secret_key
    monkeypatch.setenv("ATELIER_SECRET_KEY", f"a newer key,{settings.secret_key.get_secret_value()}")
    done = run("key", "rotate")
    assert done.exit_code == 0, done.output
    assert "3 secrets were sealed again" in done.stdout
    assert "3 could not be opened" in done.stdout
    assert sealed_with(database) == {Keyring(["a newer key"]).current, Keyring(["a key that is gone"]).current}


def test_the_key_file_is_on_disk_before_anything_is_sealed_with_it(
    key_file: Path, run: Run, accounts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash of the machine must not lose the name of the file while rows sealed with its key are kept."""
    written: list[str] = []
    fsync = os.fsync

    def note(descriptor: int) -> None:
        written.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    run("key", "rotate")
    assert written[:2] == ["file", "folder"]


def test_a_key_file_others_could_read_is_closed_again(key_file: Path) -> None:
    key_file.chmod(0o644)
    keys = load_keys(None, key_file.parent)
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert keys == key_file.read_text().split()


def test_an_empty_key_file_is_said_and_not_replaced(key_file: Path, run: Run) -> None:
    key_file.write_text("")
    done = run("user", "list")
    assert done.exit_code == 1
    assert "secret.key is empty" in done.stderr
    assert key_file.read_text() == ""


def test_every_column_of_secrets_is_found() -> None:
    found = {f"{table.name}.{column.name}" for table, column in sealed_columns()}
    assert {"accounts.access_token", "accounts.refresh_token", "verification_tokens.payload"} <= found
