"""What programs see: their person's deviations, in pages that stay put, and nothing of anybody else's."""

import base64
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from core.db.engine import Database
from core.identity.models import User
from tests.api.conftest import MakeKey, send
from tests.factories import HOUR, NOON, make_account, make_deviation

LIST = "/api/v1/deviations"


def walk(client: TestClient, **query: object) -> list[list[str]]:
    """The titles on every page, from the first to the last."""
    pages, cursor = [], None
    while True:
        given = query | ({"cursor": cursor} if cursor else {})
        body = client.get(LIST, params=given).json()
        pages.append([item["title"] for item in body["items"]])
        cursor = body["next_cursor"]
        if cursor is None:
            return pages


def fill(database: Database, user: User, number: int) -> None:
    with database.session() as session:
        for place in range(number):
            # Two share each instant: the id must settle their order.
            make_deviation(session, user, title=f"P{place}", created_at=NOON + timedelta(seconds=place // 2))


def test_pages_hold_everything_once_newest_first(alices: TestClient, database: Database, alice: User) -> None:
    fill(database, alice, 11)
    pages = walk(alices, limit=4)
    assert [len(page) for page in pages] == [4, 4, 3]
    titles = [title for page in pages for title in page]
    assert titles == ["P10", "P9", "P8", "P7", "P6", "P5", "P4", "P3", "P2", "P1", "P0"]


def test_what_arrives_between_two_pages_moves_nothing(alices: TestClient, database: Database, alice: User) -> None:
    fill(database, alice, 6)
    first = alices.get(LIST, params={"limit": 3}).json()
    with database.session() as session:
        make_deviation(session, alice, title="New", created_at=NOON + HOUR)
    second = alices.get(LIST, params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [item["title"] for item in second["items"]] == ["P2", "P1", "P0"]
    assert second["next_cursor"] is None


def test_a_full_last_page_is_the_last(alices: TestClient, database: Database, alice: User) -> None:
    fill(database, alice, 4)
    assert [len(page) for page in walk(alices, limit=2)] == [2, 2]
    assert walk(alices, status="failed") == [[]]


def test_states_can_be_asked_for(alices: TestClient, database: Database, alice: User) -> None:
    with database.session() as session:
        account = make_account(session, alice)
        for status in ("draft", "review", "published", "scheduled"):
            make_deviation(session, alice, account, status=status, title=status)
        make_deviation(session, alice, status="draft", title="thrown away", deleted_at=NOON)
    body = alices.get(LIST, params={"status": ["draft", "scheduled"]}).json()
    assert {item["title"] for item in body["items"]} == {"draft", "scheduled"}
    (scheduled,) = alices.get(LIST, params={"status": "scheduled"}).json()["items"]
    assert scheduled["goes_out_at"] == "2026-06-01T13:00:00Z"
    assert scheduled["account"]["username"] == account.username


@pytest.mark.parametrize(
    "query", [{"status": "lost"}, {"limit": 0}, {"limit": 101}, {"limit": "many"}, {"cursor": "x" * 201}]
)
def test_what_cannot_be_asked_is_refused(alices: TestClient, query: dict[str, object]) -> None:
    answer = alices.get(LIST, params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["errors"][0]["field"] == next(iter(query)) or "status" in query


@pytest.mark.parametrize(
    "cursor",
    [
        "!", "AAAA", "é", "\ud7ff",
        base64.urlsafe_b64encode(b"2026-06-01T12:00:00 dev_x").decode(),
        base64.urlsafe_b64encode(b"2026-06-01T12:00:00+00:00").decode(),
    ],
)  # fmt: skip
def test_a_made_up_cursor_is_refused(alices: TestClient, cursor: str) -> None:
    assert alices.get(LIST, params={"cursor": cursor}).status_code == 422


def test_a_cursor_with_another_persons_place_shows_nothing_of_theirs(
    alices: TestClient, client: TestClient, database: Database, alice: User, charlie: User, make_key: MakeKey
) -> None:
    fill(database, charlie, 6)
    alices_key = client.headers["Authorization"]
    client.headers["Authorization"] = f"Bearer {make_key(charlie)}"
    cursor = client.get(LIST, params={"limit": 3}).json()["next_cursor"]
    client.headers["Authorization"] = alices_key
    assert client.get(LIST, params={"cursor": cursor}).json()["items"] == []


def test_somebody_elses_deviation_looks_missing(
    alices: TestClient, database: Database, alice: User, charlie: User
) -> None:
    with database.session() as session:
        theirs = make_deviation(session, charlie).id
        binned = make_deviation(session, alice, deleted_at=NOON).id
    answers = [alices.get(f"{LIST}/{one}") for one in (theirs, binned, "dev_01k00000000000000000000000", "nonsense")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert alices.get(LIST).json()["items"] == []


def test_several_files_are_told_in_their_order(alices: TestClient, database: Database, alice: User) -> None:
    with database.session() as session:
        post = make_deviation(session, alice, files=3)
    files = alices.get(f"{LIST}/{post.id}").json()["files"]
    assert len(files) == 3
    assert [file["name"] for file in files] == sorted(file["name"] for file in files)
    assert all(file["embedded"] is None for file in files)


def test_lists_do_not_carry_how_everything_was_made(alices: TestClient) -> None:
    send(alices)
    (item,) = alices.get(LIST).json()["items"]
    assert "embedded" not in item["files"][0]


def test_a_parameter_nobody_knows_is_refused(alices: TestClient) -> None:
    answer = alices.get(LIST, params={"state": "draft"})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "state: There is no such parameter. There are: status, cursor, limit."
    assert "takes none" in alices.get("/api/v1/me", params={"x": 1}).json()["detail"]
