"""Replicate, fal and Civitai: what is true of every provider whose calls wait in a queue."""

from collections.abc import Iterator, Mapping

import pytest

from core.studio.providers import ImageProvider, ProviderKind
from tests.providers.queued.places import PLACES, Place
from tests.providers.support import StandInControl


@pytest.fixture(params=PLACES, ids=lambda place: place.kind.value)
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.param
    return found


@pytest.fixture
def control(sandbox_url: str, place: Place) -> Iterator[StandInControl]:
    opened = StandInControl(sandbox_url, place.kind.value)
    opened.behave(seconds=0)
    yield opened
    opened.close()


@pytest.fixture
def provider(providers: Mapping[ProviderKind, ImageProvider], place: Place, control: StandInControl) -> ImageProvider:
    return providers[place.kind]
