"""The sidecar is told to end while its regular work is under way."""

import threading
import time

import pytest

from core.jobs.ports import Ports
from core.jobs.table import Job
from tests.failures.sidecars import House


def test_a_job_in_hand_ends_before_another_may_lead(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, done = threading.Event(), threading.Event()

    def work(_ports: Ports) -> str:
        begun.set()
        time.sleep(0.5)
        done.set()
        return "Worked."

    monkeypatch.setattr("core.jobs.sidecar.job_table", lambda *_: [Job("work", "Work a while", 60, work)])
    with house.sidecar() as sidecar:
        lock = sidecar._lock
        release, given_up_after = lock.release, list[bool]()
        monkeypatch.setattr(lock, "release", lambda: given_up_after.append(done.is_set()) or release())
        assert begun.wait(30)
    assert given_up_after == [True]
