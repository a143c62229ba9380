"""Files that programs send: what becomes of them, once, and what is refused."""

import json
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select, update
from starlette.testclient import TestClient

from core.clock import utc_now
from core.db.engine import Database
from core.identity.models import AccountState, User
from core.media.models import Blob
from core.media.storage import ObjectStore
from core.publishing import ingest
from core.publishing.models import Deviation, DeviationStatus
from core.settings import Settings
from core.system.actors import Actor
from core.system.models import ActorKind, AuditEvent, IdempotencyRecord
from tests.api.conftest import MakeKey, files_below, picture, send
from tests.factories import make_account


def posts(database: Database) -> list[Deviation]:
    with database.read() as session:
        return list(session.scalars(select(Deviation).order_by(Deviation.created_at, Deviation.id)))


def test_a_picture_awaits_review_with_everything_that_was_said_about_it(
    alices: TestClient, database: Database, alice: User
) -> None:
    with database.session() as session:
        account = make_account(session, alice, username="AliceArt")
    answer = send(
        alices, picture(prompt="a calm lake"), "lake.png", title="  Calm \n lake ", description="Two\nlines",
        tags="lake, water,Lake", is_mature="true", mature_level="moderate", is_ai_generated="false", no_ai="yes",
        project="Lakes", rating="4", gallery_ids='["g1", "g2"]', account="aliceart",
    )  # fmt: skip
    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["location"] == f"/api/v1/deviations/{body['id']}"
    assert (body["status"], body["duplicate"], body["warnings"]) == ("review", False, [])
    (post,) = posts(database)
    assert post.status is DeviationStatus.REVIEW
    assert (post.title, post.description, post.tags) == ("Calm lake", "Two\nlines", ["lake", "water"])
    assert (post.is_mature, post.mature_level, post.is_ai_generated, post.no_ai) == (True, "moderate", False, True)
    assert (post.project, post.rating, post.gallery_ids, post.account_id) == ("Lakes", 4, ["g1", "g2"], account.id)
    said = alices.get(answer.headers["location"]).json()
    made = said["files"][0]["embedded"]
    assert (made["prompt"], made["seed"], made["model"]) == ("a calm lake", 12345, "dream")
    assert {name: said[name] for name in ("rating", "project", "account")} == {
        "rating": 4, "project": "Lakes", "account": {"id": account.id, "username": "AliceArt"},
    }  # fmt: skip


def test_a_picture_alone_gets_a_title_from_its_name_and_counts_as_made_with_ai(alices: TestClient) -> None:
    body = send(alices, name="folder/red_fox_00012_.png").json()
    assert (body["title"], body["is_ai_generated"], body["is_mature"]) == ("Red fox", True, False)
    assert body["tags"] == []


@pytest.mark.parametrize(
    "tags", [["lake", "water"], "lake,water", '["lake", "water"]', ["lake", " water , "], ['["lake"]', "water"]]
)
def test_tags_may_be_repeated_a_json_array_or_a_list_with_commas(alices: TestClient, tags: object) -> None:
    assert send(alices, tags=tags).json()["tags"] == ["lake", "water"]


def test_a_level_alone_marks_it_as_mature(alices: TestClient) -> None:
    assert send(alices, mature_level="strict").json()["is_mature"] is True


def test_fields_that_nobody_filled_in_are_left_out(alices: TestClient) -> None:
    body = send(alices, title=" ", tags="", rating="", is_mature="", account="").json()
    assert (body["title"], body["rating"], body["is_mature"]) == ("Lake", None, False)


def test_what_a_program_does_is_in_the_trail_under_its_key(alices: TestClient, database: Database, alice: User) -> None:
    answer = send(alices, rating="5")
    key_id = alices.get("/api/v1/me").json()["key"]["id"]
    with database.read() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == answer.json()["id"])).all()
    assert {(event.actor_kind, event.actor_id, event.owner_id) for event in events} == {
        (ActorKind.KEY, key_id, alice.id)
    }
    assert {event.correlation_id for event in events} == {answer.headers["x-correlation-id"]}


def test_the_same_picture_again_is_the_same_deviation(alices: TestClient, database: Database) -> None:
    first = send(alices, picture(), "one.png")
    again = send(alices, picture(), "two.png", title="Another title")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["duplicate"] is True
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["title"] == "One"
    assert len(posts(database)) == 1


def test_the_same_picture_becomes_a_second_deviation_if_that_is_wanted(alices: TestClient, database: Database) -> None:
    send(alices)
    again = send(alices, allow_duplicate="true")
    assert (again.status_code, again.json()["duplicate"]) == (201, False)
    assert len(posts(database)) == 2
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Blob)) == 1


def test_a_picture_that_lies_in_the_trash_is_taken_again(alices: TestClient, database: Database) -> None:
    send(alices)
    with database.session() as session:
        session.execute(update(Deviation).values(deleted_at=utc_now()))
    assert send(alices).status_code == 201


def test_somebody_elses_picture_is_no_duplicate(
    alices: TestClient, client: TestClient, charlie: User, make_key: MakeKey, database: Database
) -> None:
    send(alices)
    client.headers["Authorization"] = f"Bearer {make_key(charlie)}"
    assert send(client).status_code == 201
    assert len({post.user_id for post in posts(database)}) == 2


def test_the_same_request_again_gets_the_same_answer(alices: TestClient, database: Database) -> None:
    first = send(alices, tags=["b", "a"], key="run-1")
    again = send(alices, tags=["b", "a"], key="run-1")
    assert (again.status_code, again.json()) == (first.status_code, first.json()) == (201, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert len(posts(database)) == 1


def test_even_a_wanted_duplicate_is_made_once_for_one_request(alices: TestClient, database: Database) -> None:
    send(alices)
    answers = [send(alices, allow_duplicate="true", key="again") for _ in range(3)]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(posts(database)) == 2


@pytest.mark.parametrize(("content", "fields"), [("red", {}), ("teal", {"title": "Other"}), ("teal", {"rating": "1"})])
def test_a_key_for_another_request_is_refused(alices: TestClient, content: str, fields: dict[str, str]) -> None:
    send(alices, picture("teal"), key="run-1")
    answer = send(alices, picture(content), key="run-1", **fields)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:atelier:problem:key-reused")


def test_a_refused_request_gives_its_key_back(alices: TestClient) -> None:
    assert send(alices, b"\x89PNG\r\n\x1a\n cut short", key="run-1").status_code == 422
    assert send(alices, picture(), key="run-1").status_code == 201


def test_two_at_once_with_one_key_make_one_deviation(
    alices: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, go_on = threading.Event(), threading.Event()
    import_files = ingest.import_files

    def slowly(*arguments: object, **named: object) -> object:
        inside.set()
        go_on.wait(30)
        return import_files(*arguments, **named)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(ingest, "import_files", slowly)
    answers = []
    first = threading.Thread(target=lambda: answers.append(send(alices, key="run-1")))
    first.start()
    assert inside.wait(30)
    meanwhile = send(alices, key="run-1")
    go_on.set()
    first.join()
    assert (meanwhile.status_code, meanwhile.headers["retry-after"]) == (409, "1")
    assert meanwhile.json()["type"] == "urn:atelier:problem:still-served"
    assert answers[0].status_code == 201
    assert send(alices, key="run-1").json() == answers[0].json()
    assert len(posts(database)) == 1


def test_many_at_once_with_the_same_picture_make_one_deviation(alices: TestClient, database: Database) -> None:
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(send(alices))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 200, 201]
    assert len(posts(database)) == 1


def test_a_crash_between_reservation_and_answer_is_made_good(
    alices: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object, **__: object) -> None:
        raise RuntimeError("as if the process had been killed here")

    with monkeypatch.context() as dying:
        dying.setattr(ingest, "import_files", die)
        dying.setattr(ingest.idempotency, "abandon", lambda *_: None)
        assert send(alices, key="run-1").status_code == 500
    assert send(alices, key="run-1").status_code == 409
    with database.session() as session:
        long_ago = session.scalar(select(IdempotencyRecord.created_at)) - ingest.idempotency.ABANDONED_AFTER * 2
        session.execute(update(IdempotencyRecord).values(created_at=long_ago))
    assert send(alices, key="run-1").status_code == 201
    assert len(posts(database)) == 1


def test_the_answer_is_kept_or_lost_together_with_the_deviation(
    alices: TestClient, database: Database, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object, **__: object) -> None:
        raise ingest.idempotency.ReservationLost("Somebody else has it.")

    with monkeypatch.context() as losing:
        losing.setattr(ingest.idempotency, "finish", lost)
        answer = send(alices, key="run-1")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert posts(database) == []
    assert list(store.list()) == []
    assert send(alices, key="run-1").status_code == 201


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"colour": "red"}, "colour: There is no such field. There are: file, title"),
        ({"title": "x" * 201}, "title: Use at most 200 characters."),
        ({"title": ["one", "two"]}, "title: This field comes once"),
        ({"rating": "6"}, "rating: "),
        ({"rating": "good"}, "rating: "),
        ({"is_mature": "perhaps"}, "is_mature: "),
        ({"is_mature": "no", "mature_level": "strict"}, "marked as mature"),
        ({"mature_level": "extreme"}, "mature_level: "),
        ({"tags": '["unfinished'}, "tags: This begins like a JSON array"),
        ({"tags": "[1, 2]"}, "tags: This must be an array of texts"),
        ({"tags": ",".join(f"t{n}" for n in range(51))}, "tags: "),
        ({"tags": "x" * 101}, "at most 100 characters"),
        ({"tags": "[" * 100_000}, "tags: "),
        ({"tags": '["\\ud800"]'}, "half a character"),
        ({"project": "x" * 101}, "project: "),
        ({"description": "x" * 50_001}, "description: "),
        ({"gallery_ids": ",".join(f"g{n}" for n in range(99))}, "gallery_ids: Use at most 10 values"),
        ({"account": "nobody"}, "no account “nobody”"),
    ],
)
def test_fields_that_cannot_be_used_are_named(
    alices: TestClient, database: Database, fields: dict[str, object], complaint: str
) -> None:
    answer = send(alices, **fields)
    assert answer.status_code == 422
    assert complaint in answer.json()["detail"]
    assert posts(database) == []


def test_accounts_of_others_and_cut_connections_cannot_be_chosen(
    alices: TestClient, database: Database, alice: User, charlie: User
) -> None:
    with database.session() as session:
        theirs = make_account(session, charlie)
        cut = make_account(session, alice, state=AccountState.DISCONNECTED)
    for account in (theirs.id, theirs.username, cut.username):
        assert send(alices, account=account).status_code == 422


@pytest.mark.parametrize(
    ("content", "name", "status"),
    [
        (b"just text", "lake.png", 415),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "lake.svg", 415),
        (b"", "empty.png", 422),
        (picture()[:100], "cut.png", 422),
    ],
)
def test_what_is_no_picture_is_refused_whatever_its_name(
    alices: TestClient, database: Database, store: ObjectStore, settings: Settings, content: bytes, name: str,
    status: int,
) -> None:  # fmt: skip
    answer = send(alices, content, name)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert name in answer.json()["detail"]
    assert posts(database) == []
    assert list(store.list()) == []
    assert files_below(settings.data_dir / "incoming") == []


def test_a_strange_name_is_made_harmless(alices: TestClient) -> None:
    body = send(alices, name="..\\..\\etc/pass\u202ewd<1>.png").json()
    assert body["files"][0]["name"].endswith(".png")
    assert not set("/\\<>\u202e") & set(body["files"][0]["name"])


def post_raw(client: TestClient, body: bytes, kind: str = "multipart/form-data; boundary=x"):  # type: ignore[no-untyped-def]  # of the test client's own httpx
    return client.post("/api/v1/deviations", content=body, headers={"Content-Type": kind})


def part(name: str, value: bytes, *, file_name: str | None = None) -> bytes:
    file = f'; filename="{file_name}"' if file_name is not None else ""
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + value + b"\r\n"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "cut short"),
        (part("file", picture(), file_name="a.png"), "cut short"),
        (b"nonsense", "cut short"),
        (part("title", b"Only this") + b"--x--", "file: Send the picture"),
        (part("file", b"not a file") + b"--x--", "file: This must be a file"),
        (part("file", b"1", file_name="a.png") + part("file", b"2", file_name="b.png") + b"--x--", "One file comes"),
        (part("other", b"1", file_name="a.png") + b"--x--", "other: A file comes in the field “file”"),
        (part("title", b"\xff\xfe") + b"--x--", "title: This is not text in UTF-8"),
        (part("title", b"x" * 300_000) + b"--x--", "title: A field has at most 256 KB"),
        (b"".join(part(f"f{n}", b"") for n in range(300)) + b"--x--", "at most 200 fields"),
        (b"--x\r\nContent-Type: text/plain\r\n\r\nno name\r\n--x--", "cut short"),
    ],
)
def test_a_form_that_is_none_is_refused(alices: TestClient, settings: Settings, body: bytes, complaint: str) -> None:
    answer = post_raw(alices, body)
    assert answer.status_code == 422
    assert complaint in answer.json()["detail"]
    assert files_below(settings.data_dir / "incoming") == []


@pytest.mark.parametrize("kind", ["application/json", "image/png", "multipart/mixed; boundary=x"])
def test_anything_but_a_form_is_refused(alices: TestClient, kind: str) -> None:
    answer = post_raw(alices, picture(), kind)
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:atelier:problem:type-not-taken")


@pytest.mark.parametrize("key", ["x" * 201, "späť".encode()])
def test_a_key_that_is_none_is_refused(alices: TestClient, key: str | bytes) -> None:
    answer = alices.post(
        "/api/v1/deviations", files={"file": ("a.png", picture(), "image/png")}, headers={"Idempotency-Key": key}
    )
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["detail"]


class TestWithSmallFiles:
    """At most one megabyte."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"max_file_mb": 1})

    def test_a_file_that_is_too_large_is_refused(
        self, alices: TestClient, settings: Settings, database: Database
    ) -> None:
        answer = send(alices, picture() + b"\0" * 1024 * 1024)
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:atelier:problem:too-large")
        assert "1 MB" in answer.json()["detail"]
        assert posts(database) == []
        assert files_below(settings.data_dir / "incoming") == []

    def test_a_body_that_announces_too_much_is_refused_unread(self, alices: TestClient) -> None:
        read: list[int] = []

        def body():  # type: ignore[no-untyped-def]  # a generator of bytes
            for piece in range(400):
                read.append(piece)
                yield b"x" * 65536

        headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(400 * 65536)}
        answer = alices.post("/api/v1/deviations", content=body(), headers=headers)
        assert answer.status_code == 413
        assert answer.headers["connection"] == "close"

    def test_one_that_announces_nothing_is_refused_at_its_first_byte_too_many(self, alices: TestClient) -> None:
        opening = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\n'
        answer = alices.post(
            "/api/v1/deviations",
            content=(piece for piece in [opening, *[b"x" * 65536] * 60]),
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
        assert answer.status_code in {413, 422}


def test_a_disk_without_room_is_our_trouble(
    alices: TestClient, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    answer = send(alices)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


def test_a_program_can_say_its_tags_as_json_and_find_them_again(alices: TestClient) -> None:
    body = send(alices, tags=json.dumps(["Über, alles", "lake"])).json()
    assert body["tags"] == ["Über, alles", "lake"]


def test_the_service_itself_keeps_to_the_person(database: Database, alice: User) -> None:
    with database.session() as session:
        make_account(session, alice, username="mine")
    with database.read() as session:
        assert ingest._find_account(session, Actor.person(alice.id), "MINE")
