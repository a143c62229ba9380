"""Webhooks signed with Ed25519."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.clock import utc_now
from core.sandbox.fal.webhooks import FORMER_KEY, message
from core.studio.providers import Connection, ErrorCategory, GenerationError, ImageProvider
from tests.providers.hooks import Listener, Received
from tests.providers.support import StandInControl, model_named, request_for


@pytest.fixture
def delivered(fal: ImageProvider, connection: Connection, control: StandInControl, listener: Listener) -> Received:
    model = model_named(fal, connection, "fal-ai/flux/schnell")
    request = replace(request_for(model, width=256, height=256), webhook_url=listener.url)
    fal.submit(connection, request)
    (received,) = listener.wait_for(1)
    return received


def test_a_genuine_webhook_names_the_request(
    fal: ImageProvider, connection: Connection, control: StandInControl, delivered: Received
) -> None:
    notice = fal.verify(connection, delivered.headers, delivered.body, now=utc_now())
    assert notice.request_id == notice.delivery_id == control.state()["generations"][0]["id"]
    assert json.loads(delivered.body)["status"] == "OK"


def test_every_published_key_is_good_and_no_other(
    fal: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    now = utc_now()
    former = message("", "req", {"request_id": "req"}, now.timestamp(), key=FORMER_KEY)
    assert fal.verify(connection, former.headers, former.body, now=now).request_id == "req"
    stranger = message("", "req", {"request_id": "req"}, now.timestamp(), key=Ed25519PrivateKey.generate())
    with pytest.raises(GenerationError) as caught:
        fal.verify(connection, stranger.headers, stranger.body, now=now)
    assert caught.value.category is ErrorCategory.AUTHENTICATION


@pytest.mark.parametrize("late", [timedelta(seconds=302), timedelta(seconds=-330)])
def test_a_stale_or_early_webhook_is_refused(
    fal: ImageProvider, connection: Connection, delivered: Received, late: timedelta
) -> None:
    with pytest.raises(GenerationError):
        fal.verify(connection, delivered.headers, delivered.body, now=utc_now() + late)


@pytest.mark.parametrize("name", ["request-id", "user-id", "timestamp", "signature"])
@pytest.mark.parametrize("value", ["", "1", "00" * 64])
def test_a_forged_webhook_is_refused(
    fal: ImageProvider, connection: Connection, delivered: Received, name: str, value: str
) -> None:
    headers = {key.lower(): said for key, said in delivered.headers.items()} | {f"x-fal-webhook-{name}": value}
    with pytest.raises(GenerationError) as caught:
        fal.verify(connection, headers, delivered.body, now=utc_now())
    assert caught.value.category is ErrorCategory.AUTHENTICATION


def test_another_body_does_not_fit(fal: ImageProvider, connection: Connection, delivered: Received) -> None:
    with pytest.raises(GenerationError):
        fal.verify(connection, delivered.headers, delivered.body + b" ", now=utc_now())


def test_a_failed_request_is_announced_too(
    fal: ImageProvider, connection: Connection, control: StandInControl, listener: Listener
) -> None:
    model = model_named(fal, connection, "fal-ai/flux/schnell")
    request = replace(request_for(model, num_inference_steps=99), webhook_url=listener.url)
    fal.submit(connection, request)
    (received,) = listener.wait_for(1)
    body = json.loads(received.body)
    assert (body["status"], body["payload"]["detail"][0]["type"]) == ("ERROR", "less_than_equal")
    assert fal.verify(connection, received.headers, received.body, now=utc_now()).request_id == body["request_id"]
