"""A ComfyUI that works without delay."""

from collections.abc import Iterator, Mapping

import pytest

from core.studio.providers import CatalogueModel, Connection, ImageProvider, ProviderKind
from tests.providers.support import StandInControl, model_named


@pytest.fixture
def control(sandbox_url: str) -> Iterator[StandInControl]:
    opened = StandInControl(sandbox_url, "comfyui")
    opened.behave(seconds=0)
    yield opened
    opened.close()


@pytest.fixture
def comfy(providers: Mapping[ProviderKind, ImageProvider], control: StandInControl) -> ImageProvider:
    return providers[ProviderKind.COMFYUI]


@pytest.fixture
def connection(sandbox_url: str) -> Connection:
    return Connection("prv_comfy", ProviderKind.COMFYUI, f"{sandbox_url}/comfyui")


@pytest.fixture
def words(comfy: ImageProvider, connection: Connection) -> CatalogueModel:
    return model_named(comfy, connection, "text-to-image")
