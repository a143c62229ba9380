"""The sidecar's hands at awkward moments."""

import threading
import time
from collections.abc import Callable
from typing import Any

from core.jobs.pool import WorkerPool


class Work:
    """A claimed post, as far as the pool looks at it."""

    def __init__(self, name: str) -> None:
        self.id = name


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_post_claimed_anew_keeps_its_heartbeat_when_the_first_run_ends() -> None:
    """The lease of a slow call was lost; the same process has claimed the post again before the call came back."""
    gates = [threading.Event(), threading.Event()]
    runs = iter(gates)
    works: list[list[Any]] = [[Work("a")], [Work("a")]]
    pool = WorkerPool(size=2, claim=lambda _: works.pop(0) if works else [], run=lambda _: next(runs).wait(60))
    pool.start()
    for _ in range(2):
        pool.wake()
        until(lambda: len(works) < 2)
    until(lambda: pool.in_flight == 2)
    gates[0].set()
    until(lambda: pool.in_flight == 1)
    assert pool.held_ids() == ["a"]
    gates[1].set()
    assert pool.stop(timeout=60)
    assert pool.held_ids() == []


def test_what_a_claim_under_way_brings_after_the_stop_is_still_given_back() -> None:
    asked, answer, done = threading.Event(), threading.Event(), []

    def claim(_limit: int) -> list[Any]:
        asked.set()
        answer.wait(60)
        return [Work("late")]

    pool = WorkerPool(size=2, claim=claim, run=lambda work: done.append(work.id))
    pool.start()
    pool.wake()
    assert asked.wait(60)
    threading.Timer(0.3, answer.set).start()
    assert pool.stop(timeout=60)
    assert done == ["late"]
