"""Folders and notes as last read, and what becomes of them when the site shows something else."""

import pytest

from core.publishing.notes import folders, labels, organising, reading
from core.publishing.notes.errors import FolderNotFound, NoteNotFound, NoteRefused
from core.publishing.notes.labels import Target
from core.publishing.notes.models import NoteFolderType
from core.publishing.notes.providers import Mark
from core.publishing.notes.reading import NoteFilter
from core.publishing.providers import ProviderError
from core.system.models import AuditEvent
from tests.factories import NOON
from tests.notes.conftest import House
from tests.notes.support import away, remote


def ids(house: House, title: str | None = "Inbox", **wanted: object) -> list[str | None]:
    return [note.remote_note_id for note in house.notes(title, **wanted)]


def test_folders_are_stored_in_the_sites_order_with_their_kinds(house: House) -> None:
    house.site.folders["Commissions"] = [remote(1)]
    found = folders.refresh_folders(house.line, house.actor, house.account.id, now=NOON)
    assert [one.type for one in found] == [*NoteFolderType, None]
    assert (found[-1].title, found[-1].note_count) == ("Commissions", 1)


def test_a_folder_that_is_gone_at_the_site_disappears(house: House) -> None:
    house.site.folders["Later"] = []
    house.folder("Later")
    del house.site.folders["Later"]
    found = folders.refresh_folders(house.line, house.actor, house.account.id, now=NOON)
    assert "Later" not in [one.title for one in found]


def test_notes_are_listed_newest_first_and_read_twice_without_doubles(house: House) -> None:
    house.site.folders["Inbox"] = [remote(1), remote(2), remote(3)]
    assert house.refresh() is None
    house.refresh()
    assert ids(house) == ["1", "2", "3"]


def test_a_note_lies_in_one_folder_and_shows_in_the_views(house: House) -> None:
    house.site.folders["Inbox"] = [remote(1, is_unread=False), remote(2, is_starred=True)]
    for title in ("Unread", "Starred", "Inbox"):
        house.refresh(title)
    assert (ids(house, "Unread"), ids(house, "Starred"), ids(house)) == (["2"], ["2"], ["1", "2"])


def test_older_notes_are_read_when_asked_for_and_newer_ones_stay(house: House) -> None:
    house.site.folders["Inbox"] = [remote(number) for number in range(1, 8)]
    house.site.page_size = 3
    assert house.refresh() == 3
    assert house.refresh(offset=3) == 6
    assert ids(house) == ["1", "2", "3", "4", "5", "6"]
    house.refresh()
    assert ids(house) == ["1", "2", "3", "4", "5", "6"]


def test_what_the_site_no_longer_shows_is_forgotten_within_what_was_read(house: House) -> None:
    house.site.folders["Inbox"] = [remote(number) for number in range(1, 5)]
    house.refresh()
    house.site.folders["Inbox"] = [remote(1), remote(3), remote(4)]
    house.site.page_size = 2
    house.refresh()
    assert ids(house) == ["1", "3", "4"]
    house.site.folders["Inbox"] = []
    house.refresh()
    assert ids(house) == []


def test_a_note_moved_at_the_site_keeps_its_label(house: House) -> None:
    house.site.folders |= {"Inbox": [remote(1)], "Later": []}
    house.refresh()
    (note,) = house.notes()
    with house.database.session() as session:
        label = labels.save_label(session, house.actor, "Client", "#3d5a4c", now=NOON)
        labels.put_on(session, house.actor, label.id, Target(note_id=note.id), now=NOON)
    house.site.folders |= {"Inbox": [], "Later": [remote(1)]}
    house.refresh()
    assert ids(house) == []
    house.refresh("Later")
    assert ids(house, "Later", label_id=label.id) == ["1"]


def test_a_view_that_shows_a_note_no_longer_takes_its_mark(house: House) -> None:
    house.site.folders["Inbox"] = [remote(1)]
    house.refresh()
    house.site.folders["Inbox"] = [remote(1, is_unread=False)]
    house.refresh("Unread")
    assert ids(house, "Unread") == []
    assert ids(house) == ["1"]


def test_every_word_of_a_search_must_be_found_whatever_the_case(house: House) -> None:
    house.site.folders["Inbox"] = [remote(1, subject="ÄPFEL 100%"), remote(2, body="Im Schnee", sender="ÄSOP")]
    house.refresh()
    assert ids(house, search="äpfel") == ["1"]
    assert ids(house, search="äsop schnee") == ["2"]
    assert ids(house, search="100%") == ["1"]
    assert ids(house, search="äpfel schnee") == []


def test_a_body_the_listing_left_out_is_asked_for_once(house: House) -> None:
    house.site.folders["Inbox"] = [remote(1, body=None), remote(2)]
    house.refresh()
    without, with_body = house.notes()
    for _ in range(2):
        note = reading.open_note(house.line, house.actor, without.id, now=NOON)
        assert note.body == "The whole of 1"
    assert reading.open_note(house.line, house.actor, with_body.id, now=NOON).body == "Text 2"
    assert house.site.calls.count("read") == 1


def test_pages_of_what_is_stored(house: House) -> None:
    house.site.folders["Inbox"] = [remote(number) for number in range(1, 31)]
    house.refresh()
    with house.database.read() as session:
        found = reading.list_notes(session, house.actor, house.account.id, NoteFilter(), page=99)
        assert reading.count_unread(session, house.actor, house.account.id) == 30
    assert (found.total, found.pages, found.number, len(found.notes)) == (30, 2, 2, 5)


@pytest.mark.parametrize(
    ("mark", "name", "value"),
    [
        (Mark.READ, "is_unread", False),
        (Mark.STARRED, "is_starred", True),
        (Mark.NOT_STARRED, "is_starred", False),
        (Mark.UNREAD, "is_unread", True),
    ],
)
def test_marks_are_made_at_the_site_and_here(house: House, mark: Mark, name: str, value: bool) -> None:
    house.site.folders["Inbox"] = [remote(1), remote(2)]
    house.refresh()
    first, second = house.notes()
    assert organising.mark(house.line, house.actor, [first.id, second.id], mark, now=NOON) == 2
    assert {getattr(note, name) for note in house.notes()} == {value}
    assert house.site.calls[-1] == f"mark {mark.value}"


def test_spam_goes_to_its_folder(house: House) -> None:
    house.site.folders["Inbox"] = [remote(1)]
    house.refresh()
    organising.mark(house.line, house.actor, [house.notes()[0].id], Mark.SPAM, now=NOON)
    assert (ids(house), ids(house, "Spam")) == ([], ["1"])


def test_a_mark_the_site_did_not_take_is_not_shown(house: House) -> None:
    house.site.folders["Inbox"] = [remote(1)]
    house.refresh()
    house.site.errors["mark starred"] = away()
    with pytest.raises(ProviderError):
        organising.mark(house.line, house.actor, [house.notes()[0].id], Mark.STARRED, now=NOON)
    assert house.notes()[0].is_starred is False


def test_notes_are_moved_and_deleted_with_an_event_that_says_nothing_of_what_they_say(house: House) -> None:
    house.site.folders |= {"Inbox": [remote(1), remote(2)], "Later": []}
    house.refresh()
    first, second = house.notes()
    organising.move(house.line, house.actor, [first.id], house.folder("Later").id, now=NOON)
    organising.delete(house.line, house.actor, [second.id], now=NOON)
    assert (ids(house), ids(house, "Later")) == ([], ["1"])
    with house.database.read() as session:
        events = session.query(AuditEvent).filter(AuditEvent.action.in_(["note.moved", "note.deleted"])).all()
    assert {event.subject_id for event in events} == {first.id, second.id}
    assert "Text" not in str([(event.before, event.after) for event in events])


@pytest.mark.parametrize("title", ["Unread", "Starred", "Sent", "Drafts"])
def test_some_folders_are_not_moved_to(house: House, title: str) -> None:
    house.site.folders["Inbox"] = [remote(1)]
    house.refresh()
    with pytest.raises(NoteRefused, match=title):
        organising.move(house.line, house.actor, [house.notes()[0].id], house.folder(title).id, now=NOON)


def test_own_folders_are_made_renamed_and_taken_away(house: House) -> None:
    made = folders.create_folder(house.line, house.actor, house.account.id, "  Later  on ", now=NOON)[-1]
    assert made.title == "Later on"
    with pytest.raises(NoteRefused, match="already"):
        folders.create_folder(house.line, house.actor, house.account.id, "later ON", now=NOON)
    folders.rename_folder(house.line, house.actor, made.id, "Soon", now=NOON)
    assert house.site.calls[-1] == "rename id-Later on Soon"
    folders.remove_folder(house.line, house.actor, made.id, now=NOON)
    with house.database.read() as session:
        assert "Soon" not in [one.title for one in folders.list_folders(session, house.actor, house.account.id)]


@pytest.mark.parametrize("title", ["", "   ", "x" * 51])
def test_a_folder_needs_a_title_of_a_length(house: House, title: str) -> None:
    with pytest.raises(NoteRefused, match="title"):
        folders.create_folder(house.line, house.actor, house.account.id, title, now=NOON)


def test_the_sites_own_folders_stay_as_they_are(house: House) -> None:
    inbox = house.folder()
    with pytest.raises(NoteRefused, match="belongs to the site"):
        folders.remove_folder(house.line, house.actor, inbox.id, now=NOON)
    with pytest.raises(NoteRefused, match="belongs to the site"):
        folders.rename_folder(house.line, house.actor, inbox.id, "Mine", now=NOON)


def test_too_many_and_mixed_notes_are_refused(house: House) -> None:
    with pytest.raises(NoteRefused, match="at most 50"):
        organising.mark(house.line, house.actor, ["not_x"] * 51, Mark.READ, now=NOON)
    with pytest.raises(NoteNotFound):
        organising.mark(house.line, house.actor, [], Mark.READ, now=NOON)


def test_charlie_finds_none_of_alices_notes_and_folders(house: House) -> None:
    house.site.folders["Inbox"] = [remote(1)]
    house.refresh()
    (note,), folder = house.notes(), house.folder()
    calls = len(house.site.calls)
    for attempt in (
        lambda: organising.delete(house.line, house.charlie, [note.id], now=NOON),
        lambda: organising.mark(house.line, house.charlie, [note.id], Mark.READ, now=NOON),
        lambda: organising.move(house.line, house.charlie, [note.id], folder.id, now=NOON),
        lambda: reading.open_note(house.line, house.charlie, note.id, now=NOON),
    ):
        with pytest.raises(NoteNotFound):
            attempt()
    for attempt in (
        lambda: reading.refresh_notes(house.line, house.charlie, folder.id, now=NOON),
        lambda: folders.rename_folder(house.line, house.charlie, folder.id, "Mine", now=NOON),
        lambda: folders.remove_folder(house.line, house.charlie, folder.id, now=NOON),
    ):
        with pytest.raises(FolderNotFound):
            attempt()
    with house.database.read() as session:
        assert reading.list_notes(session, house.charlie, house.account.id, NoteFilter()).notes == ()
        assert folders.list_folders(session, house.charlie, house.account.id) == []
    assert len(house.site.calls) == calls


def test_the_counts_follow_what_is_done_here(house: House) -> None:
    house.site.folders |= {"Inbox": [remote(1), remote(2), remote(3)], "Later": []}
    house.refresh()
    first, second, third = house.notes()

    def counts() -> tuple[int | None, ...]:
        return tuple(house.folder(title).note_count for title in ("Inbox", "Later", "Unread", "Starred"))

    with house.database.session() as session:
        session.merge(house.folder("Unread")).note_count = 3
    organising.mark(house.line, house.actor, [first.id, second.id], Mark.READ, now=NOON)
    organising.mark(house.line, house.actor, [first.id], Mark.STARRED, now=NOON)
    assert counts() == (3, 0, 1, 1)
    organising.move(house.line, house.actor, [first.id], house.folder("Later").id, now=NOON)
    assert counts() == (2, 1, 1, 1)
    organising.delete(house.line, house.actor, [first.id, third.id], now=NOON)
    assert counts() == (1, 0, 0, 0)


def test_an_export_names_its_filter_and_holds_no_formula(house: House) -> None:
    house.site.folders["Inbox"] = [remote(1, subject="=1+1", recipients=["alice", "eve"]), remote(2)]
    house.refresh()
    with house.database.read() as session:
        wanted = NoteFilter(house.folder().id, search="text")
        rows = list(reading.csv_rows(session, house.actor, house.account.id, wanted))
        strangers = list(reading.csv_rows(session, house.charlie, house.account.id))
    assert "folder Inbox" in rows[0][1] and "search text" in rows[0][1]
    assert rows[2] == ["2026-06-01T11:00:00+00:00", "tom", "alice, eve", "'=1+1", "yes", "no", "Text 1"]
    assert (len(rows), len(strangers)) == (4, 2)
