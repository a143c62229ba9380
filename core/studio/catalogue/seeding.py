"""The providers a new house begins with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import exists, select, update

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
    there = _there(database)
    if _write_missing(database, there, stand_ins, now):
        there = _there(database)
    for one in there:
        if one.wants_models:
            _read_models(database, providers, one.provider_id, now=now)


@dataclass(frozen=True, slots=True)
class _There:
    """A provider that the house has, in the trash or not."""

    provider_id: str
    base_url: str | None
    is_enabled: bool
    is_deleted: bool
    has_models: bool

    @property
    def wants_models(self) -> bool:
        return self.is_enabled and not self.is_deleted and not self.has_models

    @property
    def is_stand_in(self) -> bool:
        return self.provider_id.endswith(STAND_IN_SUFFIX)


def _there(database: Database) -> list[_There]:
    has_models = exists().where(Model.provider_id == Provider.id)
    # Not whole rows: their keys would be decrypted for nothing.
    query = select(
        Provider.id, Provider.api_base_url, Provider.is_enabled, Provider.deleted_at.is_not(None), has_models
    )
    with database.read() as session:
        return [_There(*row) for row in session.execute(query)]


def _write_missing(database: Database, there: Sequence[_There], stand_ins: Sequence[StandIn], now: datetime) -> bool:
    """Whether anything was to be written. Another process may be at the same: what it wrote first stays."""
    known, here = {one.provider_id: one for one in there}, {one.provider_id: one for one in stand_ins}
    missing = [row for row in (*_real(), *map(_imitated, stand_ins)) if row["id"] not in known]
    moved = [one for one in stand_ins if one.provider_id in known and known[one.provider_id].base_url != one.base_url]
    stale = [one.provider_id for one in there if one.is_stand_in and one.is_enabled and one.provider_id not in here]
    if not (missing or moved or stale):
        return False
    with database.session() as session:
        for row in missing:
            insert_ignoring(session, Provider, row | {"created_at": now, "updated_at": now})
        for one in moved:
            session.execute(update(Provider).where(Provider.id == one.provider_id).values(api_base_url=one.base_url))
        session.execute(update(Provider).where(Provider.id.in_(stale)).values(is_enabled=False))
    return True


def _real() -> list[dict[str, Any]]:
    wanted = [facts for facts in KINDS.values() if facts.kind is not ProviderKind.OPENAI_COMPATIBLE]
    return [
        _row(
            facts,
            id=facts.kind.value,
            name=facts.name,
            is_enabled=facts.kind is ProviderKind.LOCAL,
            daily_spend_cap=facts.daily_cap,
            policy_note=facts.policy_note,
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


def _read_models(database: Database, providers: Providers, provider_id: str, *, now: datetime) -> None:
    """Write down what a provider without models offers; one that is away or offers nothing is asked another time."""
    with database.read() as session:
        connection = connection_of(get_provider(session, provider_id))
    if connection.kind not in providers:
        return
    try:
        found = providers[connection.kind].models(connection)
    except UnavailableError as error:
        log.warning("The models of a provider could not be read.", provider=provider_id, reason=str(error))
        return
    if not found:
        return
    with database.session() as session:
        sync_models(session, get_provider(session, provider_id), found, now=now)
