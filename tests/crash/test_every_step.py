"""A real sidecar, killed once between every two steps, on each database: each file exactly once, none lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.installation import Installation, installation

# A post with two files passes: claimed, then for each of the four calls a transaction (written,
# committed) and the call (before, after), and a last transaction.
PLACES = 1 + 4 * 4 + 2

pytestmark = pytest.mark.crash


@pytest.fixture
def place(database_url: str, tmp_path: Path, sandbox_url: str) -> Iterator[Installation]:
    quick = {"ATELIER_LEASE_SECONDS": "1", "ATELIER_TICK_SECONDS": "0.1"}
    with installation(database_url, tmp_path, sandbox_url, **quick) as made:
        yield made


@pytest.mark.parametrize("dies_at", range(1, PLACES + 1))
def test_killed_at_any_place_each_file_is_shown_exactly_once(place: Installation, dies_at: int) -> None:
    posts = place.add_posts([2])
    place.sell(posts)
    with place.scheduler(dies_at=dies_at) as dying:
        assert dying.wait(timeout_seconds=90) == -9
    # Written in one transaction: a sale of a post that is not out would offer what nobody can buy.
    assert place.sold() == (posts if place.all_published(posts) else [])
    with place.scheduler() as scheduler:
        place.wait(lambda: place.all_published(posts), scheduler)
    shown = place.shown()
    for sha256, remote_id in place.files(posts):
        assert shown[sha256] == [remote_id]
    assert place.sold() == posts


def test_there_is_no_place_beyond_the_last(place: Installation) -> None:
    """Guards the count above: a step added to the engine must be added to the test."""
    posts = place.add_posts([2])
    with place.scheduler(dies_at=PLACES + 1) as scheduler:
        place.wait(lambda: place.all_published(posts), scheduler)
        assert scheduler.terminate() == 0
