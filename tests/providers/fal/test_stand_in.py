"""The stand-in, as a strict reader of fal's documentation would find it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.providers.support import StandInControl


@pytest.fixture
def api(sandbox_url: str, control: StandInControl) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Key fal_sandbox"}
    with httpx.Client(base_url=f"{sandbox_url}/fal", headers=headers, trust_env=False) as client:
        yield client


def submitted(api: httpx.Client, **given: Any) -> dict[str, Any]:
    response = api.post("/fal-ai/flux/schnell", json={"prompt": "a fox", "image_size": "square", **given})
    assert (response.status_code, response.json()["status"]) == (200, "IN_QUEUE")
    body: dict[str, Any] = response.json()
    return body


@pytest.mark.parametrize("header", [None, "Key wrong", "Bearer fal_sandbox", "fal_sandbox"])
def test_only_a_key_is_taken(api: httpx.Client, header: str | None) -> None:
    api.headers.pop("Authorization")
    response = api.post("/fal-ai/flux/schnell", json={}, headers={"Authorization": header} if header else {})
    assert response.status_code == 401
    assert "Authentication is required" in response.json()["detail"]


def test_the_status_is_202_until_the_request_is_over(api: httpx.Client, control: StandInControl) -> None:
    control.behave(seconds=3600)
    request = submitted(api)
    response = api.get(request["status_url"], params={"logs": 1})
    assert (response.status_code, response.json()["status"]) == (202, "IN_PROGRESS")
    assert response.json()["logs"][0]["message"].startswith("0%|")
    assert api.get(request["response_url"]).status_code == 400
    assert api.put(request["cancel_url"]).json() == {"status": "CANCELLATION_REQUESTED"}
    response = api.get(request["status_url"])
    assert (response.status_code, response.json()["error_type"]) == (200, "client_cancelled")
    assert api.put(request["cancel_url"]).status_code == 400


def test_arguments_are_looked_at_when_the_request_runs(api: httpx.Client) -> None:
    request = submitted(api, num_images=9)
    assert "error" not in api.get(request["status_url"]).json()
    response = api.get(request["response_url"])
    assert response.status_code == 422
    assert response.json()["detail"][0]["loc"] == ["body", "num_images"]


def test_a_request_is_known_below_its_own_application_to_its_own_caller(api: httpx.Client) -> None:
    request_id = submitted(api)["request_id"]
    assert api.get(f"/fal-ai/flux/requests/{request_id}").status_code == 200
    assert api.get(f"/fal-ai/flux-pro/requests/{request_id}").status_code == 404
    others = {"Authorization": "Key fal_sandbox_bob"}
    assert api.get(f"/fal-ai/flux/requests/{request_id}", headers=others).status_code == 404
    assert api.put(f"/fal-ai/flux/requests/{request_id}/cancel", headers=others).json() == {"status": "NOT_FOUND"}
    assert api.post("/fal-ai/nothing", json={"prompt": "x"}).status_code == 404


def test_the_history_lists_what_is_over(api: httpx.Client, control: StandInControl) -> None:
    path = "/-/platform/models/requests/by-endpoint"
    wanted = {"endpoint_id": "fal-ai/flux/schnell,fal-ai/flux/dev"}
    over = submitted(api)["request_id"]
    control.behave(seconds=3600)
    submitted(api)
    (item,) = api.get(path, params={**wanted, "expand": "payloads"}).json()["items"]
    assert (item["request_id"], item["status_code"], item["json_input"]["prompt"]) == (over, 200, "a fox")
    assert "json_input" not in api.get(path, params=wanted).json()["items"][0]
    assert api.get(path, params={**wanted, "start": "2100-01-01T00:00:00Z"}).json()["items"] == []
    assert api.get(path).status_code == 422


def test_an_upload_goes_where_it_was_announced_as_what_it_was_announced(api: httpx.Client) -> None:
    announced = {"file_name": "a.png", "content_type": "image/png"}
    place = api.post("/-/rest/storage/upload/initiate", json=announced).json()
    with httpx.Client(trust_env=False) as anybody:
        assert anybody.get(place["file_url"]).status_code == 404
        assert anybody.put(place["upload_url"], content=b"x").status_code == 403
        good = anybody.put(place["upload_url"], content=b"x", headers={"Content-Type": "image/png"})
        assert (good.status_code, anybody.get(place["file_url"]).content) == (200, b"x")
    assert api.post("/-/rest/storage/upload/initiate", json={}).status_code == 422
