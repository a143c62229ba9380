"""One sandbox per test session, emptied before each test."""

from collections.abc import Callable, Iterator

import pytest

from core.sandbox.server import running
from tests.sandbox.support import Artist, Clock, ControlClient


@pytest.fixture(scope="session")
def sandbox_clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def sandbox_url(sandbox_clock: Clock) -> Iterator[str]:
    with running(clock=sandbox_clock) as url:
        yield url


@pytest.fixture
def control(sandbox_url: str, sandbox_clock: Clock) -> Iterator[ControlClient]:
    client = ControlClient(sandbox_url)
    client.post("/reset")
    yield client
    client.close()
    sandbox_clock.ahead *= 0


@pytest.fixture
def clock(sandbox_clock: Clock) -> Clock:
    return sandbox_clock


@pytest.fixture
def connect(control: ControlClient) -> Iterator[Callable[..., Artist]]:
    """Connects a person without the consent page."""
    opened: list[Artist] = []

    def open_artist(username: str, *, timeout: float = 30.0, **grant: object) -> Artist:
        tokens = control.post("/grant", username=username, **grant)
        opened.append(Artist(control.base_url, tokens, timeout=timeout))
        return opened[-1]

    yield open_artist
    for artist in opened:
        artist.close()


@pytest.fixture
def alice(connect: Callable[..., Artist]) -> Artist:
    return connect("alice")
