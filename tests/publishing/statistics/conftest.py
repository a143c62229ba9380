"""A connected account with published works, and a site that knows how they do."""

from datetime import datetime

import pytest

from core.publishing.asking import Line
from tests.factories import DAY, NOON, make_account, make_deviation, make_user
from tests.publishing.gallery_site import GallerySite


@pytest.fixture
def site() -> GallerySite:
    return GallerySite(lambda: NOON)


@pytest.fixture
def line(database, site) -> Line:
    return Line(database, {"deviantart-sandbox": site}, floor_seconds=0.0)


@pytest.fixture
def studio(database):
    """Alice and her account, committed."""
    with database.session() as session:
        alice = make_user(session, "alice", timezone="Europe/Vienna")
        # Its token is good for all the days a test may pass.
        return alice, make_account(session, alice, expires_at=NOON + 999 * DAY)


@pytest.fixture
def publish(database, studio):
    """Makes a published post and gives its id; ``publish("w1", at)``."""

    def made(remote_id: str, at: datetime = NOON, **fields) -> str:
        alice, account = studio
        values = {"status": "published", "deviation_id": remote_id, "published_at": at, "title": f"Work {remote_id}"}
        with database.session() as session:
            return make_deviation(session, alice, account, **values | fields).id

    return made
