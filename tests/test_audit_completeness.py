"""Whoever changes something leaves an event: read off the services' own source, so that a new one is not forgotten."""

import pytest

from tests.support.sources import functions, reaches

RECORDERS = {"core.system.audit.record", "core.system.audit.record_all"}
# Services that write for an actor without an event, each with the reason.
WITHOUT_EVENT = {
    "core.identity.connect.begin": "remembers for ten minutes that somebody has left for the site",
    "core.identity.connect.begin_without_extras": "the same, for fewer scopes",
    "core.identity.connect.abandon": "forgets it",
    "core.studio.orders.drafts.save_draft": "keeps what is typed into the order form, for the next visit",
    "core.sales.claims.heartbeat": "says that a client is alive; its claim is in the trail",
    "core.sales.proof.stored": "puts an object into the store; what writes it onto a sale is in the trail",
}


def _writers() -> list[str]:
    by_themselves = {name for name, one in functions().items() if one.writes} - RECORDERS
    return [
        name for name, one in functions().items() if one.is_public and one.has_actor and reaches(name, by_themselves)
    ]


def test_the_reading_understands_the_services() -> None:
    writers = set(_writers())
    assert {"core.identity.users.set_role", "core.publishing.editing.edit", "core.publishing.bulk.undo"} <= writers
    assert {"core.publishing.listing.list_deviations", "core.publishing.access.load_posts"}.isdisjoint(writers)
    assert len(writers) > 25


@pytest.mark.parametrize("name", _writers())
def test_what_somebody_changes_leaves_an_event(name: str) -> None:
    assert reaches(name, RECORDERS) or name in WITHOUT_EVENT


def test_every_exception_is_still_one() -> None:
    assert set(WITHOUT_EVENT) <= set(_writers())
