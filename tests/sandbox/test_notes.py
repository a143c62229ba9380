"""Private notes at the imitated site: folders, marks, sending, and not being there at all."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.sandbox.support import Artist, ControlClient

NOT_FOUND = {"status": "error", "error": "invalid_request", "error_description": "Api endpoint not found."}


def folders(artist: Artist) -> dict[str, dict[str, Any]]:
    return {one["title"]: one for one in artist.get("/notes/folders").json()["results"]}


def notes(artist: Artist, folder: str = "Inbox", **params: Any) -> list[dict[str, Any]]:
    answer = artist.get("/notes", folderid=folders(artist)[folder]["folder"], limit=50, **params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def send(artist: Artist, *to: str, **form: Any) -> httpx.Response:
    return artist.post("/notes/send", **{"to[]": list(to), "subject": "Hello", "body": "A note.", **form})


def test_everybody_has_six_folders_and_a_few_notes(alice: Artist) -> None:
    found = folders(alice)
    assert list(found) == ["Inbox", "Unread", "Starred", "Spam", "Sent", "Drafts"]
    assert (found["Inbox"]["count"], found["Unread"]["count"], found["Spam"]["count"]) == ("4", "2", "1")
    first = notes(alice)[0]
    assert (first["user"]["username"], first["unread"], first["sent"]) == ("amberquill", True, False)
    assert alice.get(f"/notes/{first['noteid']}").json()["body"] == first["body"]


def test_without_a_folder_the_inbox_is_meant_and_pages_are_followed(alice: Artist) -> None:
    page = alice.get("/notes", limit=3).json()
    assert (len(page["results"]), page["has_more"], page["next_offset"]) == (3, True, 3)
    assert len(alice.get("/notes", offset=3).json()["results"]) == 1
    assert alice.get("/notes", limit=51).status_code == 400


def test_a_note_arrives_unread_and_lies_in_sent(alice: Artist, connect: Callable[..., Artist]) -> None:
    bob = connect("bob")
    assert send(alice, "bob", subject="Fox", body="Yours?").json()["results"][0]["success"] is True
    (arrived,) = [note for note in notes(bob) if note["subject"] == "Fox"]
    assert (arrived["user"]["username"], arrived["unread"], arrived["body"]) == ("alice", True, "Yours?")
    (kept,) = notes(alice, "Sent")
    assert (kept["sent"], [one["username"] for one in kept["recipients"]]) == (True, ["bob"])


def test_each_recipient_has_an_answer_of_their_own(alice: Artist, connect: Callable[..., Artist]) -> None:
    connect("bob")
    answer = send(alice, "bob", "velvetgrain", "nobody-here").json()["results"]
    assert [one["success"] for one in answer] == [True, False, False]
    assert [one["username"] for one in notes(alice, "Sent")[0]["recipients"]] == ["bob"]
    send(alice, "velvetgrain")
    assert len(notes(alice, "Sent")) == 1


@pytest.mark.parametrize(
    "form",
    [
        {"to[]": []}, {"body": ""}, {"subject": "x" * 201}, {"to[]": ["a"] * 11}, {"noteid": "1"}, {"colour": "blue"},
        {"noteid": "none"},
    ],
)  # fmt: skip
def test_a_note_that_makes_no_sense_is_refused(alice: Artist, form: dict[str, Any]) -> None:
    assert send(alice, "bob", **form).status_code == 400
    assert notes(alice, "Sent") == []


def test_marks_decide_what_the_views_show(alice: Artist) -> None:
    first, second = notes(alice)[:2]
    mark = "/notes/mark"
    assert alice.post(mark, **{"noteids[]": [first["noteid"]], "mark_as": "starred"}).json()["success"] is True
    alice.post(mark, **{"noteids[]": [first["noteid"], second["noteid"]], "mark_as": "read"})
    assert [one["noteid"] for one in notes(alice, "Starred")] == [first["noteid"]]
    assert notes(alice, "Unread") == []
    alice.post(mark, **{"noteids[]": [second["noteid"]], "mark_as": "spam"})
    assert second["noteid"] in [one["noteid"] for one in notes(alice, "Spam")]
    assert alice.post(mark, **{"noteids[]": [first["noteid"]], "mark_as": "loved"}).status_code == 400


def test_notes_are_moved_and_deleted(alice: Artist) -> None:
    made = alice.post("/notes/folders/create", title="Commissions").json()
    note = notes(alice)[0]["noteid"]
    alice.post("/notes/move", **{"noteids[]": [note], "folderid": made["folderid"]})
    assert [one["noteid"] for one in notes(alice, "Commissions")] == [note]
    unread = folders(alice)["Unread"]["folder"]
    assert alice.post("/notes/move", **{"noteids[]": [note], "folderid": unread}).status_code == 400
    alice.post("/notes/delete", **{"noteids[]": [note]})
    assert notes(alice, "Commissions") == []
    assert alice.get(f"/notes/{note}").status_code == 400


def test_own_folders_are_renamed_and_taken_away_and_their_notes_stay(alice: Artist) -> None:
    made = alice.post("/notes/folders/create", title="Later").json()["folderid"]
    note = notes(alice)[0]["noteid"]
    alice.post("/notes/move", **{"noteids[]": [note], "folderid": made})
    alice.post(f"/notes/folders/rename/{made}", title="Sooner")
    assert "Sooner" in folders(alice)
    assert alice.post("/notes/folders/create", title="Sooner").status_code == 400
    alice.post(f"/notes/folders/remove/{made}")
    assert note in [one["noteid"] for one in notes(alice)]
    inbox = folders(alice)["Inbox"]["folder"]
    assert alice.post(f"/notes/folders/remove/{inbox}").status_code == 400


def test_nobody_reads_anybody_elses_notes(alice: Artist, connect: Callable[..., Artist]) -> None:
    bob, note = connect("bob"), notes(alice)[0]["noteid"]
    assert bob.get(f"/notes/{note}").status_code == 400
    assert bob.post("/notes/delete", **{"noteids[]": [note]}).status_code == 400
    assert bob.get("/notes", folderid=folders(alice)["Inbox"]["folder"]).status_code == 400


def test_the_scope_is_needed(connect: Callable[..., Artist]) -> None:
    assert connect("bob", scope="basic user").get("/notes/folders").json()["error"] == "insufficient_scope"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/notes"),
        ("GET", "/notes/folders"),
        ("GET", "/notes/5"),
        ("POST", "/notes/send"),
        ("POST", "/notes/mark"),
    ],
)
def test_a_site_that_does_not_serve_notes_knows_none_of_it_whoever_asks(
    connect: Callable[..., Artist], control: ControlClient, method: str, path: str
) -> None:
    assert control.post("/notes", served=False)["notes_served"] is False
    answer = connect("bob", scope="basic").http.request(method, path)
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)
    control.post("/reset", keep_accounts=True)
    assert connect("bob").get("/notes/folders").status_code == 200


def test_a_note_can_be_delivered_by_the_control_api(alice: Artist, control: ControlClient) -> None:
    made = control.post("/note", username="alice", sender="tidewright", subject="Again", body="Well?")["noteid"]
    assert notes(alice)[0]["noteid"] == made
