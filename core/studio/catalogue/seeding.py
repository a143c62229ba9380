"""The providers a new house begins with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.db.upsert import insert_ignoring
from core.errors import UnavailableError
from core.studio.catalogue.access import get_provider
from core.studio.catalogue.connections import connection_of
from core.studio.catalogue.kinds import KINDS, KindFacts
from core.studio.catalogue.models import Model, Provider
from core.studio.catalogue.syncing import Providers, sync_models
from core.studio.providers import ProviderKind

log = structlog.get_logger(__name__)

STAND_IN_SUFFIX = "-sandbox"


@dataclass(frozen=True, slots=True)
class StandIn:
    """An imitated provider on this machine, and the documented key that it takes."""

    kind: ProviderKind
    base_url: str
    key: str | None

    @property
    def provider_id(self) -> str:
        return f"{self.kind.value}{STAND_IN_SUFFIX}"


def is_stand_in(provider: Provider) -> bool:
    """Whether this is an imitation: nothing that is ordered there reaches the real provider, or costs anything."""
    return provider.id.endswith(STAND_IN_SUFFIX)


def furnish(database: Database, providers: Providers, *, stand_ins: Sequence[StandIn] = (), now: datetime) -> None:
    """Write the providers that are missing, and the models of those that are switched on and have none yet.

    One works at once: the local one; the others wait for a key. Stand-ins come beside them while a sandbox runs, and
    are switched off when none does. What people changed or removed stays as it is.
    """
    with database.read() as session:
        known = {row.id: row.api_base_url for row in session.scalars(select(Provider))}
    missing = [row for row in (*_real(), *map(_imitated, stand_ins)) if row["id"] not in known]
    moved = [one for one in stand_ins if known.get(one.provider_id, one.base_url) != one.base_url]
    with database.read() as session:
        stale = _stale(session, stand_ins)
    if missing or moved or stale:
        with database.session() as session:
            for row in missing:
                insert_ignoring(session, Provider, row | {"created_at": now, "updated_at": now})
            for one in moved:
                session.execute(
                    update(Provider).where(Provider.id == one.provider_id).values(api_base_url=one.base_url)
                )
            session.execute(update(Provider).where(Provider.id.in_(stale)).values(is_enabled=False))
    for provider_id in _without_models(database):
        read_models(database, providers, provider_id, now=now)


def _real() -> list[dict[str, Any]]:
    wanted = [facts for facts in KINDS.values() if facts.kind is not ProviderKind.OPENAI_COMPATIBLE]
    return [
        _row(
            facts,
            id=facts.kind.value,
            name=facts.name,
            is_enabled=facts.kind is ProviderKind.LOCAL,
            daily_spend_cap=facts.daily_cap,
            position=place,
        )
        for place, facts in enumerate(wanted)
    ]


def _imitated(one: StandIn) -> dict[str, Any]:
    facts = KINDS[one.kind]
    return _row(
        facts,
        id=one.provider_id,
        name=f"{facts.name} sandbox",
        is_enabled=True,
        api_base_url=one.base_url,
        api_key_encrypted=one.key,
        daily_spend_cap=None,
        position=100 + list(KINDS).index(one.kind),
    )


def _row(facts: KindFacts, **values: Any) -> dict[str, Any]:
    return {
        "kind": facts.kind,
        "rate_limit_requests": facts.requests_per_minute,
        "concurrent_limit": facts.concurrent,
        "spent_today": 0,
        "held_today": 0,
        "failures_in_a_row": 0,
        "settings": {},
        **values,
    }


def _stale(session: Session, stand_ins: Sequence[StandIn]) -> list[str]:
    """Stand-ins that are switched on although nothing imitates them now."""
    query = select(Provider.id).where(Provider.is_enabled, Provider.id.endswith(STAND_IN_SUFFIX, autoescape=True))
    return [one for one in session.scalars(query) if one not in {here.provider_id for here in stand_ins}]


def _without_models(database: Database) -> list[str]:
    has_some = exists().where(Model.provider_id == Provider.id)
    query = select(Provider.id).where(Provider.is_enabled, Provider.deleted_at.is_(None), ~has_some)
    with database.read() as session:
        return list(session.scalars(query))


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
