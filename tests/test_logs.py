"""What must never be written to a log, however it came near one."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from core.db.engine import Database
from core.logs import configure_logging
from core.settings import Settings

SECRET = "between us"


@pytest.fixture(params=["console", "json"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What is written to the log, each way it can be; the process's own way comes back afterwards."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    configure_logging(level="debug", as_json=request.param == "json")
    (ours,) = root.handlers
    assert isinstance(ours, logging.StreamHandler)
    text = io.StringIO()
    ours.setStream(text)
    yield text
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_traceback_shows_no_values(written: io.StringIO) -> None:
    def fail(token: str) -> None:
        raise ValueError(f"a token of {len(token)} characters")

    try:
        fail(SECRET)
    except ValueError:
        structlog.get_logger("core.test").exception("It failed.")
    assert "a token of 10 characters" in written.getvalue()
    assert SECRET not in written.getvalue()


@pytest.mark.parametrize("name", ["token", "password", "prompt", "email", "address", "authorization", "cookie"])
def test_private_fields_are_hidden_at_any_depth(written: io.StringIO, name: str) -> None:
    structlog.get_logger("core.test").info("Said.", **{name: SECRET}, nested={"one": [{name: SECRET}]})
    logging.getLogger("elsewhere").info("Said.", extra={name: SECRET})
    assert "Said." in written.getvalue()
    assert SECRET not in written.getvalue()


def test_an_error_of_the_database_brings_no_row_into_the_log(database: Database, written: io.StringIO) -> None:
    statement = text("INSERT INTO migration_history (version, description) VALUES ('1', :description)")
    try:
        with database.session() as session:
            session.execute(statement, {"description": f"{SECRET}\n{SECRET}"})
    except IntegrityError:
        structlog.get_logger("core.test").exception("It failed.")
    assert "IntegrityError" in written.getvalue()
    assert SECRET not in written.getvalue()


def test_a_wrong_setting_does_not_tell_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATELIER_SECRET_KEY", SECRET)
    with pytest.raises(ValidationError) as wrong:
        Settings(deviantart_client_id="1", deviantart_client_secret=None, port=8501)
    assert SECRET not in str(wrong.value)
    with pytest.raises(ValidationError) as wrong:
        Settings(deviantart_client_secret=SECRET)
    assert "ATELIER_DEVIANTART_CLIENT_ID" in str(wrong.value)
    assert SECRET not in str(wrong.value)
