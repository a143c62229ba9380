"""The sale protocol over HTTP; what a claim is worth is tested with the service."""

import json

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from core.db.engine import Database
from core.identity.models import User
from core.media.storage import ObjectStore
from core.sales.models import SaleQueue, SaleQueueStatus
from core.system.models import ActorKind, AuditEvent
from tests.api.conftest import MakeKey, picture
from tests.sales.support import make_sale

SALES = "/api/v1/sales"


@pytest.fixture
def sale_id(database: Database, alice: User) -> str:
    with database.session() as session:
        return make_sale(session, alice, title="Lake").id


def take(client: TestClient, name: str = "laptop"):  # type: ignore[no-untyped-def]  # of the test client's own httpx
    return client.post(f"{SALES}/next", json={"client": name})


def stored(database: Database, sale_id: str) -> SaleQueue:
    with database.read() as session:
        return session.get_one(SaleQueue, sale_id)


def test_a_sale_from_waiting_to_priced_with_proof(
    alices: TestClient, database: Database, store: ObjectStore, sale_id: str
) -> None:
    claim = take(alices).json()
    assert (claim["sale_id"], claim["title"], claim["price"], claim["amount"]) == (sale_id, "Lake", 1200, "12.00")
    assert claim["is_resumed"] is False
    told = {"client": "laptop", "claim_version": claim["claim_version"]}
    kept = alices.post(f"{SALES}/{sale_id}/heartbeat", json=told)
    assert kept.json()["lease_expires_at"] >= claim["lease_expires_at"]
    shot = ("proof.png", picture(), "image/png")
    done = alices.post(f"{SALES}/{sale_id}/complete", data=told, files={"screenshot": shot})
    assert done.status_code == 200
    assert (done.json()["status"], done.json()["has_screenshot"]) == ("completed", True)
    sale = stored(database, sale_id)
    assert sale.completed_by == "laptop"
    assert store.get(sale.screenshot_key or "") == picture()


def test_nothing_waiting_is_an_answer_without_a_body(alices: TestClient) -> None:
    answer = take(alices)
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_client_that_died_gets_what_it_held(alices: TestClient, sale_id: str) -> None:
    first, again = take(alices).json(), take(alices).json()
    assert (again["sale_id"], again["claim_version"], again["is_resumed"]) == (sale_id, first["claim_version"], True)
    assert take(alices, "another").status_code == 204


@pytest.mark.parametrize("as_form", [False, True])
def test_a_failed_try_is_told_with_its_reason(
    alices: TestClient, database: Database, sale_id: str, as_form: bool
) -> None:
    told = {"client": "laptop", "claim_version": take(alices).json()["claim_version"], "message": "No price field"}
    details = {"step": "open", "seconds": 3}
    if as_form:
        answer = alices.post(
            f"{SALES}/{sale_id}/fail",
            data=told | {"details": '{"step": "open", "seconds": 3}'},
            files={"screenshot": ("p.png", picture(), "image/png")},
        )
    else:
        answer = alices.post(f"{SALES}/{sale_id}/fail", json=told | {"details": details})
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["error"]) == ("pending", "No price field")
    assert answer.json()["has_screenshot"] is as_form
    assert (stored(database, sale_id).error_details or {})["details"] == details


def test_completing_without_a_screenshot_may_be_json_and_may_be_repeated(alices: TestClient, sale_id: str) -> None:
    told = {"client": "laptop", "claim_version": take(alices).json()["claim_version"]}
    answers = [alices.post(f"{SALES}/{sale_id}/complete", json=told) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


def test_an_answer_to_a_claim_that_is_over_is_a_conflict_and_keeps_no_screenshot(
    alices: TestClient, store: ObjectStore, sale_id: str
) -> None:
    version = take(alices).json()["claim_version"]
    for told in ({"client": "other", "claim_version": version}, {"client": "laptop", "claim_version": version + 1}):
        shot = {"screenshot": ("p.png", picture(), "image/png")}
        assert alices.post(f"{SALES}/{sale_id}/complete", data=told, files=shot).status_code == 409
        assert alices.post(f"{SALES}/{sale_id}/heartbeat", json=told).status_code == 409
        assert alices.post(f"{SALES}/{sale_id}/fail", json=told | {"message": "x"}).status_code == 409
    assert list(store.list()) == []


def test_somebody_elses_sale_looks_missing(client: TestClient, charlie: User, make_key: MakeKey, sale_id: str) -> None:
    client.headers["Authorization"] = f"Bearer {make_key(charlie)}"
    told = {"client": "laptop", "claim_version": 1}
    assert take(client).status_code == 204
    assert client.get(SALES).json()["items"] == []
    for one in (sale_id, "sal_01k00000000000000000000000", "nonsense"):
        assert client.post(f"{SALES}/{one}/heartbeat", json=told).status_code == 404
        assert client.post(f"{SALES}/{one}/complete", json=told).status_code == 404
        assert client.post(f"{SALES}/{one}/fail", json=told | {"message": "x"}).status_code == 404


def test_a_screenshot_that_is_none_is_refused(alices: TestClient, sale_id: str, store: ObjectStore) -> None:
    told = {"client": "laptop", "claim_version": take(alices).json()["claim_version"]}
    shot = {"screenshot": ("p.png", b"GIF89a", "image/png")}
    answer = alices.post(f"{SALES}/{sale_id}/complete", data=told, files=shot)
    assert answer.status_code == 422
    assert "no PNG" in answer.json()["detail"]
    huge = {"screenshot": ("p.png", picture() + b"\0" * 10 * 1024 * 1024, "image/png")}
    assert alices.post(f"{SALES}/{sale_id}/complete", data=told, files=huge).status_code == 413
    assert list(store.list()) == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("next", {}),
        ("next", {"client": ""}),
        ("next", {"client": "x" * 101}),
        ("next", {"client": "a\u0007b"}),
        ("next", {"client": "\ud800"}),
        ("next", {"client": "laptop", "more": 1}),
        ("next", []),
        ("sal_x/complete", {"client": "laptop"}),
        ("sal_x/complete", {"client": "laptop", "claim_version": 2**40}),
        ("sal_x/fail", {"client": "laptop", "claim_version": 1}),
        ("sal_x/fail", {"client": "laptop", "claim_version": 1, "message": ""}),
        ("sal_x/fail", {"client": "laptop", "claim_version": 1, "message": "\ud800"}),
        ("sal_x/fail", {"client": "laptop", "claim_version": 1, "message": "x", "details": [1]}),
        ("sal_x/fail", {"client": "laptop", "claim_version": 1, "message": "x", "details": "{"}),
    ],
)
def test_what_a_client_cannot_say_is_refused(alices: TestClient, path: str, body: object) -> None:

    content = json.dumps(body).encode()
    answer = alices.post(f"{SALES}/{path}", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 60_000])
def test_what_is_no_json_is_refused(alices: TestClient, content: bytes) -> None:
    for path in ("next", "sal_x/complete"):
        answer = alices.post(f"{SALES}/{path}", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 422


@pytest.mark.parametrize("details", [{"half": "\ud800"}, {"nul": "\0"}, {"\0": 1}])
def test_odd_characters_in_details_do_no_harm(alices: TestClient, sale_id: str, details: dict[str, object]) -> None:

    told = {"client": "laptop", "claim_version": take(alices).json()["claim_version"], "message": "x"}
    answer = alices.post(
        f"{SALES}/{sale_id}/fail",
        content=json.dumps(told | {"details": details}).encode(),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code in {200, 422}


@pytest.mark.parametrize("details", [{"page": "x" * 16_000}, {"share": float("nan")}], ids=["long", "no JSON"])
def test_details_that_cannot_be_kept_are_refused_and_stay_out_of_the_trail(
    alices: TestClient, database: Database, sale_id: str, details: dict[str, object]
) -> None:
    told = {"client": "laptop", "claim_version": take(alices).json()["claim_version"], "message": "x"}
    content = json.dumps(told | {"details": details}).encode()
    json_type = {"Content-Type": "application/json"}
    answer = alices.post(f"{SALES}/{sale_id}/fail", content=content, headers=json_type)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:atelier:problem:invalid")
    assert "details" in answer.json()["detail"].lower()
    assert stored(database, sale_id).status is SaleQueueStatus.PROCESSING
    # The claim still stands, so the client can say it in fewer words.
    assert alices.post(f"{SALES}/{sale_id}/fail", json=told | {"details": {"page": "x"}}).status_code == 200


def test_only_a_form_may_be_as_large_as_its_file(alices: TestClient, sale_id: str) -> None:
    told = {"client": "laptop", "claim_version": 1, "message": "x", "details": {"page": "x" * 2_000_000}}
    for path in ("next", f"{sale_id}/fail"):
        assert alices.post(f"{SALES}/{path}", json=told).status_code == 413


def test_a_body_without_a_file_is_small(alices: TestClient) -> None:
    answer = alices.post(f"{SALES}/next", json={"client": "x" * 200_000})
    assert answer.status_code in {413, 422}
    answer = alices.request("GET", SALES, content=b"x" * 100_000)
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:atelier:problem:too-large")


def test_the_queue_can_be_listed_by_state(alices: TestClient, database: Database, alice: User, sale_id: str) -> None:
    with database.session() as session:
        done = make_sale(session, alice, status=SaleQueueStatus.COMPLETED).id
    assert alices.get(SALES).json()["total"] == 2
    body = alices.get(SALES, params={"status": "completed"}).json()
    assert [item["id"] for item in body["items"]] == [done]
    assert alices.get(SALES, params={"page": 9, "limit": 1}).json()["page"] == 2
    assert alices.get(SALES, params={"status": "sold"}).status_code == 422


def test_what_a_client_does_is_in_the_trail_under_its_key(alices: TestClient, database: Database, sale_id: str) -> None:
    take(alices)
    with database.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == sale_id)).one()
    assert (event.action, event.actor_kind) == ("sale.claimed", ActorKind.KEY)
