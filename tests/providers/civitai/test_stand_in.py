"""The stand-in, as a strict reader of Civitai's reference would find it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.providers.support import StandInControl
from tests.sandbox.support import png

MODEL = "urn:air:sd1:checkpoint:civitai:4384@128713"
INPUT = {"engine": "sdcpp", "ecosystem": "sd1", "operation": "createImage", "model": MODEL, "prompt": "a fox"}


@pytest.fixture
def api(sandbox_url: str, control: StandInControl) -> Iterator[httpx.Client]:
    headers = {"Authorization": "Bearer civitai_sandbox"}
    with httpx.Client(base_url=f"{sandbox_url}/civitai/v2/consumer", headers=headers, trust_env=False) as client:
        yield client


def body(**given: Any) -> dict[str, Any]:
    return {"steps": [{"$type": "imageGen", "input": {**INPUT, "width": 64, "height": 64, **given}}]}


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Key civitai_sandbox"])
def test_only_a_bearer_token_is_taken(api: httpx.Client, header: str | None) -> None:
    api.headers.pop("Authorization")
    response = api.get("/workflows", headers={"Authorization": header} if header else {})
    assert (response.status_code, response.json()["title"]) == (401, "Unauthorized")


def test_waiting_is_202_when_it_was_not_long_enough(api: httpx.Client, control: StandInControl) -> None:
    control.behave(seconds=0.05)
    assert api.post("/workflows", json=body()).json()["status"] == "processing"
    whole = api.post("/workflows", params={"wait": 5}, json=body())
    assert (whole.status_code, whole.json()["status"]) == (200, "succeeded")
    control.behave(seconds=3600)
    assert api.get(f"/workflows/{api.post('/workflows', json=body()).json()['id']}").status_code == 200


def test_what_if_makes_nothing_and_says_the_price(api: httpx.Client, control: StandInControl) -> None:
    response = api.post("/workflows", params={"whatif": "true"}, json=body(width=1024, height=1024, quantity=3))
    assert response.json()["cost"] == {"base": 12, "total": 12}
    assert (control.begun, control.state()["estimates"]) == (0, 1)
    assert api.get("/workflows").json()["items"] == []


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"engine": "magic"}, "steps[0].input.engine"),
        ({"model": "4384"}, "steps[0].input.model"),
        ({"model": "urn:air:sdxl:checkpoint:civitai:1@2"}, "steps[0].input.model"),
        ({"operation": "createVariant"}, "steps[0].input.image"),
        ({"quantity": 13}, "steps[0].input.quantity"),
        ({"width": "64"}, "steps[0].input.width"),
        ({"prompt": ""}, "steps[0].input.prompt"),
    ],
)
def test_a_value_that_does_not_fit_is_named_by_its_path(api: httpx.Client, changed: dict[str, Any], path: str) -> None:
    response = api.post("/workflows", json=body(**changed))
    assert response.status_code == 400
    assert list(response.json()["errors"]) == [path]


def test_callbacks_lead_to_https(api: httpx.Client) -> None:
    callback = {"url": "http://example.test/hook", "type": ["workflow:*"]}
    response = api.post("/workflows", json={**body(), "callbacks": [callback]})
    assert list(response.json()["errors"]) == ["callbacks[0].url"]


def test_workflows_are_found_by_tags_and_belong_to_somebody(api: httpx.Client) -> None:
    first = api.post("/workflows", json={**body(), "tags": ["a", "b"]}).json()["id"]
    api.post("/workflows", json={**body(), "tags": ["a"]})
    assert [one["id"] for one in api.get("/workflows", params={"tags": ["a", "b"]}).json()["items"]] == [first]
    page = api.get("/workflows", params={"take": 1}).json()
    assert api.get("/workflows", params={"take": 1, "cursor": page["next"]}).json()["items"][0]["id"] == first
    others = {"Authorization": "Bearer civitai_sandbox_bob"}
    assert api.get(f"/workflows/{first}", headers=others).status_code == 404


def test_a_blob_is_uploaded_with_a_key_or_a_signed_address(api: httpx.Client) -> None:
    place = api.get("/blobs/upload").json()["uploadUrl"]
    with httpx.Client(trust_env=False, follow_redirects=True) as anybody:
        blob = anybody.post(place, content=png()).json()
        assert anybody.get(blob["url"]).content == png()
        assert anybody.post(place.partition("?")[0], content=png()).status_code == 401
        assert anybody.get(blob["url"].partition("?")[0]).status_code == 403
    assert api.post("/blobs", content=b"words").status_code == 400


def test_an_ended_address_is_made_anew(api: httpx.Client) -> None:
    images = api.post("/workflows", json=body()).json()["steps"][0]["output"]["images"]
    fresh = api.post(f"/blobs/{images[0]['id']}/refresh").json()
    with httpx.Client(trust_env=False, follow_redirects=True) as anybody:
        assert anybody.get(fresh["url"]).headers["content-type"] == "image/jpeg"
