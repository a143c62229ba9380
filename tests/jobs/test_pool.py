"""The sidecar's hands."""

import threading
import time
from collections.abc import Callable
from typing import Any

from core.jobs.pool import WorkerPool


class Work:
    """A claimed post, as far as the pool looks at it."""

    def __init__(self, name: int) -> None:
        self.id = str(name)


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def make_pool(count: int, run: Callable[[Any], None], size: int = 3) -> WorkerPool:
    waiting = [Work(number) for number in range(count)]

    def claim(limit: int) -> list[Any]:
        taken, waiting[:] = waiting[:limit], waiting[limit:]
        return taken

    return WorkerPool(size=size, claim=claim, run=run)


def test_everything_that_is_due_is_run_after_one_wake() -> None:
    done: list[str] = []
    pool = make_pool(50, lambda work: done.append(work.id))
    pool.start()
    pool.wake()
    until(lambda: len(done) == 50)
    assert pool.stop(timeout=60)
    assert sorted(done, key=int) == [str(number) for number in range(50)]


def test_a_run_that_breaks_off_does_not_hold_up_the_others() -> None:
    done: list[str] = []

    def run(work: Work) -> None:
        if work.id == "0":
            raise RuntimeError("broken")
        done.append(work.id)

    pool = make_pool(10, run)
    pool.start()
    pool.wake()
    until(lambda: len(done) == 9)
    until(lambda: pool.held_ids() == [])
    assert pool.stop(timeout=60)


def test_no_more_than_its_size_runs_at_once() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def run(_work: Work) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1

    pool = make_pool(40, run, size=4)
    pool.start()
    pool.wake()
    until(lambda: pool.in_flight == 0 and most > 0)
    assert pool.stop(timeout=60)
    assert most <= 4


def test_stopping_waits_for_the_run_in_hand_and_claims_nothing_more() -> None:
    begun, go_on, done = threading.Event(), threading.Event(), []

    def run(work: Work) -> None:
        begun.set()
        go_on.wait(60)
        done.append(work.id)

    pool = make_pool(1, run)
    pool.start()
    pool.wake()
    assert begun.wait(60)
    assert not pool.stop(timeout=0.1)
    go_on.set()
    until(lambda: done == ["0"])
    assert pool.drain_once() == 0


def test_a_database_that_is_away_is_asked_again_at_the_next_wake() -> None:
    answers: list[Any] = [ConnectionError("away"), [Work(1)], []]
    done: list[str] = []

    def claim(_limit: int) -> list[Any]:
        answer = answers.pop(0) if answers else []
        if isinstance(answer, Exception):
            raise answer
        return answer

    pool = WorkerPool(size=2, claim=claim, run=lambda work: done.append(work.id))
    pool.start()
    pool.wake()
    until(lambda: len(answers) < 3)
    pool.wake()
    until(lambda: done == ["1"])
    assert pool.stop(timeout=60)
