"""Replicate's own ways: versions, schemas of inputs, files, codes of failures, and what a call used."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from core.adapters.images.http import Line
from core.adapters.images.replicate import ReplicateImages
from core.adapters.images.replicate.answers import DIALECT, status_of
from core.clock import utc_now
from core.studio.parameters import ParameterType
from core.studio.providers import (
    CallState,
    Connection,
    ErrorCategory,
    GenerationError,
    Handle,
    ImageProvider,
    InputFile,
    Modality,
    ProviderKind,
)
from tests.providers.queued.places import ended, failure_of, outcome_of
from tests.providers.support import StandInControl, model_named, new_key, other_input, request_for

E = ErrorCategory
SCHNELL = "black-forest-labs/flux-schnell"
SDXL = "stability-ai/sdxl"


def answering(answer: Callable[[httpx.Request], httpx.Response]) -> ReplicateImages:
    """An adapter whose calls end in ``answer``."""
    return ReplicateImages(Line("replicate", DIALECT, transport=httpx.MockTransport(answer)))


def test_a_community_model_is_asked_for_by_version_and_says_how_long_it_ran(
    replicate: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    model = model_named(replicate, connection, SDXL)
    control.behave(seconds=0.05)
    request = request_for(model, width=64, height=64)
    handle = replicate.submit(connection, request).handle
    control.behave(seconds=0.05)
    while (status := replicate.poll(connection, handle)).state is not CallState.DONE:
        pass
    outcome = outcome_of(status)
    assert outcome.returned["version"] == model.version
    assert outcome.consumption.seconds == Decimal("0.05")
    assert outcome.consumption.reported_cost is None
    assert outcome.model_answered == SDXL
    (row,) = control.state()["requests"][-1:]
    assert row["endpoint"].startswith("/v1/predictions/")


def test_a_seed_is_sent_even_if_nobody_chose_one(
    replicate: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    request = request_for(model_named(replicate, connection, SCHNELL))
    first = outcome_of(ended(replicate, connection, request))
    again = outcome_of(ended(replicate, connection, request))
    other = outcome_of(ended(replicate, connection, replace(request, key=new_key())))
    assert first.returned["seed"] == again.returned["seed"] != other.returned["seed"]


def test_pictures_go_in_as_uploaded_files(
    replicate: ImageProvider, connection: Connection, control: StandInControl, picture: InputFile
) -> None:
    model = model_named(replicate, connection, SDXL)
    request = request_for(model, picture, other_input(picture, "mask"), width=64, height=64)
    since = utc_now() - timedelta(minutes=1)
    handle = replicate.submit(connection, request).handle
    assert replicate.poll(connection, handle).state is CallState.DONE
    assert control.state()["uploads"] == 2
    found = replicate.find(connection, request, since=since)  # although their addresses are others every time
    assert found is not None
    assert found.request_id == handle.request_id


def test_what_began_earlier_is_not_taken_for_a_lost_call(
    replicate: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    request = request_for(model_named(replicate, connection, SCHNELL))
    replicate.submit(connection, request)
    assert replicate.find(connection, request, since=utc_now() + timedelta(minutes=1)) is None
    other = replace(request, key=new_key())
    assert replicate.find(connection, other, since=utc_now() - timedelta(minutes=1)) is None


def test_calls_without_a_seed_cannot_be_told_apart(
    replicate: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    request = request_for(model_named(replicate, connection, "recraft-ai/recraft-v3"))
    for _ in range(2):
        replicate.submit(connection, request)
    with pytest.raises(GenerationError, match="decide to repeat it") as caught:
        replicate.find(connection, request, since=utc_now() - timedelta(minutes=1))
    assert (caught.value.category, caught.value.effect_possible) == (E.UNKNOWN, True)


def test_a_model_that_makes_one_picture_is_not_asked_for_two(
    replicate: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    model = model_named(replicate, connection, "black-forest-labs/flux-1.1-pro")
    with pytest.raises(GenerationError, match="one picture a call"):
        replicate.submit(connection, request_for(model, images=2))
    (output,) = outcome_of(ended(replicate, connection, request_for(model))).outputs  # its output is one address
    assert output.url is not None
    assert control.begun == 1


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"num_inference_steps": 9}, "input.num_inference_steps: Must be less than or equal to 4"),
        ({"aspect_ratio": "7:5"}, "input.aspect_ratio: Must be one of"),
        ({"sparkle": 1}, "input.sparkle: Unexpected field"),
    ],
)
def test_a_refused_value_is_named(
    replicate: ImageProvider, connection: Connection, control: StandInControl, parameters: dict[str, Any], said: str
) -> None:
    request = request_for(model_named(replicate, connection, SCHNELL), **parameters)
    with pytest.raises(GenerationError, match=said) as caught:
        replicate.submit(connection, request)
    assert (caught.value.category, caught.value.effect_possible) == (E.VALIDATION, False)


@pytest.mark.parametrize("version", [None, "0" * 64])
def test_a_model_without_its_version_is_no_matter_of_the_network(
    replicate: ImageProvider, connection: Connection, control: StandInControl, version: str | None
) -> None:
    model = replace(model_named(replicate, connection, SDXL), version=version)
    with pytest.raises(GenerationError) as caught:
        replicate.submit(connection, request_for(model))
    assert caught.value.category is E.VALIDATION


def test_the_limits_end_is_read_from_the_body_where_no_header_says_it(
    replicate: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    control.fault("rate_limit")
    with pytest.raises(GenerationError) as caught:
        replicate.submit(connection, request_for(model_named(replicate, connection, SCHNELL)))
    assert (caught.value.category, caught.value.retry_after) == (E.RATE_LIMITED, 30)


def test_a_failed_model_is_not_repeated_and_says_what_it_said(
    replicate: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    request = request_for(model_named(replicate, connection, SCHNELL), prompt="sandbox:failed")
    status = ended(replicate, connection, request)
    error = failure_of(status)
    assert (error.category, error.retry_after) == (E.UNKNOWN, None)
    assert "shapes cannot be multiplied" in str(error)
    assert status.consumption is not None
    assert status.consumption.seconds == 0


@pytest.mark.parametrize(
    ("said", "category", "code"),
    [
        ("NSFW content detected. Try running it again, or try a different prompt.", E.CONTENT_POLICY, "nsfw"),
        ("The input or output was flagged as sensitive. Please try again. (E005)", E.CONTENT_POLICY, "E005"),
        ("Prediction interrupted; please retry (code: E6716)", E.TRANSIENT, "E6716"),
        ("Ran out of memory (E1001)", E.TRANSIENT, "E1001"),
        ("ValueError: 500 is not in list", E.UNKNOWN, None),
        (None, E.UNKNOWN, None),
    ],
)
def test_the_code_in_a_failed_prediction_decides(said: str | None, category: ErrorCategory, code: str | None) -> None:
    error = failure_of(status_of({"status": "failed", "error": said}))
    assert (error.category, error.provider_code) == (category, code)
    assert error.retry_after == (60 if code == "E1001" else None)


def test_a_prediction_that_was_cleared_is_expired(
    replicate: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    handle = replicate.submit(connection, request_for(model_named(replicate, connection, SCHNELL))).handle
    control.behave(output_seconds=0)
    assert failure_of(replicate.poll(connection, handle)).category is E.EXPIRED


def test_a_deadline_before_the_start_is_a_cancelled_call_without_cost() -> None:
    status = status_of({"status": "aborted", "metrics": {}})
    assert status.state is CallState.CANCELLED
    assert status.consumption is not None
    assert status.consumption.seconds is None


def test_a_named_model_brings_its_parameters_from_its_schema(
    replicate: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    named = replace(connection, settings={"models": [SDXL, "black-forest-labs/flux-dev"]})
    sdxl, dev = replicate.models(named)[-2:]
    assert (sdxl.name, sdxl.version, dev.version) == ("sdxl", model_named(replicate, connection, SDXL).version, None)
    assert (sdxl.modality, sdxl.definition) == (Modality.TEXT_TO_IMAGE, {"seed": "seed", "images": "num_outputs"})
    scheduler, steps, seed, image = (
        sdxl.parameters.get(name) for name in ("scheduler", "num_inference_steps", "seed", "image")
    )
    assert scheduler is not None
    assert (scheduler.type, scheduler.default) == (ParameterType.ENUM, "K_EULER")
    assert "DDIM" in scheduler.choices
    assert steps is not None
    assert (steps.minimum, steps.maximum, steps.default, steps.aliases) == (1, 500, 50, ("steps",))
    assert seed is not None
    assert (seed.type, seed.default) == (ParameterType.SEED, None)
    assert image is not None
    assert image.type is ParameterType.IMAGE
    assert sdxl.parameters.get("num_outputs") is None  # how many pictures is asked for elsewhere
    assert sdxl.capabilities["images_per_call"] == 4
    outcome_of(ended(replicate, named, request_for(sdxl, images=2, width=64, height=64)))


@pytest.mark.parametrize("named", ["flux", "nobody/nothing", f"{SDXL}:{'0' * 64}"])
def test_a_name_that_is_no_model_is_refused(
    replicate: ImageProvider, connection: Connection, control: StandInControl, named: str
) -> None:
    with pytest.raises(GenerationError) as caught:
        replicate.models(replace(connection, settings={"models": [named]}))
    assert caught.value.category is E.VALIDATION


def test_outputs_may_be_data_or_nested() -> None:
    picture = "data:image/png;base64,AAAA"
    status = status_of(
        {"status": "succeeded", "output": {"main": picture, "more": ["https://x.test/a", "words", None]}}
    )
    assert [output.url for output in outcome_of(status).outputs] == [picture, "https://x.test/a"]


def test_a_creation_without_an_id_leaves_its_effect_open() -> None:
    provider = answering(lambda _: httpx.Response(201, json={"detail": "odd"}))
    connection = Connection("prv", ProviderKind.REPLICATE, "http://127.0.0.1:9", "r8_x")
    with pytest.raises(GenerationError) as caught:
        provider.submit(connection, request_for(model_named(provider, connection, SCHNELL)))
    assert (caught.value.category, caught.value.effect_possible) == (E.TRANSIENT, True)


def test_the_version_of_the_address_may_be_there_or_not() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json={"id": "p", "status": "starting"})

    for url in ("http://127.0.0.1:9", "http://127.0.0.1:9/v1/", "http://127.0.0.1:9/v1"):
        answering(answer).poll(Connection("prv", ProviderKind.REPLICATE, url, "r8_x"), Handle("p"))
    assert set(asked) == {"/v1/predictions/p"}
