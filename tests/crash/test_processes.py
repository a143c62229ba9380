"""Whole processes side by side: two sidecars, workers on "other machines", a polite end."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from core.clock import utc_now
from core.db.engine import Database
from core.system import heartbeats
from core.system.models import Heartbeat
from tests.crash.installation import Installation, installation
from tests.support.databases import only_postgresql
from tests.support.processes import RunningProcess
from tests.support.warm import running_warm

pytestmark = pytest.mark.crash


def assert_each_shown_once(place: Installation, posts: list[str]) -> None:
    shown = place.shown()
    for sha256, remote_id in place.files(posts):
        assert shown[sha256] == [remote_id]


def test_two_sidecars_publish_everything_once_and_the_second_takes_over(place: Installation) -> None:
    posts = place.add_posts([1] * 12, accounts=6)
    with place.scheduler() as first:
        first.wait_until_says("This sidecar leads.")
        with place.scheduler() as second:
            place.wait(lambda: place.all_published(posts), second)
            first.kill()
            more = place.add_posts([1, 2], accounts=2)
            place.wait(lambda: place.all_published(more), second)
    assert_each_shown_once(place, posts + more)


def test_asked_to_end_it_finishes_the_call_in_hand_and_leaves_no_lease(place: Installation) -> None:
    place.sandbox_client.post("/_sandbox/latency", json={"seconds": 0.5}).raise_for_status()
    try:
        posts = place.add_posts([1] * 4, accounts=4)
        with place.scheduler() as scheduler:
            place.wait(lambda: "uploading" in {status.value for status in place.statuses(posts)}, scheduler)
            assert scheduler.terminate() == 0
    finally:
        place.sandbox_client.post("/_sandbox/latency", json={"seconds": 0}).raise_for_status()
    assert place.leases(posts) == 0
    with place.scheduler() as scheduler:
        place.wait(lambda: place.all_published(posts), scheduler)
    assert_each_shown_once(place, posts)
    assert place.open_intents() == 0


def _worker(place: Installation, stack: ExitStack, number: int) -> RunningProcess:
    log = place.folder / f"worker-{number}.log"
    worker = stack.enter_context(running_warm("core.cli", "worker", output=log, settings=place.environment))
    worker.wait_until_says("The worker is ready.")
    return worker


def _workers_alive(database: Database) -> int:
    with database.read() as session:
        beats = session.scalars(select(Heartbeat).where(Heartbeat.component == heartbeats.WORKER))
        return sum(beat.seen_at > utc_now() - heartbeats.ALIVE_WITHIN for beat in beats)


@only_postgresql
def test_workers_publish_what_the_sidecar_hands_over_and_one_may_die(
    database_url: str, tmp_path: Path, sandbox_url: str
) -> None:
    with (
        installation(database_url, tmp_path, sandbox_url, ATELIER_DISPATCH="procrastinate") as place,
        ExitStack() as stack,
    ):
        place.sandbox_client.post("/_sandbox/latency", json={"seconds": 0.1}).raise_for_status()
        workers = [_worker(place, stack, number) for number in range(2)]
        scheduler = stack.enter_context(place.scheduler())
        posts = place.add_posts([1, 2] * 8, accounts=8)
        place.wait(lambda: "published" in {status.value for status in place.statuses(posts)}, scheduler)
        workers[0].kill()
        place.wait(lambda: place.all_published(posts), scheduler)
        place.sandbox_client.post("/_sandbox/latency", json={"seconds": 0}).raise_for_status()
        assert_each_shown_once(place, posts)
        assert workers[1].terminate() == 0


@only_postgresql
def test_without_a_living_worker_the_sidecar_does_the_work_itself(
    database_url: str, tmp_path: Path, sandbox_url: str
) -> None:
    with installation(database_url, tmp_path, sandbox_url, ATELIER_DISPATCH="auto") as place:
        assert _workers_alive(place.database) == 0
        with place.scheduler() as scheduler:
            # What is due when it begins to lead it takes itself in any case.
            scheduler.wait_until_says("This sidecar leads.")
            posts = place.add_posts([1, 1], accounts=2)
            place.wait(lambda: place.all_published(posts), scheduler)
        assert_each_shown_once(place, posts)
