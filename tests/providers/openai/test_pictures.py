"""Pictures of OpenAI: what is sent, what comes back, what it used, and how it refuses."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.adapters.images.http import Line
from core.adapters.images.openai.adapter import OpenAiImages
from core.adapters.images.openai.calls import dialect
from core.clock import utc_now
from core.studio.providers import (
    CallState,
    Connection,
    ErrorCategory,
    GenerationError,
    Handle,
    ImageProvider,
    InputFile,
)
from tests.providers.support import FAULTS, Fault, StandInControl, model_named, other_input, request_for
from tests.sandbox.support import wait_until

E = ErrorCategory


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def test_one_call_makes_as_many_pictures_as_it_is_asked_for(
    openai: ImageProvider, connection: Connection, control: StandInControl, tmp_path: Path
) -> None:
    model = model_named(openai, connection, "gpt-image-1.5")
    wanted = request_for(model, images=2, size="1536x1024", quality="low", output_format="jpeg")
    submitted = openai.submit(connection, wanted)
    outcome = submitted.outcome
    assert outcome is not None
    assert submitted.handle.request_id.startswith("req_")
    openai.fetch(connection, outcome.outputs[1], tmp_path / "b.jpg", max_bytes=10**7)
    assert size_of(tmp_path / "b.jpg") == (1536, 1024)
    used = outcome.consumption
    assert (used.images, used.tokens_out_image, used.size, used.quality) == (2, 2 * 408, "1536x1024", "low")
    assert (used.tokens_in, used.tokens_in_image, used.tokens_out) == (5, 0, 0)  # an explicit zero is a value
    assert used.reported_cost is None
    (begun,) = control.state()["generations"]
    assert (begun["key"], begun["images"]) == (wanted.key, 2)


def test_pictures_that_go_in_are_counted(openai: ImageProvider, connection: Connection, picture: InputFile) -> None:
    model = model_named(openai, connection, "gpt-image-1")
    inputs = (picture, other_input(picture, "image_2"), other_input(picture, "mask"))
    wanted = request_for(model, *inputs, input_fidelity="low", background="transparent", image="prd_1")
    outcome = openai.submit(connection, wanted).outcome
    assert outcome is not None
    assert outcome.consumption.tokens_in_image == 2 * 323
    assert outcome.returned["background"] == "transparent"


def test_an_older_model_gives_an_address_and_its_own_words(
    openai: ImageProvider, connection: Connection, control: StandInControl, tmp_path: Path
) -> None:
    model = model_named(openai, connection, "dall-e-3")
    outcome = openai.submit(connection, request_for(model, quality="hd")).outcome
    assert outcome is not None
    assert outcome.returned["revised_prompt"] == "A picture of a lighthouse at dusk"
    assert (outcome.consumption.images, outcome.consumption.quality) == (1, "hd")
    assert outcome.consumption.tokens_out_image is None  # not said: unknown
    openai.fetch(connection, outcome.outputs[0], tmp_path / "a.png", max_bytes=10**7)
    assert size_of(tmp_path / "a.png") == (1024, 1024)


def test_an_address_that_has_ended_is_expired(
    openai: ImageProvider, connection: Connection, control: StandInControl, tmp_path: Path
) -> None:
    control.behave(url_seconds=0)
    outcome = openai.submit(connection, request_for(model_named(openai, connection, "dall-e-2"))).outcome
    assert outcome is not None
    with pytest.raises(GenerationError) as caught:
        openai.fetch(connection, outcome.outputs[0], tmp_path / "a.png", max_bytes=10**7)
    assert caught.value.category is E.EXPIRED


@pytest.mark.parametrize("model_id", ["gpt-image-2", "gpt-image-1.5", "gpt-image-1", "gpt-image-1-mini", "dall-e-2"])
def test_every_model_takes_its_own_defaults(openai: ImageProvider, connection: Connection, model_id: str) -> None:
    model = model_named(openai, connection, model_id)
    assert openai.submit(connection, request_for(model, quality="low" if "gpt" in model_id else None)).outcome


@pytest.mark.parametrize(
    ("key", "category", "code"),
    [
        ("sk-wrong", E.AUTHENTICATION, "invalid_api_key"),
        (None, E.AUTHENTICATION, "invalid_request_error"),
        ("sk-sandbox-broke", E.QUOTA, "insufficient_quota"),
        ("sk-sandbox-unverified", E.VALIDATION, "invalid_request_error"),
    ],
)
def test_a_key_that_does_not_do_says_why(
    openai: ImageProvider,
    connection: Connection,
    control: StandInControl,
    key: str | None,
    category: ErrorCategory,
    code: str,
) -> None:
    model = model_named(openai, connection, "gpt-image-1")
    with pytest.raises(GenerationError) as caught:
        openai.submit(replace(connection, api_key=key), request_for(model))
    assert (caught.value.category, caught.value.provider_code) == (category, code)
    assert not caught.value.effect_possible
    assert ("Verify the organisation" in str(caught.value)) == (key == "sk-sandbox-unverified")
    assert control.begun == 0


@pytest.mark.parametrize(
    ("model_id", "parameters", "category", "code"),
    [
        ("gpt-image-1", {"prompt": "sandbox:blocked"}, E.CONTENT_POLICY, "moderation_blocked"),
        ("dall-e-3", {"prompt": "sandbox:blocked"}, E.CONTENT_POLICY, "content_policy_violation"),
        ("gpt-image-1", {"size": "512x512"}, E.VALIDATION, "invalid_value"),
        ("gpt-image-2", {"size": "1000x1000"}, E.VALIDATION, "invalid_value"),
        ("gpt-image-1", {"style": "vivid"}, E.VALIDATION, "unknown_parameter"),
        ("dall-e-3", {"background": "opaque"}, E.VALIDATION, "unknown_parameter"),
        ("gpt-image-1", {"prompt": "x" * 32_001}, E.VALIDATION, "string_above_max_length"),
    ],
)
def test_a_refused_value_is_named(
    openai: ImageProvider,
    connection: Connection,
    control: StandInControl,
    model_id: str,
    parameters: dict[str, Any],
    category: ErrorCategory,
    code: str,
) -> None:
    model = model_named(openai, connection, model_id)
    with pytest.raises(GenerationError) as caught:
        openai.submit(connection, request_for(model, **parameters))
    assert (caught.value.category, caught.value.provider_code) == (category, code)
    assert (caught.value.http_status, caught.value.effect_possible) == (400, False)
    assert control.begun == 0


def test_a_size_of_ones_own_fits_the_newest_model(openai: ImageProvider, connection: Connection) -> None:
    model = model_named(openai, connection, "gpt-image-2")
    outcome = openai.submit(connection, request_for(model, size="512x256")).outcome
    assert outcome is not None
    assert outcome.consumption.size == "512x256"


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_of_a_submission_is_taken_for_what_it_is(
    openai: ImageProvider, connection: Connection, control: StandInControl, fault: Fault
) -> None:
    control.fault(fault.kind, "/v1/images/*", **fault.rule)
    wanted = request_for(model_named(openai, connection, "dall-e-2"), size="256x256")
    with pytest.raises(GenerationError) as caught:
        openai.submit(connection, wanted)
    error = caught.value
    assert (error.category, error.effect_possible) == (fault.category, fault.effect_possible)
    assert error.retry_after == fault.retry_after
    assert control.begun == fault.begun


def test_an_answer_that_takes_too_long_may_have_had_its_effect(
    openai: ImageProvider, connection: Connection, control: StandInControl
) -> None:
    control.fault("slow", "/v1/images/*", seconds=30, after_effect=True)
    hasty = OpenAiImages(Line("openai", dialect("OpenAI")), "", call_seconds=0.2)
    with pytest.raises(GenerationError) as caught:
        hasty.submit(connection, request_for(model_named(openai, connection, "dall-e-2"), size="256x256"))
    hasty.close()
    assert (caught.value.category, caught.value.effect_possible) == (E.NETWORK, True)
    wait_until(lambda: control.begun == 1)


@pytest.mark.parametrize("ending", ["", "/", "/v1/"])
def test_the_version_may_be_left_out_of_the_address(openai: ImageProvider, connection: Connection, ending: str) -> None:
    root = str(connection.base_url).removesuffix("/v1")
    assert openai.check(replace(connection, base_url=f"{root}{ending}"))


def test_an_empty_prompt_is_not_sent(openai: ImageProvider, connection: Connection, control: StandInControl) -> None:
    with pytest.raises(GenerationError, match="A prompt is needed"):
        openai.submit(connection, request_for(model_named(openai, connection, "gpt-image-1"), prompt=""))
    assert control.state()["requests"] == []


def test_a_picture_that_is_gone_is_a_matter_of_files(
    openai: ImageProvider, connection: Connection, picture: InputFile
) -> None:
    picture.path.unlink()
    with pytest.raises(GenerationError) as caught:
        openai.submit(connection, request_for(model_named(openai, connection, "gpt-image-1"), picture))
    assert caught.value.category is E.FILE_SYSTEM


def test_checking_names_the_models_of_the_key(openai: ImageProvider, connection: Connection) -> None:
    assert "gpt-image-1-mini" in openai.check(connection).message
    with pytest.raises(GenerationError) as caught:
        openai.check(replace(connection, api_key="sk-wrong"))
    assert caught.value.category is E.AUTHENTICATION


def test_a_lost_call_cannot_be_looked_up(openai: ImageProvider, connection: Connection) -> None:
    handle = Handle("req_1")
    assert openai.traits.answers_at_once
    assert not openai.traits.finds_lost_calls
    assert openai.poll(connection, handle).state is CallState.LOST
    assert not openai.cancel(connection, handle)
    wanted = request_for(model_named(openai, connection, "gpt-image-1"))
    with pytest.raises(GenerationError) as caught:
        openai.find(connection, wanted, since=utc_now())
    assert caught.value.effect_possible
