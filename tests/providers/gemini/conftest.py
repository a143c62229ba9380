"""A Gemini that answers without delay."""

from collections.abc import Iterator, Mapping

import pytest

from core.studio.providers import CatalogueModel, Connection, ImageProvider, ProviderKind
from tests.providers.support import StandInControl, model_named


@pytest.fixture
def control(sandbox_url: str) -> Iterator[StandInControl]:
    opened = StandInControl(sandbox_url, "gemini")
    opened.behave(seconds=0)
    yield opened
    opened.close()


@pytest.fixture
def gemini(providers: Mapping[ProviderKind, ImageProvider], control: StandInControl) -> ImageProvider:
    return providers[ProviderKind.GEMINI]


@pytest.fixture
def connection(sandbox_url: str) -> Connection:
    return Connection("prv_gemini", ProviderKind.GEMINI, f"{sandbox_url}/gemini", "AIza-sandbox-alice")


@pytest.fixture
def flash(gemini: ImageProvider, connection: Connection) -> CatalogueModel:
    return model_named(gemini, connection, "gemini-2.5-flash-image")
