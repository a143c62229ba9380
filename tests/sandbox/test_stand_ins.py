"""What the imitated providers of pictures share: their pictures, their places, their control API."""

import io
from typing import Any

import httpx
import pytest
from PIL import Image

from core.sandbox.pictures import paint, size_of
from tests.sandbox.support import ControlClient

NAMES = ["replicate", "fal", "civitai", "comfyui", "openai", "gemini"]
ACCOUNT = "/replicate/v1/account"
TOKEN = {"Authorization": "Bearer r8_sandbox"}


def call(control: ControlClient) -> httpx.Response:
    return httpx.get(control.base_url + ACCOUNT, headers=TOKEN, trust_env=False)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_follows_from_words_seed_and_size_alone(kind: str) -> None:
    first = paint("a fox", seed=1, width=120, height=80, kind=kind)
    paint.cache_clear()
    assert paint("a fox", seed=1, width=120, height=80, kind=kind) == first
    assert paint("a fox", seed=2, width=120, height=80, kind=kind) != first
    assert paint("a hare", seed=1, width=120, height=80, kind=kind) != first
    with Image.open(io.BytesIO(first)) as image:
        image.load()
        assert (image.size, image.format) == ((120, 80), kind)


def test_what_is_no_picture_has_no_size() -> None:
    assert size_of(b"words") is None


@pytest.mark.parametrize("name", NAMES)
def test_every_stand_in_tells_what_it_was_made_to_do(control: ControlClient, name: str) -> None:
    state = control.call("GET", f"/{name}/state").json()
    assert (state["begun"], state["generations"], state["faults"]) == (0, [], [])
    assert "seconds" in state["behaviour"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("behaviour", {"mood": "bad"}),
        ("behaviour", {"seconds": -1}),
        ("faults", {"kind": "revoked_token"}),
        ("faults", {"kind": "half_published"}),
        ("faults", {"kind": "error_before", "after_effect": True}),
        ("rate_limit", {"burst": 0}),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(control: ControlClient, path: str, body: dict[str, Any]) -> None:
    response = control.call("POST", f"/replicate/{path}", body)
    assert response.status_code == 400
    assert response.json()["error"]


def test_providers_do_not_suffer_each_others_faults(control: ControlClient) -> None:
    control.fault("error_before")
    assert call(control).status_code == 200
    control.call("POST", "/replicate/faults", {"kind": "html_page", "status": 502})
    answer = call(control)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (502, "text/html")
    control.call("DELETE", "/faults")
    assert httpx.get(f"{control.base_url}/oembed", trust_env=False).status_code != 502


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_that_slows_callers_down_says_what_the_limit_says(control: ControlClient, name: str) -> None:
    key = {"Authorization": "Key any" if name == "fal" else "Bearer any", "x-goog-api-key": "any"}

    def asked() -> tuple[int, str | None, bytes]:
        answer = httpx.get(f"{control.base_url}/{name}/x", headers=key, trust_env=False)
        return answer.status_code, answer.headers.get("Retry-After"), answer.content

    control.post(f"/{name}/faults", kind="rate_limit", retry_after=7, count=1)
    by_fault = asked()
    control.post(f"/{name}/rate_limit", burst=1, per_second=0, penalty_seconds=7, sends_retry_after=True)
    free, limited = asked(), asked()
    assert by_fault == limited
    assert free[0] != by_fault[0] == 429


def test_everybody_begins_anew_together(control: ControlClient) -> None:
    control.post("/replicate/faults", kind="rubbish")
    control.post("/replicate/behaviour", seconds=7)
    assert call(control).content.startswith(b'{"id"')
    control.post("/reset")
    state = control.call("GET", "/replicate/state").json()
    assert (state["faults"], state["requests"], state["behaviour"]["seconds"]) == ([], [], 0.3)
    assert call(control).json()["username"] == "sandbox-artist"


def test_a_request_is_noted_without_what_is_secret_in_it(control: ControlClient) -> None:
    call(control)
    (row,) = control.call("GET", "/replicate/state").json()["requests"]
    assert (row["endpoint"], row["status"]) == ("/v1/account", 200)
    assert "r8_sandbox" not in str(row)
    assert all(not one["path"].startswith("/replicate") for one in control.state("requests"))
