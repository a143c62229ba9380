"""A real sidecar, killed at every step of a call: each request is made once, each picture is there once."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.crash import ordering
from tests.crash.dying_generator import PLACES
from tests.crash.installation import Installation, installation
from tests.support.databases import only_postgresql
from tests.support.warm import running_warm

pytestmark = pytest.mark.crash

# Where nothing is paid and nobody can be asked, a few places tell all.
LOCAL_PLACES = ("after the call", "result stored", "products written, not committed")


def _order_and_die(place: Installation, provider_id: str, where: str) -> str:
    """An order of one item, and a sidecar that is killed at that place of it, whatever else it was doing; its id."""
    order_id = ordering.order(place, provider_id, 1, prompt=where)
    log = place.folder / "scheduler.log"
    dying = running_warm("tests.crash.dying_generator", where, order_id, output=log, settings=place.environment)
    with dying as process:
        assert process.wait(timeout_seconds=90) == -9, where
    return order_id


def test_killed_at_every_step_each_request_is_made_once_and_no_picture_is_lost(
    database_url: str, tmp_path: Path, sandbox_url: str
) -> None:
    quick = {"ATELIER_LEASE_SECONDS": "1"}
    with installation(database_url, tmp_path, sandbox_url, **quick) as place:
        ordering.reset(place, "civitai", seconds=0.1)
        ordering.furnish(place, concurrent_limit=2 * len(PLACES), rate_limit_requests=None)
        asked = [_order_and_die(place, "civitai-sandbox", where) for where in PLACES]
        drawn = [_order_and_die(place, "local", where) for where in LOCAL_PLACES]
        asked.append(ordering.order(place, "civitai-sandbox", 1))
        with place.scheduler() as scheduler:
            place.wait(lambda: ordering.all_complete(place, *asked, *drawn), scheduler)
            assert scheduler.terminate() == 0
        for order_id in (*asked, *drawn):
            assert len(ordering.products_of(place, order_id)) == 1
        assert ordering.begun_at(place, "civitai") == {"begun": len(asked), "twice": 0}
        assert ordering.unsettled(place) == 0


@only_postgresql
def test_workers_carry_what_the_sidecar_hands_over(database_url: str, tmp_path: Path, sandbox_url: str) -> None:
    handed = {"ATELIER_DISPATCH": "procrastinate"}
    with installation(database_url, tmp_path, sandbox_url, **handed) as place, ExitStack() as stack:
        ordering.reset(place, "civitai", seconds=0.1)
        ordering.furnish(place, concurrent_limit=3, rate_limit_requests=None)
        log = place.folder / "worker.log"
        worker = stack.enter_context(running_warm("core.cli", "worker", output=log, settings=place.environment))
        worker.wait_until_says("The worker is ready.")
        scheduler = stack.enter_context(place.scheduler())
        asked, drawn = ordering.order(place, "civitai-sandbox", 6), ordering.order(place, "local", 3)
        place.wait(lambda: ordering.all_complete(place, asked, drawn), scheduler)
        assert ordering.begun_at(place, "civitai") == {"begun": 6, "twice": 0}
        assert "Called a provider of pictures" in worker.output()
        assert worker.terminate() == 0
