"""The adaptive limit: off until asked for, per person, and harder on those who keep knocking."""

from collections.abc import Callable

from core.sandbox.limits import AdaptiveLimiter, LimitPolicy
from tests.sandbox.support import Artist, Clock, ControlClient


def test_there_is_no_limit_until_it_is_switched_on(alice: Artist) -> None:
    assert {alice.get("/placebo").status_code for _ in range(40)} == {200}


def test_a_burst_passes_and_the_next_call_is_refused(alice: Artist, control: ControlClient, clock: Clock) -> None:
    control.post("/rate_limit", burst=3, per_second=0, penalty_seconds=60)
    assert [alice.get("/placebo").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_each_person_has_an_own_allowance(
    alice: Artist, connect: Callable[..., Artist], control: ControlClient
) -> None:
    bob = connect("bob")
    control.post("/rate_limit", burst=1, per_second=0, penalty_seconds=60)
    assert [alice.get("/placebo").status_code for _ in range(2)] == [200, 429]
    assert bob.get("/placebo").status_code == 200


def test_a_new_token_does_not_bring_a_new_allowance(
    alice: Artist, connect: Callable[..., Artist], control: ControlClient
) -> None:
    control.post("/rate_limit", burst=1, per_second=0, penalty_seconds=60)
    assert alice.get("/placebo").status_code == 200
    assert connect("alice").get("/placebo").status_code == 429


def test_retry_after_is_sent_on_request_only(alice: Artist, control: ControlClient) -> None:
    control.post("/rate_limit", burst=1, per_second=0, penalty_seconds=60, sends_retry_after=True)
    alice.get("/placebo")
    assert alice.get("/placebo").headers["retry-after"] == "60"
    control.post("/rate_limit", burst=1, per_second=0, penalty_seconds=60)
    alice.get("/placebo")
    assert "retry-after" not in alice.get("/placebo").headers


def test_waiting_out_the_penalty_opens_the_door(alice: Artist, control: ControlClient, clock: Clock) -> None:
    control.post("/rate_limit", burst=1, per_second=1, penalty_seconds=10)
    assert [alice.get("/placebo").status_code for _ in range(2)] == [200, 429]
    clock.advance(seconds=11)
    assert alice.get("/placebo").status_code == 200


def test_the_limit_can_be_switched_off(alice: Artist, control: ControlClient) -> None:
    control.post("/rate_limit", burst=1, per_second=0)
    control.post("/rate_limit", enabled=False)
    assert {alice.get("/placebo").status_code for _ in range(5)} == {200}


def test_one_endpoint_alone_can_be_limited_adaptively(alice: Artist, control: ControlClient) -> None:
    control.fault("rate_limit", "/placebo", adaptive={"burst": 2, "per_second": 0, "penalty_seconds": 60})
    assert [alice.get("/placebo").status_code for _ in range(3)] == [200, 200, 429]
    assert alice.get("/user/whoami").status_code == 200


def test_knocking_during_the_penalty_doubles_it_up_to_its_limit() -> None:
    limiter = AdaptiveLimiter(LimitPolicy(burst=1, per_second=1, penalty_seconds=2, max_penalty_seconds=10))
    assert [limiter.seconds_blocked("alice", 0.1 * knock) for knock in range(6)] == [0, 2, 4, 8, 10, 10]


def test_the_penalty_starts_small_again_after_patience() -> None:
    limiter = AdaptiveLimiter(LimitPolicy(burst=1, per_second=1, penalty_seconds=2))
    assert [limiter.seconds_blocked("alice", at) for at in (0, 0.1, 0.2, 5, 5.1)] == [0, 2, 4, 0, 2]
