"""An OpenAI that answers without delay, and a server that speaks like it."""

from collections.abc import Iterator, Mapping

import pytest

from core.studio.providers import Connection, ImageProvider, ProviderKind
from tests.providers.support import StandInControl


@pytest.fixture
def control(sandbox_url: str) -> Iterator[StandInControl]:
    opened = StandInControl(sandbox_url, "openai")
    opened.behave(seconds=0)
    yield opened
    opened.close()


@pytest.fixture
def openai(providers: Mapping[ProviderKind, ImageProvider], control: StandInControl) -> ImageProvider:
    return providers[ProviderKind.OPENAI]


@pytest.fixture
def compatible(providers: Mapping[ProviderKind, ImageProvider], control: StandInControl) -> ImageProvider:
    return providers[ProviderKind.OPENAI_COMPATIBLE]


@pytest.fixture
def connection(sandbox_url: str) -> Connection:
    return Connection("prv_openai", ProviderKind.OPENAI, f"{sandbox_url}/openai/v1", "sk-sandbox-alice")
