"""The imitated OpenAI itself, where the adapter cannot go."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.providers.support import StandInControl
from tests.sandbox.support import png


@pytest.fixture
def http(sandbox_url: str, control: StandInControl) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer sk-sandbox"}
    with httpx.Client(base_url=f"{sandbox_url}/openai/v1", headers=headers, trust_env=False) as client:
        yield client


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"model": "gpt-image-1"}, "missing_required_parameter"),
        ({"model": "gpt-image-1", "prompt": "a", "n": 11}, "integer_above_max_value"),
        ({"model": "dall-e-3", "prompt": "a", "n": 2}, "integer_above_max_value"),
        ({"model": "gpt-image-1", "prompt": "a", "n": "2"}, "invalid_type"),
        ({"model": "gpt-image-1", "prompt": "a", "response_format": "url"}, "unknown_parameter"),
        ({"model": "gpt-image-1", "prompt": "a", "steps": 3}, "unknown_parameter"),
        ({"model": "gpt-image-1", "prompt": "a", "quality": "hd"}, "invalid_value"),
        ({"model": "gpt-image-2", "prompt": "a", "size": "3840x512"}, "invalid_value"),
        ({"model": "gpt-image-1", "prompt": "a", "background": "transparent", "output_format": "jpeg"}, None),
        ({"model": "gpt-image-1", "prompt": "a", "output_compression": 50}, None),
    ],
)
def test_a_request_is_looked_over(
    http: httpx.Client, control: StandInControl, body: dict[str, Any], code: str | None
) -> None:
    response = http.post("/images/generations", json=body)
    assert (response.status_code, response.json()["error"]["code"]) == (400, code)
    assert control.begun == 0


def test_a_model_there_is_none_of_is_not_found(http: httpx.Client) -> None:
    response = http.post("/images/generations", json={"model": "sdxl", "prompt": "a"})
    assert (response.status_code, response.json()["error"]["code"]) == (404, "model_not_found")


@pytest.mark.parametrize(
    ("data", "files", "code"),
    [
        ({"model": "gpt-image-1", "prompt": "a"}, [("image", ("a.png", b"text"))], "invalid_image_file"),
        ({"model": "dall-e-3", "prompt": "a"}, [("image", ("a.png", png()))], "invalid_value"),
        ({"model": "gpt-image-1", "prompt": "a"}, [("picture", ("a.png", png()))], "unknown_parameter"),
        ({"model": "gpt-image-1", "prompt": "a"}, [("mask", ("a.png", png()))], "missing_required_parameter"),
    ],
)
def test_an_edit_needs_pictures_in_their_place(http: httpx.Client, data: Any, files: Any, code: str) -> None:
    response = http.post("/images/edits", data=data, files=files)
    assert (response.status_code, response.json()["error"]["code"]) == (400, code)


def test_answers_say_who_asked_and_how_much_is_left(http: httpx.Client) -> None:
    response = http.get("/models")
    assert response.headers["x-request-id"].startswith("req_")
    assert int(response.headers["x-ratelimit-remaining-requests"]) > 0
    assert {"gpt-image-1", "dall-e-3"} <= {row["id"] for row in response.json()["data"]}
    assert http.get("/models/gpt-image-1").json()["object"] == "model"


def test_the_same_request_has_the_same_content_and_its_own_key(http: httpx.Client, control: StandInControl) -> None:
    body = {"model": "gpt-image-1", "prompt": "a", "quality": "low"}
    for key in ("one", "two", "two"):
        http.post("/images/generations", json=body, headers={"X-Client-Request-Id": key})
    state = control.state()
    assert len({row["content"] for row in state["generations"]}) == 1
    assert (state["begun"], state["images"], state["keys_begun_twice"]) == (3, 3, 1)


def test_a_rate_that_is_too_high_is_refused(http: httpx.Client, control: StandInControl) -> None:
    control.post("/rate_limit", burst=1, per_second=0, sends_retry_after=True)
    statuses = [http.get("/models").status_code for _ in range(2)]
    assert statuses == [200, 429]
