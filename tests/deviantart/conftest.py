"""The adapter at one end, the sandbox at the other, real HTTP between them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.adapters.deviantart.sites import SANDBOX, DeviantArt, build_sites
from core.sandbox.server import running
from core.settings import Settings
from tests.sandbox.support import ControlClient, png


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    with running() as url:
        yield url


@pytest.fixture
def control(sandbox_url: str) -> Iterator[ControlClient]:
    client = ControlClient(sandbox_url)
    client.post("/reset")
    yield client
    client.close()


@pytest.fixture
def site(sandbox_url: str, control: ControlClient) -> Iterator[DeviantArt]:
    built = build_sites(Settings(sandbox_url=sandbox_url, provider_timeout_seconds=5))[SANDBOX]
    yield built
    built.close()


@pytest.fixture
def token(control: ControlClient) -> str:
    return str(control.post("/grant", username="alice")["access_token"])


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    path.write_bytes(png())
    return path
