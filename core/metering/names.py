"""What people call the things that usage is told apart by."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.base import Base
from core.identity.models import ApiKey, User

if TYPE_CHECKING:
    from core.metering.figures import Entry

NO_PROJECT, ERASED_PROJECT = "No project", "Erased project"
NO_KEY, ERASED_KEY = "Without a key", "Erased key"


def given(session: Session, dimension: str, entries: Sequence["Entry"]) -> list["Entry"]:
    """The same entries with their names."""
    keys = [entry.key for entry in entries]
    found = _FINDERS[dimension](session, keys) if keys else {}
    return [replace(entry, name=found.get(entry.key, entry.key[-1])) for entry in entries]


def _providers(session: Session, keys: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    # The studio's tables, by their names as in a foreign key: it stands above metering.
    providers = Base.metadata.tables["providers"].c
    query = select(providers.id, providers.name).where(providers.id.in_([key[0] for key in keys]))
    return {(row[0],): row[1] for row in session.execute(query)}


def _models(session: Session, keys: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """The catalogue's name; where two providers have one of the same name, with the provider."""
    models = Base.metadata.tables["models"].c
    query = select(models.provider_id, models.model_id, models.name).where(
        models.model_id.in_({key[1] for key in keys})
    )
    known = {(row[0], row[1]): row[2] for row in session.execute(query)}
    found = {key: known.get((key[0], key[1]), key[1]) for key in keys}
    called = list(found.values())
    return {key: name if called.count(name) == 1 else f"{name} ({key[0]})" for key, name in found.items()}


def _types(_session: Session, keys: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    return {key: key[0].replace("_", " ").capitalize() for key in keys}


def _projects(session: Session, keys: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    projects = Base.metadata.tables["projects"].c
    query = select(projects.id, projects.name).where(projects.id.in_([key[0] for key in keys if key[0]]))
    known = {row[0]: row[1] for row in session.execute(query)}
    return {key: known.get(key[0], ERASED_PROJECT if key[0] else NO_PROJECT) for key in keys}


def _persons(session: Session, keys: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    query = select(User.id, User.name, User.username).where(User.id.in_([key[0] for key in keys]))
    return {(row[0],): row[1] or row[2] for row in session.execute(query)}


def _keys(session: Session, keys: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    query = select(ApiKey.id, ApiKey.name).where(ApiKey.id.in_([key[0] for key in keys if key[0]]))
    known = {row[0]: row[1] for row in session.execute(query)}
    return {key: known.get(key[0]) or (ERASED_KEY if key[0] else NO_KEY) for key in keys}


_FINDERS = {
    "provider": _providers,
    "model": _models,
    "type": _types,
    "project": _projects,
    "person": _persons,
    "key": _keys,
}
