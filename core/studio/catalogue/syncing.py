"""Keeping the catalogue of models true to what a provider offers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.db.ids import new_id
from core.identity.roles import require_admin
from core.studio import tidying
from core.studio.catalogue.access import get_provider
from core.studio.catalogue.connections import connection_of
from core.studio.catalogue.kinds import KINDS
from core.studio.catalogue.models import Model, Provider
from core.studio.providers import (
    CatalogueModel,
    CheckedConnection,
    Connection,
    GenerationError,
    ImageProvider,
    ProviderKind,
)
from core.system import audit
from core.system.actors import Actor

UNREAD = "Its models could not be read, so the list may be old."
Providers = Mapping[ProviderKind, ImageProvider]


def sync_models(session: Session, provider: Provider, found: Sequence[CatalogueModel], *, now: datetime) -> int:
    """Write what was found; what is gone stays as unavailable, since orders refer to it. How many changed."""
    # One at a time: of two processes that find the same new model both would write it.
    session.execute(select(Provider.id).where(Provider.id == provider.id).with_for_update(key_share=True))
    known = {row.model_id: row for row in session.scalars(select(Model).where(Model.provider_id == provider.id))}
    changed = 0
    for position, model in enumerate(tidying.models(found)):
        row = known.pop(model.model_id, None)
        values = _values(model, position)
        if row is None:
            # Only at first: from then on what its terms say is a person's word.
            values["commercial_use"] = KINDS[provider.kind].commercial_use
            fresh = Model(id=new_id("mdl"), provider_id=provider.id, model_id=model.model_id, created_at=now, **values)
            session.add(fresh)
            changed += 1
        elif not row.is_custom:
            changed += _change(row, values)
    for row in known.values():
        if not row.is_custom:
            changed += _change(row, {"is_available": False})
    session.flush()
    return changed


def has_old_models(row: Provider) -> bool:
    """Whether its models could not be read at the last look, so that the list of them may be old."""
    return (row.check_message or "").startswith(UNREAD)


def refresh_models(database: Database, providers: Providers, actor: Actor, provider_id: str, *, now: datetime) -> int:
    """Ask the provider for its models and write them down; how many changed.

    Raises :class:`GenerationError`, noted for its card as well: the models stay as they were.
    """
    connection = _connection(database, actor, provider_id)
    try:
        found = providers[connection.kind].models(connection)
    except GenerationError as error:
        _note_unread(database, actor, provider_id, str(error), now=now)
        raise
    with database.session() as session:
        changed = sync_models(session, get_provider(session, provider_id), found, now=now)
        audit.record(session, actor, "provider.models_read", provider_id, after={"changed": changed}, now=now)
    return changed


def check_provider(
    database: Database, providers: Providers, actor: Actor, provider_id: str, *, now: datetime
) -> CheckedConnection:
    """Test a connection and write down what came of it. Raises :class:`GenerationError`, noted as well."""
    connection = _connection(database, actor, provider_id)
    try:
        checked = providers[connection.kind].check(connection)
    except GenerationError as error:
        _note_check(database, actor, provider_id, str(error), passed=False, now=now)
        raise
    _note_check(database, actor, provider_id, checked.message, passed=True, now=now)
    return checked


def _connection(database: Database, actor: Actor, provider_id: str) -> Connection:
    with database.read() as session:
        require_admin(session, actor)
        return connection_of(get_provider(session, provider_id))


def _note_check(
    database: Database, actor: Actor, provider_id: str, message: str, *, passed: bool, now: datetime
) -> None:
    with database.session() as session:
        row = get_provider(session, provider_id)
        row.checked_at, row.check_message, row.check_passed = now, message, passed
        if passed:
            row.paused_until, row.failures_in_a_row = None, 0
        session.flush()
        audit.record(session, actor, "provider.checked", provider_id, after={"passed": passed}, now=now)


def _note_unread(database: Database, actor: Actor, provider_id: str, message: str, *, now: datetime) -> None:
    """Say that the models are those of an earlier day; whether pictures can be made is another question."""
    with database.session() as session:
        row = get_provider(session, provider_id)
        row.checked_at, row.check_message = now, f"{UNREAD} {message}"
        session.flush()
        audit.record(session, actor, "provider.models_read", provider_id, after={"failed": True}, now=now)


def _values(model: CatalogueModel, position: int) -> dict[str, Any]:
    return {
        "name": model.name,
        "family": model.family,
        "modality": model.modality,
        "version": model.version,
        "is_available": True,
        "parameter_schema": model.parameters.to_json(),
        "capabilities": dict(model.capabilities),
        "pricing": dict(model.pricing),
        "definition": dict(model.definition),
        "position": position,
    }


def _change(row: Model, values: Mapping[str, Any]) -> int:
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)
