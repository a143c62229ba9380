"""Servers that speak like OpenAI, each in its own accent."""

from dataclasses import replace
from typing import Any

import pytest

from core.adapters.images.calls import named_models
from core.adapters.images.openai.calls import dialect, model_names, read_answer
from core.studio.providers import (
    Connection,
    ErrorCategory,
    GenerationError,
    GenerationRequest,
    ImageProvider,
    Modality,
    ModelRef,
    ProviderKind,
)
from tests.providers.support import StandInControl, model_named, new_key, request_for


@pytest.fixture
def local(connection: Connection) -> Connection:
    return replace(connection, kind=ProviderKind.OPENAI_COMPATIBLE)


def answered(body: Any) -> Any:
    wanted = GenerationRequest(new_key(), ModelRef("m", Modality.TEXT_TO_IMAGE), {"prompt": "a", "size": "64x64"})
    return read_answer(dialect("The server"), "http://127.0.0.1:8000/v1", body, wanted)


def test_models_are_those_the_server_lists(compatible: ImageProvider, local: Connection) -> None:
    names = [model.model_id for model in compatible.models(local)]
    assert names[:2] == ["gpt-image-1", "gpt-image-1-mini"]
    assert compatible.check(local).message == "The server answers and lists 8 models."


def test_a_person_names_the_models_of_a_server_that_lists_none(
    compatible: ImageProvider, local: Connection, control: StandInControl
) -> None:
    control.fault("html_page", "/v1/models", status=404)
    named = replace(local, settings={"models": "flux-dev, sdxl\nflux-dev"})
    assert [model.model_id for model in compatible.models(named)] == ["flux-dev", "sdxl"]
    assert "does not list its models" in compatible.check(named).message
    with pytest.raises(GenerationError):
        compatible.check(local)


def test_a_picture_comes_from_a_server_of_ones_own(
    compatible: ImageProvider, local: Connection, control: StandInControl
) -> None:
    wanted = request_for(model_named(compatible, local, "dall-e-2"), size="256x256", seed=None)
    outcome = compatible.submit(local, wanted).outcome
    assert outcome is not None
    assert outcome.consumption.size == "256x256"
    assert control.begun == 1


def test_an_address_is_needed(compatible: ImageProvider, local: Connection) -> None:
    with pytest.raises(GenerationError, match="has no address"):
        compatible.check(replace(local, base_url=None))


def test_no_key_is_sent_where_there_is_none(compatible: ImageProvider, local: Connection) -> None:
    assert not compatible.traits.needs_key
    with pytest.raises(GenerationError) as caught:
        compatible.check(replace(local, api_key=None))
    assert caught.value.http_status == 401


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ({"data": [{"b64_json": "QUJD"}]}, "data:image/png;base64,QUJD"),
        ({"data": [{"b64": "QUJD"}], "output_format": "webp"}, "data:image/webp;base64,QUJD"),
        ({"data": [{"url": "https://pictures.example/a.png"}]}, "https://pictures.example/a.png"),
        ({"data": [{"url": "/files/a.png"}]}, "http://127.0.0.1:8000/files/a.png"),
        ({"images": ["QUJD"]}, "data:image/png;base64,QUJD"),
        ([{"url": "data:image/png;base64,QUJD"}], "data:image/png;base64,QUJD"),
        ({"data": [{"url": "\0"}, {"b64": "QUJD"}]}, "data:image/png;base64,QUJD"),
    ],
)
def test_pictures_are_found_however_they_are_given(body: Any, url: str) -> None:
    outcome = answered(body)
    assert [output.url for output in outcome.outputs] == [url]


@pytest.mark.parametrize("body", [{"data": []}, {"data": [{"b64_json": None}]}, {"data": "none"}, [], {"object": "x"}])
def test_an_answer_without_a_picture_says_so(body: Any) -> None:
    with pytest.raises(GenerationError) as caught:
        answered(body)
    assert caught.value.category is ErrorCategory.NO_IMAGE


def test_usage_without_details_is_words_in_and_pictures_out() -> None:
    used = answered({"data": ["QUJD"], "usage": {"input_tokens": 9, "output_tokens": 0}}).consumption
    assert (used.tokens_in, used.tokens_out_image, used.tokens_in_image, used.tokens_out) == (9, 0, None, None)


def test_lists_of_models_come_in_several_shapes() -> None:
    assert model_names({"data": [{"id": "a"}, {"id": "a"}, {"x": 1}]}) == ["a"]
    assert model_names({"models": [{"name": "b"}]}) == ["b"]
    assert model_names(["c"]) == ["c"]
    assert model_names("nothing") == []
    assert named_models({"models": ["a", " b "]}) == ["a", "b"]
