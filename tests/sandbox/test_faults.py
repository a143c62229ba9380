"""The ways to misbehave, each seen from the client's side and from the records."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.sandbox.support import Artist, ControlClient, token_call, wait_until

NO_ANSWER = (httpx.RemoteProtocolError, httpx.ReadError)


def deviations(control: ControlClient) -> int:
    count: int = control.state("counts")["deviations"]
    return count


def last_request(control: ControlClient) -> dict[str, Any]:
    row: dict[str, Any] = control.state("requests")[-1]
    return row


def test_slow_answers_late_and_correctly(alice: Artist, control: ControlClient) -> None:
    control.fault("slow", "/placebo", seconds=0.15)
    started = time.monotonic()
    assert alice.get("/placebo").json() == {"status": "success"}
    assert time.monotonic() - started >= 0.15


def test_a_slow_publish_takes_effect_although_its_client_has_gone(
    connect: Callable[..., Artist], control: ControlClient
) -> None:
    itemid = connect("alice").submitted()
    hasty = connect("alice", timeout=0.1)
    control.fault("slow", "/stash/publish", seconds=1.5)
    with pytest.raises(httpx.ReadTimeout):
        hasty.publish(itemid)
    assert deviations(control) == 0
    wait_until(lambda: deviations(control) == 1)


def test_slow_after_the_effect_publishes_first(connect: Callable[..., Artist], control: ControlClient) -> None:
    itemid = connect("alice").submitted()
    hasty = connect("alice", timeout=0.3)
    control.fault("slow", "/stash/publish", seconds=3600, after_effect=True)
    with pytest.raises(httpx.ReadTimeout):
        hasty.publish(itemid)
    wait_until(lambda: deviations(control) == 1)


@pytest.mark.parametrize("retry_after", [None, 17])
def test_rate_limit_answers_429_with_or_without_retry_after(
    alice: Artist, control: ControlClient, retry_after: int | None
) -> None:
    control.fault("rate_limit", retry_after=retry_after)
    response = alice.get("/placebo")
    assert (response.status_code, response.json()["error"]) == (429, "user_api_threshold")
    assert response.headers.get("retry-after") == (None if retry_after is None else "17")


@pytest.mark.parametrize("status", [500, 503, 400])
def test_error_before_leaves_no_effect(alice: Artist, control: ControlClient, status: int) -> None:
    itemid = alice.submitted()
    control.fault("error_before", "/stash/publish", status=status, count=1)
    assert alice.publish(itemid).status_code == status
    assert deviations(control) == 0
    assert alice.publish(itemid).status_code == 200


def test_an_error_can_carry_any_type_and_code(alice: Artist, control: ControlClient) -> None:
    itemid = alice.submitted()
    control.fault("error_before", "/stash/publish", status=400, error="odd", error_description="So.", error_code=6)
    assert alice.publish(itemid).json() == {
        "status": "error",
        "error": "odd",
        "error_description": "So.",
        "error_code": 6,
    }


def test_error_after_hides_an_effect_that_happened(alice: Artist, control: ControlClient) -> None:
    itemid = alice.submitted()
    control.fault("error_after", "/stash/publish", status=502, count=1)
    assert alice.publish(itemid).status_code == 502
    row = last_request(control)
    assert (row["status"], row["effect_status"], row["faults"]) == (502, 200, ["error_after"])
    assert deviations(control) == 1
    assert alice.publish(itemid).json()["error_code"] == 9


def test_drop_before_closes_the_connection_with_no_effect(alice: Artist, control: ControlClient) -> None:
    itemid = alice.submitted()
    control.fault("drop_before", "/stash/publish", count=1)
    with pytest.raises(NO_ANSWER):
        alice.publish(itemid)
    assert deviations(control) == 0
    wait_until(lambda: last_request(control)["duration_ms"] is not None)
    assert last_request(control)["status"] is None


def test_drop_after_closes_the_connection_after_the_effect(alice: Artist, control: ControlClient) -> None:
    itemid = alice.submitted()
    control.fault("drop_after", "/stash/publish", count=1)
    with pytest.raises(NO_ANSWER):
        alice.publish(itemid)
    assert deviations(control) == 1


@pytest.mark.parametrize(("after_effect", "published"), [(False, 0), (True, 1)])
def test_hang_never_answers(alice: Artist, control: ControlClient, after_effect: bool, published: int) -> None:
    itemid = alice.submitted()
    control.fault("hang", "/stash/publish", seconds=0.1, after_effect=after_effect)
    with pytest.raises(NO_ANSWER):
        alice.publish(itemid)
    assert deviations(control) == published


def test_html_403_is_the_front_gates_page(alice: Artist, control: ControlClient) -> None:
    control.fault("html_403")
    response = alice.get("/placebo")
    assert (response.status_code, response.headers["content-type"][:9]) == (403, "text/html")


@pytest.mark.parametrize(("after_effect", "submissions"), [(False, 0), (True, 1)])
def test_an_error_can_come_with_status_200(
    alice: Artist, control: ControlClient, after_effect: bool, submissions: int
) -> None:
    control.fault("ok_with_error_body", "/stash/submit", after_effect=after_effect)
    response = alice.submit()
    assert (response.status_code, response.json()["status"]) == (200, "error")
    assert control.state("counts")["submissions"] == submissions


def test_a_revoked_token_stays_revoked(alice: Artist, control: ControlClient) -> None:
    control.fault("revoked_token", "/user/whoami", count=1)
    assert alice.get("/user/whoami").json()["error"] == "invalid_token"
    assert alice.get("/user/whoami").status_code == 401
    refreshed = token_call(control.base_url, grant_type="refresh_token", refresh_token=alice.tokens["refresh_token"])
    assert refreshed.status_code == 400


def test_a_lost_answer_to_a_refresh_spends_the_refresh_token(alice: Artist, control: ControlClient) -> None:
    control.fault("drop_after", "/oauth2/token", count=1)
    form = {"grant_type": "refresh_token", "refresh_token": alice.tokens["refresh_token"]}
    with pytest.raises(NO_ANSWER):
        token_call(control.base_url, **form)
    assert token_call(control.base_url, **form).status_code == 400


def test_half_published_work_is_in_its_folder_only_until_it_is_moved(alice: Artist, control: ControlClient) -> None:
    folders = control.post("/users", username="alice", folders=["Watchers", "Repair"])["folders"]
    watchers, repair = folders[1]["folderid"], folders[2]["folderid"]
    control.fault("half_published", "/stash/publish", count=1)
    itemid = alice.submitted(title="Torn")
    assert alice.publish(itemid, **{"galleryids[]": [watchers], "feature": "false"}).status_code == 500
    assert alice.publish(itemid).json()["error_code"] == 9
    assert alice.gallery_titles() == []
    (work,) = alice.get(f"/gallery/{watchers}").json()["results"]
    assert (work["title"], work["is_published"]) == ("Torn", False)
    assert httpx.get(work["url"], trust_env=False).status_code == 404

    form = {"source_folderid": watchers, "target_folderid": repair, "deviationids[]": [work["deviationid"]]}
    assert alice.post("/gallery/folders/move_deviations", **form).status_code == 200
    assert alice.gallery_titles() == ["Torn"]
    assert httpx.get(work["url"], trust_env=False).status_code == 200
    assert deviations(control) == 1


def test_a_fault_strikes_as_often_as_it_is_told(alice: Artist, control: ControlClient) -> None:
    control.fault("error_before", count=2)
    assert [alice.get("/placebo").status_code for _ in range(3)] == [500, 500, 200]
    (fault,) = control.state("faults")
    assert (fault["fired"], fault["remaining"]) == (2, 0)


def test_one_seed_always_gives_the_same_sequence(alice: Artist, control: ControlClient) -> None:
    def sequence(seed: int) -> list[int]:
        control.call("DELETE", "/faults")
        control.fault("error_before", "/placebo", probability=0.5, seed=seed)
        return [alice.get("/placebo").status_code for _ in range(40)]

    first = sequence(7)
    assert sequence(7) == first
    assert sequence(8) != first
    assert {200, 500} == set(first)


def test_a_fault_strikes_only_the_endpoints_methods_and_people_it_names(
    alice: Artist, connect: Callable[..., Artist], control: ControlClient
) -> None:
    bob = connect("bob")
    control.fault("error_before", "/gallery/*", username="alice")
    control.fault("error_before", "/placebo", method="POST")
    assert alice.get("/gallery/folders").status_code == 500
    assert bob.get("/gallery/folders").status_code == 200
    assert alice.get("/user/whoami").status_code == 200
    assert (alice.get("/placebo").status_code, alice.post("/placebo").status_code) == (200, 500)


def test_slowness_adds_to_another_fault(alice: Artist, control: ControlClient) -> None:
    control.fault("slow", seconds=0.1)
    control.fault("error_before", status=503)
    started = time.monotonic()
    assert alice.get("/placebo").status_code == 503
    assert time.monotonic() - started >= 0.1


def test_a_fault_can_be_taken_away(alice: Artist, control: ControlClient) -> None:
    first = control.fault("error_before")["id"]
    control.fault("slow", seconds=0.001)
    assert [fault["kind"] for fault in control.call("DELETE", f"/faults/{first}").json()["faults"]] == ["slow"]
    assert alice.get("/placebo").status_code == 200
    assert control.call("DELETE", "/faults").json() == {"faults": []}
    assert control.call("DELETE", "/faults/99").status_code == 400


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "sulk"},
        {},
        {"kind": "slow", "secs": 3},
        {"kind": "error_before", "status": 200},
        {"kind": "slow", "probability": 1.5},
        {"kind": "slow", "adaptive": {}},
        {"kind": "error_before", "after_effect": True},
        {"kind": "slow", "count": 0},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(control: ControlClient, rule: dict[str, Any]) -> None:
    response = control.call("POST", "/faults", rule)
    assert response.status_code == 400
    assert response.json()["error"]
    assert control.state("faults") == []


def test_the_control_api_is_never_struck(control: ControlClient) -> None:
    control.fault("error_before", "*")
    assert control.call("GET", "/health").json() == {"status": "ok"}
