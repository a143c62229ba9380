"""The contract of private notes: what goes out for each call, and what is made of the answers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from core.adapters.deviantart.sites import DeviantArt
from core.publishing.notes.models import NoteFolderType
from core.publishing.notes.providers import Mark
from core.publishing.providers import ErrorCategory, ProviderError
from tests.deviantart.support import answering, saying, urlencoded
from tests.sandbox.support import ControlClient

CALLS: list[tuple[Callable[[DeviantArt], Any], str, dict[str, list[str]]]] = [
    (
        lambda site: site.send_note("t", ["bob", "eve"], "Hi", "Röte\nund", reply_to="77"),
        "/notes/send",
        {"to[]": ["bob", "eve"], "subject": ["Hi"], "body": ["Röte\nund"], "noteid": ["77"]},
    ),
    (
        lambda site: site.send_note("t", ["bob"], "", "Hello"),
        "/notes/send",
        {"to[]": ["bob"], "subject": [""], "body": ["Hello"]},
    ),
    (
        lambda site: site.mark_notes("t", ["1", "2"], Mark.NOT_STARRED),
        "/notes/mark",
        {"noteids[]": ["1", "2"], "mark_as": ["notstarred"]},
    ),
    (lambda site: site.move_notes("t", ["1"], "F"), "/notes/move", {"noteids[]": ["1"], "folderid": ["F"]}),
    (lambda site: site.delete_notes("t", ["1", "2"]), "/notes/delete", {"noteids[]": ["1", "2"]}),
    (lambda site: site.create_note_folder("t", "Later"), "/notes/folders/create", {"title": ["Later"]}),
    (lambda site: site.rename_note_folder("t", "F", "Soon"), "/notes/folders/rename/F", {"title": ["Soon"]}),
    (lambda site: site.remove_note_folder("t", "F"), "/notes/folders/remove/F", {}),
]


@pytest.mark.parametrize(("call", "path", "form"), CALLS, ids=[path for _, path, _ in CALLS])
def test_each_change_sends_exactly_its_form(
    call: Callable[[DeviantArt], Any], path: str, form: dict[str, list[str]]
) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"status": "success"})

    call(answering(answer))
    assert (seen[0].method, seen[0].url.path, seen[0].url.query) == ("POST", f"/api/v1/oauth2{path}", b"")
    assert urlencoded(seen[0]) == form


def test_reading_sends_the_folder_the_place_and_no_more_than_fifty() -> None:
    seen: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url)
        return httpx.Response(200, json={"results": [], "subject": "x"})

    site = answering(answer)
    site.list_note_folders("t")
    site.list_notes("t", "F", offset=50, limit=500)
    site.read_note("t", "9")
    assert [url.path.removeprefix("/api/v1/oauth2") for url in seen] == ["/notes/folders", "/notes", "/notes/9"]
    assert dict(seen[1].params) == {"folderid": "F", "offset": "50", "limit": "50"}


def test_folders_of_the_site_are_known_by_title_and_both_spellings_of_their_id_are_read() -> None:
    results = [
        {"folder": "A", "parentid": None, "title": "Inbox", "count": "12"},
        {"folderid": "B", "title": "Starred"},
        {"folder": "C", "title": "Commissions", "count": 3},
        {"folder": "D", "parentid": "C", "title": "Sent", "count": "many"},
        {"title": "Nothing"},
        "nonsense",
    ]
    found = saying(200, {"results": results}).list_note_folders("t")
    assert [(one.folder_id, one.type, one.note_count) for one in found] == [
        ("A", NoteFolderType.INBOX, 12), ("B", NoteFolderType.STARRED, None), ("C", None, 3), ("D", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ts", "at"),
    [
        ("2026-03-01T14:05:00-0800", datetime(2026, 3, 1, 22, 5, tzinfo=UTC)),
        ("2026-03-01T14:05:00", datetime(2026, 3, 1, 14, 5, tzinfo=UTC)),
        ("1767225600", datetime(2026, 1, 1, tzinfo=UTC)),
        ("some day", None),
        (None, None),
    ],
)
def test_times_are_read_however_they_are_written(ts: Any, at: datetime | None) -> None:
    (note,) = saying(200, {"results": [{"noteid": 5, "ts": ts}]}).list_notes("t", "F", offset=0, limit=50).notes
    assert (note.sent_at, note.note_id, note.body) == (at, "5", None)


def test_who_was_not_reached_is_told_apart_from_who_was() -> None:
    results = [
        {"success": True, "user": {"username": "bob"}},
        {"success": False, "user": {"username": "Eve"}},
    ]
    deliveries = saying(200, {"results": results}).send_note("t", ["bob", "eve", "dan"], "", "x")
    assert [(one.recipient, one.arrived) for one in deliveries] == [("bob", True), ("eve", False), ("dan", True)]


def test_no_notes_for_programs_is_told_by_the_status() -> None:
    body = {"status": "error", "error": "invalid_request", "error_description": "Api endpoint not found."}
    with pytest.raises(ProviderError) as caught:
        saying(404, body).list_note_folders("t")
    assert caught.value.http_status == 404


def test_a_lost_answer_to_a_send_may_have_had_its_effect(site: DeviantArt, token: str, control: ControlClient) -> None:
    control.fault("drop_after", "/notes/send", count=1)
    with pytest.raises(ProviderError) as caught:
        site.send_note(token, ["sandbox-studio"], "Hi", "Hello")
    assert (caught.value.category, caught.value.effect_possible) == (ErrorCategory.TRANSIENT, True)


def test_the_adapter_and_the_sandbox_agree_on_every_call(site: DeviantArt, token: str) -> None:
    folders = {one.title: one.folder_id for one in site.list_note_folders(token)}
    inbox = site.list_notes(token, folders["Inbox"], offset=0, limit=50)
    assert (len(inbox.notes), inbox.next_offset) == (4, None)
    assert site.list_notes(token, folders["Inbox"], offset=0, limit=3).next_offset == 3
    first = inbox.notes[0]
    assert site.read_note(token, first.note_id) == first
    site.mark_notes(token, [first.note_id], Mark.STARRED)
    site.create_note_folder(token, "Later")
    later = next(one for one in site.list_note_folders(token) if one.title == "Later")
    site.move_notes(token, [first.note_id], later.folder_id)
    moved = site.list_notes(token, later.folder_id, offset=0, limit=50).notes[0]
    assert (moved.note_id, moved.is_starred) == (first.note_id, True)
    site.rename_note_folder(token, later.folder_id, "Soon")
    site.remove_note_folder(token, later.folder_id)
    site.delete_notes(token, [first.note_id])
    answer = site.send_note(token, ["sandbox-studio", "velvetgrain"], "Hi", "Hello", reply_to=inbox.notes[1].note_id)
    assert [one.arrived for one in answer] == [True, False]
    assert site.list_notes(token, folders["Sent"], offset=0, limit=50).notes[0].body == "Hello"
