"""What people call the things that usage is told apart by."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.base import Base
from core.identity.models import ApiKey, User
from core.metering.access import sees_everybody
from core.metering.sums import HOUSE_DAYS, PERSON_DAYS
from core.system.actors import Actor

if TYPE_CHECKING:
    from core.metering.figures import Entry

NO_PROJECT, ERASED_PROJECT = "No project", "Erased project"
NO_KEY, ERASED_KEY = "Without a key", "Erased key"


@dataclass(frozen=True, slots=True)
class Choices:
    """Keys and names. ``persons`` is empty for who sees only their own; an empty project is none."""

    persons: dict[str, str]
    providers: dict[str, str]
    projects: dict[str, str]


def given(session: Session, dimension: str, entries: Sequence["Entry"]) -> list["Entry"]:
    """The same entries with their names."""
    keys = [entry.key for entry in entries]
    found = _FINDERS[dimension](session, keys) if keys else {}
    return [replace(entry, name=found.get(entry.key, entry.key[-1])) for entry in entries]


def of_models(session: Session, keys: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """The catalogue's names of models, by provider and model; where two are alike, with the provider."""
    if not keys:
        return {}
    models = Base.metadata.tables["models"].c
    query = select(models.provider_id, models.model_id, models.name).where(
        models.model_id.in_({key[1] for key in keys})
    )
    known = {(row[0], row[1]): row[2] for row in session.execute(query)}
    found = {key: known.get((key[0], key[1]), key[1]) for key in keys}
    called = list(found.values())
    return {key: name if called.count(name) == 1 else f"{name} ({key[0]})" for key, name in found.items()}


def choices(session: Session, actor: Actor) -> Choices:
    """What the actor may filter by, each by its key: names are unlike each other."""
    everybody = sees_everybody(session, actor)
    projects = Base.metadata.tables["projects"].c
    owned = select(projects.id, projects.name, User.username).join(User, User.id == projects.user_id)
    days = PERSON_DAYS.c
    providers = select(days.provider).distinct()
    if not everybody:
        owned = owned.where(projects.user_id == actor.user_id)
        providers = providers.where(days.user_id == actor.user_id)
    else:
        providers = select(HOUSE_DAYS.c.provider).distinct()
    rows = session.execute(owned.where(projects.deleted_at.is_(None)).order_by(projects.name, projects.id)).all()
    used = sorted(session.scalars(providers))
    called = _providers(session, [(one,) for one in used]) if used else {}
    persons = session.execute(select(User.id, User.username).order_by(User.username)) if everybody else ()
    return Choices(
        persons={row[0]: row[1] for row in persons},
        providers=_apart({one: called.get((one,), one) for one in used}, {one: one for one in used}),
        projects={"": NO_PROJECT} | _apart({row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}),
    )


def _apart(named: dict[str, str], owners: dict[str, str]) -> dict[str, str]:
    """Names of which none is like another: those that are get their owner, and at last their key, beside them."""
    for more in (owners, {key: key for key in named}):
        said = list(named.values())
        named = {key: name if said.count(name) == 1 else f"{name} ({more[key]})" for key, name in named.items()}
    return named


def _providers(session: Session, keys: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    # The studio's tables, by their names as in a foreign key: it stands above metering.
    providers = Base.metadata.tables["providers"].c
    query = select(providers.id, providers.name).where(providers.id.in_([key[0] for key in keys]))
    return {(row[0],): row[1] for row in session.execute(query)}


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
    "model": of_models,
    "type": _types,
    "project": _projects,
    "person": _persons,
    "key": _keys,
}
