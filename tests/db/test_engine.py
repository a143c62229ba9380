"""What a database error says, and to whom."""

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.db.engine import Database, UnstorableValueError
from core.identity import users
from tests.support.databases import only_postgresql


def test_an_error_of_the_database_does_not_repeat_what_was_given(database: Database) -> None:
    statement = text("INSERT INTO migration_history (version, description) VALUES (:version, :description)")
    with pytest.raises(IntegrityError) as failure, database.session() as session:
        session.execute(statement, {"version": "1", "description": "a title that is nobody else's business"})
    # psycopg adds the failing row by itself; that is the statement's own doing, not the log's.
    said = str(failure.value).partition("DETAIL")[0] + str(failure.value).partition("[SQL")[2]
    assert "nobody else's business" not in said
    assert "hide_parameters" in said


@only_postgresql
@pytest.mark.parametrize("door", ["read", "session"])
def test_a_character_that_cannot_be_stored_is_the_writers_matter(database: Database, door: str) -> None:
    with pytest.raises(UnstorableValueError, match="Type it anew"), getattr(database, door)() as session:
        users.find_by_username(session, "ali\0ce")


@only_postgresql
def test_a_connection_cut_while_it_is_asked_whether_it_lives_is_replaced(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.read() as session:
        before = session.scalar(text("SELECT pg_backend_pid()"))
    broken = iter([True])

    def ping(_connection: object) -> bool:
        if next(broken, False):
            raise psycopg.ProgrammingError("can't change 'autocommit' now: connection in transaction status ACTIVE")
        return True

    monkeypatch.setattr(type(database.engine.dialect), "do_ping", lambda _, connection: ping(connection))
    with database.read() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != before
