"""Sidecars killed while calls are made that answer at once: a courier has them, so nothing is lost or made twice."""

from collections.abc import Callable

import pytest

from core.studio.orders.models import ItemStatus
from tests.crash import ordering
from tests.crash.installation import Installation
from tests.support.databases import only_sqlite
from tests.support.warm import running_warm

pytestmark = [pytest.mark.crash, only_sqlite]

ITEMS = 12
KINDS = ("openai", "gemini")


def _under_way(place: Installation, *order_ids: str) -> Callable[[], bool]:
    """Whether each of the orders has calls that the provider is working on."""

    def are_under_way() -> bool:
        found = [[item for item in ordering.items(place, one) if _is_at_the_provider(item)] for one in order_ids]
        return all(found)

    def _is_at_the_provider(item: object) -> bool:
        return getattr(item, "status", None) is ItemStatus.GENERATING and bool(
            getattr(item, "provider_request_id", None)
        )

    return are_under_way


def test_a_sidecar_killed_in_the_middle_of_calls_finds_their_answers(place: Installation) -> None:
    for name in KINDS:
        ordering.reset(place, name, seconds=0.7)
    ordering.furnish(place, concurrent_limit=3, rate_limit_requests=None)
    orders = [ordering.order(place, f"{name}-sandbox", ITEMS) for name in KINDS]
    log = place.folder / "courier.log"
    with running_warm("core.cli", "courier", output=log, settings=place.environment) as courier:
        courier.wait_until_says("The courier is ready.")
        for _ in range(2):
            with place.scheduler() as dying:
                place.wait(_under_way(place, *orders), dying)
                dying.kill()
        with place.scheduler() as scheduler:
            place.wait(lambda: ordering.all_complete(place, *orders), scheduler)
            assert scheduler.terminate() == 0
        assert courier.terminate() == 0
    for name, order_id in zip(KINDS, orders, strict=True):
        assert ordering.begun_at(place, name) == {"begun": ITEMS, "twice": 0}
        assert len(ordering.products_of(place, order_id)) == ITEMS
    assert ordering.unsettled(place) == 0
