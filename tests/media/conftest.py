"""A file on disk from bytes, as an upload leaves it."""

from collections.abc import Callable
from pathlib import Path

import pytest

OnDisk = Callable[[bytes], Path]


@pytest.fixture
def on_disk(tmp_path) -> OnDisk:
    numbers = iter(range(1000))

    def write(data: bytes) -> Path:
        path = tmp_path / f"upload-{next(numbers)}"
        path.write_bytes(data)
        return path

    return write
