"""Brings a database to the schema of this version."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
# Made by migrations alone: tables of Procrastinate, and what search stands on, which differs between the engines.
_NOT_OF_THE_MODELS = ("procrastinate_", "search_", "gin_")


def alembic_config(url: str, connection: Connection | None = None) -> Config:
    """Alembic's configuration without a file; ``connection`` lets tests migrate inside their own."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
    config.set_main_option("timezone", "UTC")
    config.attributes["url"] = url
    config.attributes["connection"] = connection
    return config


def is_of_the_models(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Whether a table or an index is to be the same in models and database; Alembic's ``include_object``."""
    return kind not in {"table", "index"} or not str(name).startswith(_NOT_OF_THE_MODELS)


def upgrade(url: str, revision: str = "head") -> None:
    """Apply what is missing; does nothing on an up-to-date database."""
    command.upgrade(alembic_config(url), revision)
