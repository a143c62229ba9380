"""Workers on other machines while the database is away."""

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

from core.db.engine import Database
from core.jobs import queue, queue_worker
from core.jobs.queue_worker import QueueWorker
from tests.crash.installation import Installation, installation
from tests.failures.outages import outage
from tests.failures.sidecars import House
from tests.support.databases import only_postgresql
from tests.support.processes import free_port, running


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Iterator[Installation]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    address = database.url.render_as_string(hide_password=False)
    with running("core.sandbox", "--port", str(port), output=tmp_path / "sandbox.log") as sandbox:
        sandbox.wait_until_answers(f"{url}/_sandbox/health")
        with installation(address, tmp_path, url, ATELIER_DISPATCH="procrastinate") as made:
            yield made


@pytest.mark.crash
@only_postgresql
def test_a_worker_and_its_scheduler_outlive_an_outage_and_nothing_is_shown_twice(
    place: Installation, database: Database, tmp_path: Path
) -> None:
    place.sandbox_client.post("/_sandbox/latency", json={"seconds": 0.1}).raise_for_status()
    with (
        outage(database) as away,
        running("core.cli", "worker", output=tmp_path / "worker.log", settings=place.environment) as worker,
        place.scheduler() as scheduler,
    ):
        worker.wait_until_says("The worker is ready.")
        posts = place.add_posts([1, 2] * 8, accounts=8)
        place.wait(lambda: "published" in {status.value for status in place.statuses(posts)}, scheduler, worker)
        away.begin_for(3)
        place.wait(lambda: away.is_over and place.all_published(posts), scheduler, worker)
        posts += place.add_posts([1] * 4, accounts=4)
        place.wait(lambda: place.all_published(posts), scheduler, worker)
        assert worker.terminate() == 0
    shown = place.shown()
    for sha256, remote_id in place.files(posts):
        assert shown[sha256] == [remote_id]
    assert place.open_intents() == 0


@only_postgresql
def test_a_message_that_comes_twice_does_not_end_the_heartbeat_of_the_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = QueueWorker(house.ports)
    first, second = gates = [threading.Event(), threading.Event()]
    runs, entered = iter(gates), threading.Semaphore(0)

    def run(_: str) -> None:
        gate = next(runs)
        entered.release()
        gate.wait(30)

    monkeypatch.setattr(worker, "_run", run)

    async def receive_twice() -> None:
        slow = asyncio.create_task(worker._publish("dev_1"))
        assert await asyncio.to_thread(entered.acquire, timeout=30)
        quick = asyncio.create_task(worker._publish("dev_1"))
        assert await asyncio.to_thread(entered.acquire, timeout=30)
        second.set()
        await quick
        assert list(worker._held) == ["dev_1"]
        first.set()
        await slow
        assert list(worker._held) == []

    asyncio.run(receive_twice())


@only_postgresql
def test_a_worker_that_is_asked_to_end_keeps_its_lease_until_the_call_in_hand_is_finished(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = QueueWorker(house.ports)
    taken, kept, held = threading.Event(), threading.Event(), []

    def run(_: str) -> None:
        taken.set()
        held.append(kept.wait(30))

    def beat() -> None:
        if worker._stopping and list(worker._held) == posts:
            kept.set()

    monkeypatch.setattr(worker, "_run", run)
    monkeypatch.setattr(worker, "_beat", beat)
    posts = house.add_posts(1)

    async def end_with_a_call_in_hand() -> None:
        running = asyncio.create_task(worker.run())
        assert await asyncio.to_thread(taken.wait, 30)
        os.kill(os.getpid(), signal.SIGTERM)
        await running

    queue.Dispatcher(house.database).hand_over(house.ports, limit=10)
    asyncio.run(end_with_a_call_in_hand())
    assert held == [True]


@only_postgresql
def test_a_connection_that_breaks_in_the_middle_of_a_question_costs_the_worker_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = QueueWorker(house.ports)
    monkeypatch.setattr(queue_worker, "RECEIVE_AGAIN_SECONDS", 0.01)
    ask, breaks, taken = JobManager.fetch_job, {queue.QUEUE: 2, queue.ITEM_QUEUE: 2}, threading.Event()

    async def break_off(manager: JobManager, queues: list[str], worker_id: int) -> Job | None:
        if breaks[queues[0]] > 0:
            breaks[queues[0]] -= 1
            raise ConnectorException("the connection was closed")
        return await ask(manager, queues, worker_id)

    monkeypatch.setattr(JobManager, "fetch_job", break_off)
    monkeypatch.setattr(worker, "_run", lambda _: taken.set())
    posts = house.add_posts(1)

    async def work_until_taken() -> None:
        running = asyncio.create_task(worker.run())
        while any(breaks.values()) or not taken.is_set():
            assert not running.done()
            await asyncio.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        await running

    dispatcher = queue.Dispatcher(house.database)
    assert dispatcher.hand_over(house.ports, limit=10) == len(posts)
    assert dispatcher.hand_over(house.ports, limit=10) == 0
    asyncio.run(work_until_taken())
