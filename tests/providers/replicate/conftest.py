"""The adapter and its stand-in, which answers without delay."""

from collections.abc import Iterator, Mapping

import pytest

from core.studio.providers import Connection, ImageProvider, ProviderKind
from tests.providers.hooks import Listener, listening
from tests.providers.support import StandInControl

KEY = "r8_sandbox_alice"


@pytest.fixture
def control(sandbox_url: str) -> Iterator[StandInControl]:
    opened = StandInControl(sandbox_url, "replicate")
    opened.behave(seconds=0)
    yield opened
    opened.close()


@pytest.fixture
def replicate(providers: Mapping[ProviderKind, ImageProvider], control: StandInControl) -> ImageProvider:
    return providers[ProviderKind.REPLICATE]


@pytest.fixture
def connection(sandbox_url: str) -> Connection:
    return Connection("prv_replicate", ProviderKind.REPLICATE, f"{sandbox_url}/replicate", KEY)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as found:
        yield found
