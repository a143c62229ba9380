"""Answers with anything anywhere: they are understood or named, and never break what reads them."""

import copy
import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, cast

import pytest

from core.adapters.images.civitai import answers as civitai
from core.adapters.images.comfyui import results as comfyui
from core.adapters.images.comfyui.calls import Calls
from core.adapters.images.fal import answers as fal
from core.adapters.images.gemini import answers as gemini
from core.adapters.images.openai import calls as openai
from core.adapters.images.replicate import answers as replicate
from core.studio.providers import ErrorCategory, GenerationError, GenerationRequest, Handle, Modality, ModelRef

RUBBISH = (None, True, 5, -1, float("inf"), 10**400, "", "\0", "x", "NaN", [], {}, [[]], [5], {"a": 5})
REQUEST = GenerationRequest("key", ModelRef("m", Modality.TEXT_TO_IMAGE), {}, 1)
PICTURE = {"url": "https://a.test/b", "width": 5, "height": 6}
PREDICTION = {
    "status": "succeeded", "output": [PICTURE["url"]], "input": {"seed": 1}, "metrics": {"predict_time": 1.5},
    "logs": " 10%|", "error": "E1001", "model": "m", "version": "v",
}  # fmt: skip
WORKFLOW = {
    "status": "succeeded", "cost": {"total": 5}, "transactions": {"list": [{"amount": 5, "type": "debit"}]},
    "steps": [{
        "input": {"seed": 3, "model": "m"}, "estimatedProgressRate": 0.3, "output": {"images": [PICTURE]},
        "jobs": [{"reason": "r", "blockedReason": "b"}],
    }],
}  # fmt: skip
RESULT = {"images": [PICTURE], "seed": 5, "timings": {"a": 1}, "has_nsfw_concepts": [False]}
CONTENT = {
    "candidates": [{"content": {"parts": [{"text": "x"}, {"inlineData": {"mimeType": "image/png", "data": "QUJD"}}]}}],
    "usageMetadata": {"promptTokenCount": 5, "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 5}]},
}
QUOTA = {"error": {"details": [{"reason": "r", "violations": [{"quotaValue": "0"}], "retryDelay": "5s"}]}}
RUN = {
    "status": {"messages": [["execution_start", {"timestamp": 1}], ["execution_success", {"timestamp": 5}]]},
    "outputs": {"9": {"images": [{"filename": "a.png", "subfolder": "", "type": "output"}]}},
}
IMAGES = {"data": [{"b64_json": "QUJD", "seed": 5}], "usage": {"output_tokens_details": {"image_tokens": 3}}}


def run_of(entry: Any) -> object:
    calls = cast(Calls, SimpleNamespace(address_of=lambda file: f"http://comfy.test/{file['filename']}"))
    return comfyui.status_of(entry, Handle("run", {"outputs": ["9"]}), calls)


def refusal_of(body: Any) -> object:
    return gemini.DIALECT.code_of(None, body), gemini.DIALECT.wait_of(body), gemini.DIALECT.detail_of(body)


def result_of(body: Any) -> object:
    return fal.outcome_of(body, seconds=None), fal.progress_of(body), fal.detail_of(body), fal.code_of(None, body)


def places(value: Any, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place below the top."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*here, name)
        yield from places(one, (*here, name))


def changed(body: Any, place: tuple[Any, ...], rubbish: Any) -> Any:
    found = inner = copy.deepcopy(body)
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = rubbish
    return found


@pytest.mark.parametrize(
    ("read", "body"),
    [
        (replicate.status_of, PREDICTION),
        (replicate.status_of, {**PREDICTION, "status": "failed"}),
        (civitai.status_of, WORKFLOW),
        (civitai.status_of, {**WORKFLOW, "status": "processing"}),
        (civitai.status_of, {**WORKFLOW, "status": "failed"}),
        (result_of, RESULT),
        (gemini.read_answer, CONTENT),
        (refusal_of, QUOTA),
        (run_of, RUN),
        (lambda body: openai.read_answer(openai.dialect("OpenAI"), "http://o.test/v1", body, REQUEST), IMAGES),
    ],
    ids=["replicate", "replicate-failed", "civitai", "civitai-runs", "civitai-failed", "fal", "gemini",
         "gemini-refused", "comfyui", "openai"],
)  # fmt: skip
def test_no_rubbish_breaks_the_reading_of_an_answer(read: Callable[[Any], object], body: Any) -> None:
    read(body)
    for place, rubbish in itertools.product(places(body), RUBBISH):
        with suppress(GenerationError):
            read(changed(body, place, rubbish))


@pytest.mark.parametrize("read", [replicate.status_of, civitai.status_of])
@pytest.mark.parametrize("status", [None, "", "on its way", []])
def test_a_status_nobody_knows_is_no_failure_but_asked_again(read: Callable[[Any], object], status: Any) -> None:
    with pytest.raises(GenerationError) as caught:
        read({"status": status})
    assert (caught.value.category, caught.value.effect_possible) == (ErrorCategory.TRANSIENT, False)
