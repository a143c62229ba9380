"""The control API beyond faults."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest

from tests.sandbox.support import Artist, ControlClient, token_call


def test_state_tells_counts_and_lists(alice: Artist, control: ControlClient) -> None:
    alice.published()
    state = control.call("GET", "/state").json()
    assert set(state) == {
        "counts",
        "users",
        "submissions",
        "deviations",
        "requests",
        "refreshes",
        "faults",
        "behaviour",
    }
    assert (state["counts"]["submissions"], state["counts"]["deviations"], state["counts"]["requests"]) == (1, 1, 2)
    (work,) = state["deviations"]
    assert work["submit_parameters"] == {"title": "Sunset"}
    assert datetime.fromisoformat(work["published_at"]).tzinfo == UTC


def test_state_can_be_asked_for_in_part(control: ControlClient) -> None:
    assert set(control.call("GET", "/state?only=counts,faults").json()) == {"counts", "faults"}
    assert control.call("GET", "/state?only=secrets").status_code == 400


def test_the_request_log_holds_what_came_and_what_was_said_but_no_tokens(alice: Artist, control: ControlClient) -> None:
    alice.get("/gallery/all", limit=99)
    (row,) = control.state("requests")
    assert (row["method"], row["path"], row["endpoint"]) == ("GET", "/api/v1/oauth2/gallery/all", "/gallery/all")
    assert (row["status"], row["username"], row["faults"]) == (400, "alice", [])
    assert datetime.fromisoformat(row["received_at"]).tzinfo == UTC
    assert alice.tokens["access_token"] not in control.call("GET", "/state").text


def test_reset_forgets_everything_but_the_first_people(alice: Artist, control: ControlClient) -> None:
    alice.published()
    control.fault("error_before")
    control.post("/latency", seconds=5)
    control.post("/gallery_lag", seconds=5)
    control.post("/reset")
    assert control.state("counts") == {**dict.fromkeys(control.state("counts"), 0), "users": 2}
    assert control.state("faults") == []
    assert control.state("behaviour")["latency_seconds"] == 0
    assert control.state("behaviour")["gallery_lag_seconds"] == 0
    assert alice.get("/placebo").status_code == 401


def test_reset_can_keep_people_connected(alice: Artist, control: ControlClient) -> None:
    alice.published()
    control.post("/reset", keep_accounts=True)
    assert control.state("counts")["deviations"] == 0
    assert alice.gallery_titles() == []
    assert alice.published()["status"] == "success"


def test_ids_are_not_used_again_after_a_reset(control: ControlClient, connect: Callable[..., Artist]) -> None:
    before = connect("alice").submitted()
    control.post("/reset")
    assert connect("alice").submitted() > before


def test_a_grant_gives_a_working_pair_at_once(control: ControlClient) -> None:
    tokens = control.post("/grant", username="bob", scope="basic user", expires_in=60)
    assert (tokens["username"], tokens["scope"], tokens["expires_in"]) == ("bob", "basic user", 60)
    bob = Artist(control.base_url, tokens)
    assert bob.get("/user/whoami").json()["userid"] == tokens["userid"]
    bob.close()
    refreshed = token_call(control.base_url, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.json()["scope"] == "basic user"


def test_a_grant_may_be_expired_from_the_start(connect: Callable[..., Artist]) -> None:
    assert connect("bob", expires_in=0).get("/placebo").status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/grant", {"username": "alice", "scope": "moon"}),
        ("/grant", {"username": "alice", "client_id": "nobody"}),
        ("/grant", {"username": "no spaces"}),
        ("/grant", {}),
        ("/users", {"username": "x"}),
        ("/revoke", {"username": "nobody-here"}),
        ("/latency", {"seconds": -1}),
        ("/gallery_lag", {"seconds": "soon"}),
        ("/reset", {"everything": True}),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_with_a_reason(
    control: ControlClient, path: str, body: dict[str, object]
) -> None:
    response = control.call("POST", path, body)
    assert response.status_code == 400
    assert response.json()["error"]


def test_revoking_ends_a_persons_access_everywhere(alice: Artist, control: ControlClient) -> None:
    assert control.post("/revoke", username="alice") == {"revoked": 1}
    assert alice.get("/placebo").status_code == 401
    refreshed = token_call(control.base_url, grant_type="refresh_token", refresh_token=alice.tokens["refresh_token"])
    assert refreshed.status_code == 400
    assert control.state("refreshes")[0]["outcome"] == "revoked"


def test_expiring_leaves_the_refresh_token_good(alice: Artist, control: ControlClient) -> None:
    assert control.post("/expire", username="alice") == {"expired": 1}
    assert alice.get("/placebo").status_code == 401
    refreshed = token_call(control.base_url, grant_type="refresh_token", refresh_token=alice.tokens["refresh_token"])
    assert refreshed.status_code == 200


def test_token_lifetimes_can_be_set(control: ControlClient) -> None:
    control.post("/lifetimes", access_seconds=90)
    assert control.post("/grant", username="bob")["expires_in"] == 90
    control.post("/lifetimes", refresh_seconds=0)
    tokens = control.post("/grant", username="bob")
    refreshed = token_call(control.base_url, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed.status_code == 400


def test_users_are_made_once_with_their_folders(control: ControlClient) -> None:
    first = control.post("/users", username="bob", folders=["Ink", "Oil"])
    again = control.post("/users", username="Bob", folders=["Oil", "Clay"])
    assert [folder["name"] for folder in first["folders"]] == ["Featured", "Ink", "Oil"]
    assert [folder["name"] for folder in again["folders"]] == ["Featured", "Ink", "Oil", "Clay"]
    assert again["userid"] == first["userid"]
    assert again["folders"][:3] == first["folders"]


def test_latency_delays_calls_side_by_side(alice: Artist, control: ControlClient) -> None:
    control.post("/latency", seconds=0.2)
    started = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        assert {response.status_code for response in pool.map(lambda _: alice.get("/placebo"), range(10))} == {200}
    spent = [row["duration_ms"] for row in control.state("requests")]
    assert min(spent) >= 200
    assert time.monotonic() - started < sum(spent) / 1000


def test_pictures_on_pages_are_not_counted_as_requests(alice: Artist, control: ControlClient) -> None:
    link = alice.get(f"/deviation/{alice.published()['deviationid']}").json()["content"]["src"]
    before = len(control.state("requests"))
    assert httpx.get(link, trust_env=False).status_code == 200
    assert len(control.state("requests")) == before
