"""Adapters at one end, the sandbox's stand-ins at the other, real HTTP between them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from core.adapters.images.factory import build_image_providers
from core.sandbox.server import running
from core.settings import Settings
from core.studio.providers import ImageProvider, InputFile, ProviderKind
from tests.providers.support import input_file
from tests.sandbox.support import png


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    with running() as url:
        yield url


@pytest.fixture(scope="session")
def providers() -> Iterator[Mapping[ProviderKind, ImageProvider]]:
    built = build_image_providers(Settings(provider_timeout_seconds=20))
    yield built
    for provider in built.values():
        provider.close()


@pytest.fixture
def picture(tmp_path: Path) -> InputFile:
    path = tmp_path / "picture.png"
    path.write_bytes(png(width=64, height=48))
    return input_file(path)
