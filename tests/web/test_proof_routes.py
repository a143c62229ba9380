"""Screenshots of prices over HTTP, to their owner alone."""

import pytest
from starlette.testclient import TestClient

from core.db.engine import Database
from core.identity.models import User
from core.media.storage import ObjectStore
from core.sales import proof
from core.sales.models import SaleQueue
from core.system.actors import Actor
from tests.factories import NOON
from tests.sales.support import PNG, make_sale
from tests.web.support import sign_in


@pytest.fixture
def sale(database: Database, store: ObjectStore, alice: User) -> SaleQueue:
    """A sale of Alice's with a screenshot."""
    with proof.stored(store, Actor.person(alice.id), PNG) as kept, database.session() as session:
        return make_sale(session, alice, screenshot_key=kept.key, screenshot_mime=kept.mime)


def test_the_owner_gets_the_screenshot(client: TestClient, database: Database, alice: User, sale: SaleQueue) -> None:
    sign_in(client, database, alice)
    answer = client.get(f"/sales/{sale.id}/proof")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["content-security-policy"] == "sandbox"


def test_a_browser_that_has_it_is_told_so_until_it_is_replaced(
    client: TestClient, database: Database, store: ObjectStore, alice: User, sale: SaleQueue
) -> None:
    sign_in(client, database, alice)
    tag = client.get(f"/sales/{sale.id}/proof").headers["etag"]
    assert client.get(f"/sales/{sale.id}/proof", headers={"If-None-Match": tag}).status_code == 304
    actor = Actor.person(alice.id)
    with proof.stored(store, actor, PNG) as kept, database.session() as session:
        proof.attach(session, actor, sale.id, kept, now=NOON)
    assert client.get(f"/sales/{sale.id}/proof", headers={"If-None-Match": tag}).status_code == 200


def test_a_strangers_a_missing_one_and_no_session_are_answered_alike(
    client: TestClient, database: Database, alice: User, charlie: User, sale: SaleQueue
) -> None:
    with database.session() as session:
        bare = make_sale(session, charlie)
    answers = [client.get(f"/sales/{sale.id}/proof")]
    sign_in(client, database, charlie)
    for one in (sale.id, bare.id, "sal_01k00000000000000000000000", "nonsense"):
        answers.append(client.get(f"/sales/{one}/proof"))
    assert {answer.status_code for answer in answers} == {404}
    assert len({(answer.text, tuple(sorted(answer.headers.items()))) for answer in answers}) == 1


def test_an_object_that_is_gone_is_missing_too(
    client: TestClient, database: Database, store: ObjectStore, alice: User, sale: SaleQueue
) -> None:
    assert sale.screenshot_key is not None
    store.delete(sale.screenshot_key)
    sign_in(client, database, alice)
    assert client.get(f"/sales/{sale.id}/proof").status_code == 404
