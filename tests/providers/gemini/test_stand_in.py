"""The imitated Gemini itself, where the adapter cannot go."""

import base64
from typing import Any

import httpx
import pytest

from tests.providers.support import StandInControl
from tests.sandbox.support import png

PATH = "/v1beta/models/gemini-2.5-flash-image:generateContent"
WORDS = {"role": "user", "parts": [{"text": "a hare"}]}
PICTURE = base64.b64encode(png()).decode()


def ask(sandbox_url: str, body: Any, path: str = PATH, **headers: str) -> httpx.Response:
    sent = {"x-goog-api-key": "AIza-sandbox", **headers}
    return httpx.post(f"{sandbox_url}/gemini{path}", json=body, headers=sent, trust_env=False)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"contents": []},
        {"contents": [{"parts": []}]},
        {"contents": [{"role": "system", "parts": [{"text": "a"}]}]},
        {"contents": [WORDS], "prompt": "a"},
        {"contents": [WORDS], "generationConfig": {"size": "1024x1024"}},
        {"contents": [WORDS], "generationConfig": {"responseModalities": ["VIDEO"]}},
        {"contents": [WORDS], "generationConfig": {"imageConfig": {"aspectRatio": "7:5"}}},
        {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png", "data": "!"}}]}]},
        {"contents": [{"parts": [{"inlineData": {"mimeType": "text/plain", "data": PICTURE}}]}]},
    ],
)
def test_a_request_is_looked_over(sandbox_url: str, control: StandInControl, body: Any) -> None:
    error = ask(sandbox_url, body).json()["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert control.begun == 0


def test_fields_are_taken_in_snake_case_too(sandbox_url: str, control: StandInControl) -> None:
    part = {"inline_data": {"mime_type": "image/png", "data": PICTURE}}
    body = {"contents": [{"parts": [part]}], "generation_config": {"response_modalities": ["IMAGE"]}}
    assert ask(sandbox_url, body).json()["candidates"][0]["finishReason"] == "STOP"
    assert control.begun == 1


def test_a_key_in_the_address_is_not_taken(sandbox_url: str, control: StandInControl) -> None:
    response = httpx.get(f"{sandbox_url}/gemini/v1beta/models?key=AIza-sandbox", trust_env=False)
    assert (response.status_code, response.json()["error"]["status"]) == (403, "PERMISSION_DENIED")


def test_a_model_that_makes_no_pictures_is_not_found(sandbox_url: str, control: StandInControl) -> None:
    response = ask(sandbox_url, {"contents": [WORDS]}, "/v1beta/models/imagen:generateContent")
    assert response.json()["error"]["status"] == "NOT_FOUND"
