"""Civitai's own ways: AIRs, LoRAs, Buzz, blobs, and webhooks that nothing signs."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.adapters.images.civitai import CivitaiImages
from core.adapters.images.civitai.answers import status_of
from core.clock import utc_now
from core.studio.providers import (
    ADDRESS_SECRET_HEADER,
    CallState,
    Connection,
    ErrorCategory,
    GenerationError,
    GenerationRequest,
    ImageProvider,
    InputFile,
)
from tests.providers.hooks import Listener
from tests.providers.queued.places import ended, failure_of, outcome_of
from tests.providers.support import StandInControl, model_named, new_key, request_for

E = ErrorCategory
SD1 = "urn:air:sd1:checkpoint:civitai:4384@128713"
LORA = "urn:air:sd1:lora:civitai:7@9"
SECRET = "hunter2"


def small(provider: ImageProvider, connection: Connection, *inputs: InputFile, **given: Any) -> GenerationRequest:
    model = model_named(provider, connection, SD1)
    return request_for(model, *inputs, **{"width": 256, "height": 256, **given})


def test_what_a_call_cost_is_told_in_buzz_and_known_before(
    civitai: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    assert isinstance(civitai, CivitaiImages)
    request = replace(small(civitai, connection, width=512, height=512, steps=40), images=2)
    estimate = civitai.estimate(connection, request)
    assert (estimate.reported_cost, estimate.currency) == (4, "buzz")
    assert control.begun == 0
    used = outcome_of(ended(civitai, connection, request)).consumption
    assert (used.reported_cost, used.currency, used.images) == (4, "buzz", 2)
    assert used.megapixels == Decimal(2 * 512 * 512) / 1_000_000


@pytest.mark.parametrize(
    ("word", "category", "code", "buzz"),
    [
        ("failed", E.UNKNOWN, "failed", 0),
        ("memory", E.TRANSIENT, "expired", 0),
        ("blocked", E.CONTENT_POLICY, "NSFWLevel", 1),
        ("empty", E.NO_IMAGE, None, 1),
    ],
)
def test_a_workflow_that_brought_nothing_says_what_was_given_back(
    civitai: ImageProvider,
    connection: Connection,
    control: StandInControl,
    word: str,
    category: ErrorCategory,
    code: str | None,
    buzz: int,
) -> None:
    status = ended(civitai, connection, small(civitai, connection, prompt=f"sandbox:{word}"))
    error = failure_of(status)
    assert (error.category, error.provider_code) == (category, code)
    assert status.consumption is not None
    assert status.consumption.reported_cost == buzz


def test_withheld_pictures_are_left_out() -> None:
    good = {"id": "blob_1", "available": True, "url": "https://x.test/1"}
    withheld = {"id": "blob_2", "available": False, "url": None, "blockedReason": "NSFWLevel"}
    status = status_of({"status": "succeeded", "steps": [{"output": {"images": [good, withheld]}}]})
    outcome = outcome_of(status)
    assert [output.url for output in outcome.outputs] == ["https://x.test/1"]
    assert outcome.returned["withheld"] == 1
    assert outcome.consumption.reported_cost is None  # not said: unknown


def test_loras_go_along_with_their_strengths(
    civitai: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    request = small(civitai, connection, loras=f"{LORA}=0.6")
    assert ended(civitai, connection, request).state is CallState.DONE
    with pytest.raises(GenerationError, match="not AIR=strength"):
        civitai.submit(connection, small(civitai, connection, loras=f"{LORA}=much"))
    with pytest.raises(GenerationError, match="is not a lora of sd1") as caught:
        civitai.submit(connection, small(civitai, connection, loras="urn:air:sdxl:lora:civitai:7@9"))
    assert caught.value.category is E.VALIDATION


def test_a_checkpoint_is_added_by_its_air(
    civitai: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    named = replace(connection, settings={"models": ["urn:air:sdxl:checkpoint:civitai:133005@1759168"]})
    added = civitai.models(named)[-1]
    assert (added.family, added.definition["input"]["ecosystem"]) == ("stable-diffusion", "sdxl")
    outcome = outcome_of(ended(civitai, named, request_for(added, width=256, height=256)))
    assert outcome.model_answered == added.model_id
    with pytest.raises(GenerationError, match="does not look like urn:air:"):
        civitai.models(replace(connection, settings={"models": ["133005"]}))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"steps": 1000}, "steps.*between 1 and 150"),
        ({"sampleMethod": "magic"}, "'magic' is not valid"),
        ({"sparkle": 1}, "sparkle.*not known"),
    ],
)
def test_a_refused_value_is_named(
    civitai: ImageProvider, connection: Connection, control: StandInControl, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(GenerationError, match=said) as caught:
        civitai.submit(connection, small(civitai, connection, **given))
    assert (caught.value.category, caught.value.effect_possible) == (E.VALIDATION, False)


def test_a_picture_that_goes_in_makes_a_variant(
    civitai: ImageProvider, connection: Connection, control: StandInControl, picture: InputFile, tmp_path: Path
) -> None:
    (output,) = outcome_of(ended(civitai, connection, small(civitai, connection, picture, strength=0.4))).outputs
    civitai.fetch(connection, output, tmp_path / "a", max_bytes=1024**2)  # by way of a redirect
    assert control.state()["uploads"] == 1


def test_an_address_that_has_ended_is_made_anew_while_the_picture_is_there(
    civitai: ImageProvider, connection: Connection, control: StandInControl, tmp_path: Path
) -> None:
    (output,) = outcome_of(ended(civitai, connection, small(civitai, connection))).outputs
    assert output.url is not None
    old = replace(output, url=output.url.replace("exp=1", "exp=0"))
    civitai.fetch(connection, old, tmp_path / "a", max_bytes=1024**2)
    with pytest.raises(GenerationError) as caught:
        civitai.fetch(connection, replace(old, details={"id": "blob_GONE"}), tmp_path / "b", max_bytes=1024**2)
    assert caught.value.category is E.EXPIRED


def test_a_lost_call_is_found_by_its_key_alone(
    civitai: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    since = utc_now() - timedelta(minutes=1)
    request = small(civitai, connection, seed=1)
    handle = civitai.submit(connection, request).handle
    twin = replace(request, key=new_key())  # the same words and seed
    assert civitai.find(connection, twin, since=since) is None
    assert civitai.find(connection, request, since=since) == handle
    assert control.state()["keys_begun_twice"] == 0


def test_a_webhook_is_believed_for_the_secret_in_its_address(
    civitai: ImageProvider, connection: Connection, control: StandInControl, listener: Listener
) -> None:
    ours = replace(connection, settings={"webhook_secret": SECRET})
    request = replace(small(civitai, ours), webhook_url=f"{listener.url}/{SECRET}")
    handle = civitai.submit(ours, request).handle
    (received,) = listener.wait_for(1)
    headers = {**received.headers, ADDRESS_SECRET_HEADER: received.path.rpartition("/")[2]}
    assert civitai.verify(ours, headers, received.body, now=utc_now()).request_id == handle.request_id
    for wrong in ({}, {ADDRESS_SECRET_HEADER: "hunter3"}):
        with pytest.raises(GenerationError) as caught:
            civitai.verify(ours, {**received.headers, **wrong}, received.body, now=utc_now())
        assert caught.value.category is E.AUTHENTICATION
    with pytest.raises(GenerationError):
        civitai.verify(ours, headers, b"[]", now=utc_now())


def test_without_a_secret_no_webhook_is_asked_for_and_none_believed(
    civitai: ImageProvider, connection: Connection, control: StandInControl, listener: Listener
) -> None:
    civitai.submit(connection, replace(small(civitai, connection), webhook_url=listener.url))
    assert control.state()["webhooks"] == []
    with pytest.raises(GenerationError):
        civitai.verify(connection, {ADDRESS_SECRET_HEADER: ""}, b'{"workflowId": "wf_1"}', now=utc_now())
