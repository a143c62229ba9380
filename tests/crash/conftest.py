"""A sandbox for each module of crash tests, and an installation for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.installation import Installation, installation
from tests.support.processes import free_port
from tests.support.warm import running_warm


@pytest.fixture(scope="module")
def sandbox_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    output = tmp_path_factory.mktemp("sandbox") / "sandbox.log"
    with running_warm("core.sandbox", "--port", str(port), output=output) as process:
        process.wait_until_answers(f"{url}/_sandbox/health")
        yield url


@pytest.fixture
def place(database_url: str, tmp_path: Path, sandbox_url: str) -> Iterator[Installation]:
    with installation(database_url, tmp_path, sandbox_url) as made:
        yield made
