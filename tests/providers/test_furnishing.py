"""A house furnished while the sandbox runs can order from every imitated provider at once."""

import httpx
import pytest
from sqlalchemy import func, select

from core.jobs.furnishing import STAND_INS, furnish_house
from core.settings import Settings
from core.studio.catalogue.access import get_provider, list_models
from core.studio.catalogue.connections import connection_of
from core.studio.providers import ProviderKind
from core.studio.wording.models import Lookup


@pytest.fixture
def furnished(database, providers, sandbox_url):
    httpx.post(f"{sandbox_url}/_sandbox/reset").raise_for_status()  # limits and faults that others left behind
    furnish_house(database, providers, Settings(sandbox_url=sandbox_url))
    return database


@pytest.mark.parametrize("kind", STAND_INS, ids=lambda kind: kind.value)
def test_each_imitated_provider_takes_its_key_and_has_models(furnished, providers, kind: ProviderKind):
    with furnished.read() as session:
        row = get_provider(session, f"{kind.value}-sandbox")
        models = list_models(session, [row.id])
    assert row.is_enabled and models
    assert providers[kind].check(connection_of(row)).message


def test_furnishing_twice_changes_nothing(furnished, providers, sandbox_url):
    with furnished.read() as session:
        before = session.scalar(select(func.count()).select_from(Lookup))
    furnish_house(furnished, providers, Settings(sandbox_url=sandbox_url))
    with furnished.read() as session:
        assert session.scalar(select(func.count()).select_from(Lookup)) == before > 0
