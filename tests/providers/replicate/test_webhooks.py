"""Webhooks in the manner of Standard Webhooks."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from core.clock import utc_now
from core.sandbox.replicate.webhooks import SECRET
from core.studio.providers import Connection, ErrorCategory, GenerationError, ImageProvider
from tests.providers.hooks import Listener, Received
from tests.providers.support import StandInControl, model_named, request_for

OTHER_SECRET = "whsec_" + base64.b64encode(b"somebody else's secret, as long").decode()


@pytest.fixture
def delivered(
    replicate: ImageProvider, connection: Connection, control: StandInControl, listener: Listener
) -> Received:
    model = model_named(replicate, connection, "black-forest-labs/flux-schnell")
    request = replace(request_for(model), webhook_url=listener.url)
    handle = replicate.submit(connection, request).handle
    (received,) = listener.wait_for(1)
    assert handle.request_id.encode() in received.body
    return received


def test_a_genuine_webhook_names_the_prediction(
    replicate: ImageProvider, connection: Connection, control: StandInControl, delivered: Received
) -> None:
    notice = replicate.verify(connection, delivered.headers, delivered.body, now=utc_now())
    assert notice.request_id == control.state()["generations"][0]["id"]
    assert notice.delivery_id.startswith("msg_")
    given = replace(connection, settings={"webhook_secret": f"{OTHER_SECRET} {SECRET}"})
    assert replicate.verify(given, delivered.headers, delivered.body, now=utc_now()) == notice
    Webhook(SECRET).verify(delivered.body, {k.lower(): v for k, v in delivered.headers.items()})


def test_the_secret_is_asked_for_once(
    replicate: ImageProvider, connection: Connection, control: StandInControl, delivered: Received
) -> None:
    fresh = replace(connection, provider_id="prv_fresh")
    for _ in range(3):
        replicate.verify(fresh, delivered.headers, delivered.body, now=utc_now())
    asked = [row for row in control.state()["requests"] if row["endpoint"].endswith("/secret")]
    assert len(asked) == 1


@pytest.mark.parametrize("late", [timedelta(seconds=301), timedelta(seconds=-330)])
def test_a_stale_or_early_webhook_is_refused(
    replicate: ImageProvider, connection: Connection, delivered: Received, late: timedelta
) -> None:
    with pytest.raises(GenerationError) as caught:
        replicate.verify(connection, delivered.headers, delivered.body, now=utc_now() + late)
    assert caught.value.category is ErrorCategory.AUTHENTICATION


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": ""},
        {"webhook-id": "msg_other"},
        {"webhook-timestamp": "now"},
    ],
)
def test_a_forged_webhook_is_refused(
    replicate: ImageProvider, connection: Connection, delivered: Received, changed: dict[str, str]
) -> None:
    headers = {name.lower(): value for name, value in delivered.headers.items()} | changed
    with pytest.raises(GenerationError) as caught:
        replicate.verify(connection, headers, delivered.body, now=utc_now())
    assert caught.value.category is ErrorCategory.AUTHENTICATION


def test_another_body_or_secret_does_not_fit(
    replicate: ImageProvider, connection: Connection, delivered: Received
) -> None:
    foreign = replace(connection, settings={"webhook_secret": OTHER_SECRET})
    for one, body in ((connection, delivered.body + b" "), (foreign, delivered.body)):
        with pytest.raises(GenerationError):
            replicate.verify(one, delivered.headers, body, now=utc_now())


def test_a_body_that_no_parser_takes_is_forged_like_any_other(
    replicate: ImageProvider, connection: Connection, delivered: Received
) -> None:
    with pytest.raises(GenerationError) as caught:
        replicate.verify(connection, delivered.headers, b"[" * 200_000, now=utc_now())
    assert caught.value.category is ErrorCategory.AUTHENTICATION


def test_one_good_signature_among_several_is_enough(
    replicate: ImageProvider, connection: Connection, delivered: Received
) -> None:
    headers = {name.lower(): value for name, value in delivered.headers.items()}
    headers["webhook-signature"] = f"v1,AAAA v2,xx {headers['webhook-signature']}"
    assert replicate.verify(connection, headers, delivered.body, now=utc_now()).request_id


def test_a_webhook_that_is_not_taken_comes_again(
    replicate: ImageProvider, connection: Connection, control: StandInControl, listener: Listener
) -> None:
    listener.refusals = 1
    model = model_named(replicate, connection, "black-forest-labs/flux-schnell")
    replicate.submit(connection, replace(request_for(model), webhook_url=listener.url))
    first, second = listener.wait_for(2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
