"""The providers a new house begins with."""

from collections.abc import Mapping
from datetime import datetime

import structlog

from core.db.engine import Database
from core.db.upsert import insert_ignoring
from core.errors import UnavailableError
from core.studio.catalogue.access import get_provider, list_providers
from core.studio.catalogue.connections import connection_of
from core.studio.catalogue.kinds import KINDS
from core.studio.catalogue.models import Provider
from core.studio.catalogue.syncing import Providers, sync_models
from core.studio.providers import ProviderKind

log = structlog.get_logger(__name__)


def furnish(
    database: Database, providers: Providers, *, sandbox_keys: Mapping[ProviderKind, str] | None = None, now: datetime
) -> None:
    """Write the providers that are missing, and the models of those that are switched on and have none yet.

    One works at once: the local one. With ``sandbox_keys`` (the providers are stand-ins) all do. What people
    changed or removed stays as it is.
    """
    keys = sandbox_keys or {}
    with database.session() as session:
        for position, facts in enumerate(KINDS.values()):
            if facts.kind is ProviderKind.OPENAI_COMPATIBLE:
                continue  # has no address of its own
            insert_ignoring(
                session,
                Provider,
                {
                    "id": facts.kind.value,
                    "kind": facts.kind,
                    "name": facts.name,
                    "api_key_encrypted": keys.get(facts.kind),
                    "is_enabled": facts.kind is ProviderKind.LOCAL or facts.kind in keys,
                    "rate_limit_requests": facts.requests_per_minute,
                    "concurrent_limit": facts.concurrent,
                    "daily_spend_cap": facts.daily_cap,
                    "spent_today": 0,
                    "held_today": 0,
                    "failures_in_a_row": 0,
                    "settings": {},
                    "position": position,
                    "created_at": now,
                    "updated_at": now,
                },
            )
        wanting = [row.id for row in list_providers(session, usable_only=True)]
    for provider_id in wanting:
        read_models(database, providers, provider_id, now=now)


def read_models(database: Database, providers: Providers, provider_id: str, *, now: datetime) -> None:
    """Bring one provider's models up to date, as far as it answers; a provider that is away is asked another time."""
    with database.read() as session:
        connection = connection_of(get_provider(session, provider_id))
    if connection.kind not in providers:
        return
    try:
        found = providers[connection.kind].models(connection)
    except UnavailableError as error:
        log.warning("The models of a provider could not be read.", provider=provider_id, reason=str(error))
        return
    with database.session() as session:
        sync_models(session, get_provider(session, provider_id), found, now=now)
