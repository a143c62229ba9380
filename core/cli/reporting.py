"""How commands begin and how they say that something is wrong: one line, no traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from pydantic import ValidationError

from core.db.migrate import upgrade
from core.errors import AtelierError
from core.runtime import Runtime, build_runtime
from core.settings import PREFIX, Settings, get_settings


@contextmanager
def reporting() -> Iterator[None]:
    """Turn an expected error into a line on stderr and exit code 1."""
    try:
        yield
    except AtelierError as error:
        fail(str(error))


def fail(message: str) -> NoReturn:
    """Say why, and end with exit code 1."""
    typer.secho(f"error: {message}", fg="red", err=True)
    raise typer.Exit(1)


def read_settings() -> Settings:
    """The settings; a wrong one is named and ends the command with exit code 2."""
    try:
        return get_settings()
    except ValidationError as error:
        for problem in error.errors():
            name = f"{PREFIX}{'_'.join(map(str, problem['loc'])).upper()}" if problem["loc"] else "settings"
            typer.secho(f"error: {name}: {problem['msg']}", fg="red", err=True)
        raise typer.Exit(2) from error


@contextmanager
def house() -> Iterator[Runtime]:
    """The runtime for one command, on an up-to-date database."""
    settings = read_settings()
    with reporting():
        runtime = build_runtime(settings)
        try:
            upgrade(settings.resolved_database_url)
            yield runtime
        finally:
            runtime.close()
