"""An answer that was lost: the call is found again, and never begun twice."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from core.clock import utc_now
from core.studio.providers import CallState, Connection, GenerationError, GenerationRequest, ImageProvider
from tests.providers.queued.places import Place
from tests.providers.support import StandInControl, new_key

BEFORE = timedelta(minutes=1)


def lose(
    provider: ImageProvider, place: Place, control: StandInControl, connection: Connection, request: GenerationRequest
) -> None:
    """Submit a call whose answer does not come."""
    control.fault("drop_after", place.submission, method="POST", count=1)
    with pytest.raises(GenerationError) as caught:
        provider.submit(connection, request)
    assert caught.value.effect_possible


def test_a_lost_call_is_found_among_others_of_the_same_words(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str
) -> None:
    connection = place.connection(sandbox_url)
    ours = place.request(provider, connection)
    others = [provider.submit(connection, replace(ours, key=new_key())).handle for _ in range(2)]
    lose(provider, place, control, connection, ours)
    provider.submit(connection, replace(ours, key=new_key()))
    found = provider.find(connection, ours, since=utc_now() - BEFORE)
    assert found is not None
    assert found.request_id not in {other.request_id for other in others}
    assert provider.poll(connection, found).state is CallState.DONE
    state = control.state()
    assert found.request_id == state["generations"][2]["id"]
    assert (state["begun"], state["contents_begun_twice"]) == (4, 0)


def test_a_lost_call_is_found_on_a_later_page(
    provider: ImageProvider, place: Place, control: StandInControl, sandbox_url: str
) -> None:
    connection = place.connection(sandbox_url)
    control.behave(page_size=2)
    ours = place.request(provider, connection)
    lose(provider, place, control, connection, ours)
    for _ in range(4):
        provider.submit(connection, replace(ours, key=new_key()))
    found = provider.find(connection, ours, since=utc_now() - BEFORE)
    assert found is not None
    assert found.request_id == control.state()["generations"][0]["id"]


def test_neither_keys_nor_words_nor_addresses_are_logged(
    provider: ImageProvider,
    place: Place,
    control: StandInControl,
    sandbox_url: str,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    connection = place.connection(sandbox_url)
    handle = provider.submit(connection, place.request(provider, connection, prompt="a secret wish")).handle
    provider.poll(connection, handle)
    shown = capsys.readouterr().out
    said = "\n".join(record.getMessage() for record in caplog.records if record.name not in {"httpx", "httpcore"})
    assert "Called a provider of pictures" in shown + said
    for secret in (place.key, "secret wish", handle.request_id, sandbox_url):
        assert secret not in shown + said
