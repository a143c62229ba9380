"""Pictures of Gemini, and the many ways it has to give none."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.adapters.images.gemini.answers import read_answer
from core.studio.providers import (
    CatalogueModel,
    Connection,
    ErrorCategory,
    GenerationError,
    ImageProvider,
    InputFile,
)
from tests.providers.support import FAULTS, Fault, StandInControl, model_named, request_for

E = ErrorCategory
NO_PICTURE = [
    "SAFETY", "IMAGE_SAFETY", "PROHIBITED_CONTENT", "IMAGE_PROHIBITED_CONTENT", "RECITATION", "IMAGE_RECITATION",
    "NO_IMAGE", "IMAGE_OTHER", "MAX_TOKENS",
]  # fmt: skip
BLOCKED = ["SAFETY", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY", "OTHER"]


def test_a_picture_from_words_in_the_ratio_that_was_asked_for(
    gemini: ImageProvider, connection: Connection, flash: CatalogueModel, tmp_path: Path
) -> None:
    submitted = gemini.submit(connection, request_for(flash, aspectRatio="16:9", seed="42"))
    outcome = submitted.outcome
    assert outcome is not None
    gemini.fetch(connection, outcome.outputs[0], tmp_path / "a.png", max_bytes=10**7)
    with Image.open(tmp_path / "a.png") as image:
        assert image.width / image.height == pytest.approx(16 / 9, rel=0.03)
    assert outcome.model_answered == "gemini-2.5-flash-image"
    assert outcome.returned["finishReason"] == "STOP"
    assert submitted.handle.request_id == outcome.returned["responseId"]
    used = outcome.consumption
    assert (used.images, used.tokens_in, used.tokens_in_image) == (1, 5, 0)
    assert (used.tokens_out_image, used.tokens_out, used.tokens_reasoning) == (1290, 0, None)


def test_without_a_ratio_the_shape_follows_the_picture_that_goes_in(
    gemini: ImageProvider, connection: Connection, flash: CatalogueModel, picture: InputFile, tmp_path: Path
) -> None:
    outcome = gemini.submit(connection, request_for(flash, picture)).outcome
    assert outcome is not None
    assert outcome.consumption.tokens_in_image == 258
    gemini.fetch(connection, outcome.outputs[0], tmp_path / "a.png", max_bytes=10**7)
    with Image.open(tmp_path / "a.png") as image:
        assert image.width / image.height == pytest.approx(64 / 48, rel=0.03)


def test_a_model_that_thinks_is_counted_thinking(gemini: ImageProvider, connection: Connection) -> None:
    model = model_named(gemini, connection, "gemini-3-pro-image-preview")
    outcome = gemini.submit(connection, request_for(model, imageSize="1K")).outcome
    assert outcome is not None
    assert (outcome.consumption.tokens_reasoning, outcome.consumption.tokens_out_image) == (180, 1120)


@pytest.mark.parametrize("reason", NO_PICTURE)
def test_a_good_answer_without_a_picture_names_its_reason(
    gemini: ImageProvider, connection: Connection, flash: CatalogueModel, reason: str
) -> None:
    with pytest.raises(GenerationError, match=reason) as caught:
        gemini.submit(connection, request_for(flash, prompt=f"sandbox:{reason}"))
    error = caught.value
    assert (error.category, error.provider_code, error.http_status) == (E.NO_IMAGE, reason, 200)
    assert error.consumption is not None
    assert error.consumption.tokens_in


@pytest.mark.parametrize("reason", BLOCKED)
def test_a_blocked_prompt_is_against_the_rules(
    gemini: ImageProvider, connection: Connection, control: StandInControl, flash: CatalogueModel, reason: str
) -> None:
    with pytest.raises(GenerationError) as caught:
        gemini.submit(connection, request_for(flash, prompt=f"sandbox:block:{reason}"))
    assert (caught.value.category, caught.value.provider_code) == (E.CONTENT_POLICY, reason)
    assert control.begun == 0


def test_words_alone_are_no_picture(gemini: ImageProvider, connection: Connection, flash: CatalogueModel) -> None:
    with pytest.raises(GenerationError, match="words only") as caught:
        gemini.submit(connection, request_for(flash, prompt="sandbox:text"))
    assert caught.value.category is E.NO_IMAGE


@pytest.mark.parametrize(
    ("key", "category"),
    [("AIza-wrong", E.AUTHENTICATION), (None, E.AUTHENTICATION), ("AIza-sandbox-broke", E.QUOTA)],
)
def test_a_key_that_does_not_do_says_why(
    gemini: ImageProvider,
    connection: Connection,
    control: StandInControl,
    flash: CatalogueModel,
    key: str | None,
    category: ErrorCategory,
) -> None:
    with pytest.raises(GenerationError) as caught:
        gemini.submit(replace(connection, api_key=key), request_for(flash))
    assert (caught.value.category, caught.value.effect_possible) == (category, False)
    assert control.begun == 0


@pytest.mark.parametrize("parameters", [{"imageSize": "4K"}, {"aspectRatio": "7:5"}])
def test_a_refused_value_is_named(
    gemini: ImageProvider, connection: Connection, flash: CatalogueModel, parameters: dict[str, Any]
) -> None:
    with pytest.raises(GenerationError) as caught:
        gemini.submit(connection, request_for(flash, **parameters))
    assert (caught.value.category, caught.value.provider_code) == (E.VALIDATION, "INVALID_ARGUMENT")
    assert next(iter(parameters.values())) in str(caught.value)


@pytest.mark.parametrize(
    ("parameters", "images", "said"),
    [({"prompt": ""}, 1, "A prompt is needed"), ({}, 2, "one picture"), ({"seed": "many"}, 1, "whole number")],
)
def test_what_cannot_be_asked_is_not_sent(
    gemini: ImageProvider,
    connection: Connection,
    control: StandInControl,
    flash: CatalogueModel,
    parameters: dict[str, Any],
    images: int,
    said: str,
) -> None:
    with pytest.raises(GenerationError, match=said) as caught:
        gemini.submit(connection, request_for(flash, images=images, **parameters))
    assert caught.value.category is E.VALIDATION
    assert control.state()["requests"] == []


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_of_a_submission_is_taken_for_what_it_is(
    gemini: ImageProvider, connection: Connection, control: StandInControl, flash: CatalogueModel, fault: Fault
) -> None:
    control.fault(fault.kind, "*:generateContent", **fault.rule)
    with pytest.raises(GenerationError) as caught:
        gemini.submit(connection, request_for(flash))
    error = caught.value
    assert (error.category, error.effect_possible) == (fault.category, fault.effect_possible)
    assert error.retry_after == fault.retry_after  # here it stands in the body, not in a header
    assert control.begun == fault.begun


def test_checking_names_the_models_of_the_key(gemini: ImageProvider, connection: Connection) -> None:
    assert "Gemini 2.5 Flash Image" in gemini.check(connection).message
    with pytest.raises(GenerationError) as caught:
        gemini.check(replace(connection, api_key="AIza-wrong"))
    assert caught.value.category is E.AUTHENTICATION


def test_drafts_that_it_thought_in_are_no_results() -> None:
    draft = {"thought": True, "inlineData": {"mimeType": "image/png", "data": "QUJD"}}
    final = {"inline_data": {"mime_type": "image/jpeg", "data": "REVG"}}
    outcome = read_answer({"candidates": [{"content": {"parts": [draft, final]}, "finishReason": "STOP"}]})
    assert [output.url for output in outcome.outputs] == ["data:image/jpeg;base64,REVG"]
    assert outcome.consumption.tokens_in is None  # nothing was said
