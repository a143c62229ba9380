"""The stand-in, as a strict reader of Replicate's reference would find it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.providers.support import StandInControl

OFFICIAL = "/models/black-forest-labs/flux-schnell/predictions"
SDXL = "/models/stability-ai/sdxl"


@pytest.fixture
def api(sandbox_url: str, control: StandInControl) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer r8_sandbox"}
    with httpx.Client(base_url=f"{sandbox_url}/replicate/v1", headers=headers, trust_env=False) as client:
        yield client


def created(api: httpx.Client, *, headers: dict[str, str] | None = None, **given: Any) -> dict[str, Any]:
    response = api.post(OFFICIAL, json={"input": {"prompt": "a fox", "megapixels": "0.25", **given}}, headers=headers)
    assert response.status_code == 201, response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Token r8_sandbox", "Key r8_sandbox", "r8_sandbox"])
def test_only_a_bearer_token_is_taken(api: httpx.Client, header: str | None) -> None:
    api.headers.pop("Authorization")
    response = api.get("/account", headers={"Authorization": header} if header else {})
    assert (response.status_code, response.json()["title"]) == (401, "Unauthenticated")
    assert response.headers["content-type"] == "application/problem+json"


def test_somebody_elses_prediction_is_not_there(api: httpx.Client) -> None:
    mine = created(api)["id"]
    others = {"Authorization": "Bearer r8_sandbox_bob"}
    assert api.get(f"/predictions/{mine}", headers=others).status_code == 404
    assert api.post(f"/predictions/{mine}/cancel", headers=others).status_code == 404
    assert api.get("/predictions", headers=others).json()["results"] == []


def test_a_request_can_be_held_until_the_end_or_its_patience(api: httpx.Client, control: StandInControl) -> None:
    control.behave(seconds=0.05)
    assert created(api, headers={"Prefer": "wait"})["status"] == "succeeded"
    assert created(api)["status"] == "processing"


@pytest.mark.parametrize(("queue", "status", "has_metrics"), [(0, "canceled", True), (3600, "aborted", False)])
def test_a_deadline_cancels_what_runs_and_aborts_what_waits(
    api: httpx.Client, control: StandInControl, queue: int, status: str, has_metrics: bool
) -> None:
    control.behave(seconds=3600, queue_seconds=queue)
    prediction = created(api, headers={"Cancel-After": "0s"})
    assert (prediction["status"], bool(prediction["metrics"])) == (status, has_metrics)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"input": []},
        {"inptu": {}, "input": {"prompt": "x"}},
        {"input": {"prompt": "x"}, "webhook": "nowhere"},
        {"input": {"prompt": "x"}, "webhook_events_filter": ["finished"]},
        {"input": {}},
        {"input": {"prompt": "x", "num_outputs": True}},
        {"input": {"prompt": "x", "num_outputs": "2"}},
    ],
)
def test_what_the_reference_does_not_name_is_refused(api: httpx.Client, body: dict[str, Any]) -> None:
    response = api.post(OFFICIAL, json=body)
    assert response.status_code == 422
    assert response.json()["invalid_fields"]


def test_a_community_model_runs_by_version_alone(api: httpx.Client) -> None:
    version = api.get(SDXL).json()["latest_version"]["id"]
    body = {"input": {"prompt": "x", "width": 64, "height": 64}}
    assert api.post(f"{SDXL}/predictions", json=body).status_code == 404
    assert api.post("/predictions", json={**body, "version": version}).json()["version"] == version
    assert api.post("/predictions", json={**body, "version": "0" * 64}).status_code == 422
    assert api.post("/predictions", json=body).status_code == 422


def test_a_file_is_kept_for_its_owner(api: httpx.Client) -> None:
    row = api.post("/files", files={"content": ("a.png", b"bytes", "image/png")}).json()
    assert (row["size"], row["content_type"]) == (5, "image/png")
    assert api.get(f"/files/{row['id']}", headers={"Authorization": "Bearer r8_sandbox_bob"}).status_code == 404
    assert api.delete(f"/files/{row['id']}").status_code == 204
    assert api.get(f"/files/{row['id']}").status_code == 404


def test_a_result_is_handed_out_for_its_address_alone(api: httpx.Client) -> None:
    (link,) = created(api)["output"]
    with httpx.Client(trust_env=False) as anybody:
        assert anybody.get(link).headers["content-type"] == "image/webp"
        assert anybody.get(link.replace("out-0", "out-1")).status_code == 404
        assert anybody.get(link.partition("?")[0]).status_code == 404


def test_a_caller_over_the_limit_is_told_when_to_come_back(api: httpx.Client, control: StandInControl) -> None:
    control.post("/rate_limit", burst=1, per_second=0, penalty_seconds=5, sends_retry_after=True)
    assert api.get("/account").status_code == 200
    response = api.get("/account")
    assert (response.status_code, response.headers["retry-after"]) == (429, "5")
