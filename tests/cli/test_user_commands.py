"""``atelier user``: people without a browser."""

from core.clock import utc_now
from core.db.engine import Database
from core.identity import sessions, users
from core.identity.models import User
from core.identity.passwords import is_password
from tests.cli.conftest import Run
from tests.identity.support import PASSWORD, add


def find(database: Database, name: str) -> User:
    with database.read() as session:
        return users.get_by_username(session, name)


def test_an_administrator_is_added_with_a_password_from_stdin(run: Run, database: Database) -> None:
    done = run("user", "add", "Anna", "--admin", "--timezone", "Europe/Berlin", "--password-stdin",
               stdin=f"{PASSWORD}\n")  # fmt: skip
    assert (done.exit_code, done.stdout) == (0, "Added Anna (admin).\n")
    assert is_password(PASSWORD, find(database, "anna").password_hash)


def test_a_bad_password_a_taken_name_and_an_unknown_zone_are_one_line_each(run: Run, database: Database) -> None:
    with database.session() as session:
        add(session, "anna")
    for arguments, typed, complaint in (
        (("bob",), "short\n", "at least 10 characters"),
        (("ANNA",), f"{PASSWORD}\n", "is taken"),
        (("bob", "--timezone", "Mars"), f"{PASSWORD}\n", "is not a time zone"),
    ):
        done = run("user", "add", *arguments, "--password-stdin", stdin=typed)
        assert done.exit_code == 1
        assert done.stderr.startswith("error: ")
        assert complaint in done.stderr
        assert done.stderr.count("\n") == 1


def test_without_a_terminal_the_password_has_to_come_by_stdin(run: Run) -> None:
    done = run("user", "add", "anna")
    assert done.exit_code == 1
    assert "--password-stdin" in done.stderr


def test_the_list_shows_everybody(run: Run, database: Database) -> None:
    assert "Nobody yet" in run("user", "list").stdout
    with database.session() as session:
        add(session, "bob")
        add(session, "anna", is_admin=True)
    lines = run("user", "list").stdout.splitlines()
    assert lines[0].split() == ["NAME", "ROLE", "STATE", "LAST", "SIGN-IN", "TIME", "ZONE"]
    assert [line.split()[:4] for line in lines[1:]] == [
        ["anna", "admin", "active", "never"],
        ["bob", "member", "active", "never"],
    ]


def test_a_new_password_signs_out_everywhere(run: Run, database: Database) -> None:
    with database.session() as session:
        anna = add(session, "anna")
        token, _ = sessions.open_session(session, anna.id, user_agent=None, idle_days=30, now=utc_now())
    assert run("user", "reset-password", "ANNA", "--password-stdin", stdin="another password\n").exit_code == 0
    assert is_password("another password", find(database, "anna").password_hash)
    with database.read() as session:
        assert sessions.find(session, token, now=utc_now()) is None


def test_people_are_shut_out_and_let_in_again(run: Run, database: Database) -> None:
    with database.session() as session:
        add(session, "root", is_admin=True)
        add(session, "anna")
    assert run("user", "disable", "anna").exit_code == 0
    assert find(database, "anna").disabled_at
    assert run("user", "enable", "anna").exit_code == 0
    assert find(database, "anna").disabled_at is None


def test_the_only_administrator_stays(run: Run, database: Database) -> None:
    with database.session() as session:
        add(session, "root", is_admin=True)
    done = run("user", "disable", "root")
    assert done.exit_code == 1
    assert "only administrator" in done.stderr


def test_an_unknown_name_is_said_to_be_unknown(run: Run) -> None:
    assert "nobody called" in run("user", "disable", "ghost").stderr
