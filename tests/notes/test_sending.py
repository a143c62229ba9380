"""A note is sent once: drafts, recipients, lost answers, and what a crash leaves."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.publishing.notes import drafts, sending
from core.publishing.notes.drafts import SEND, read_recipients
from core.publishing.notes.errors import NoteInDoubt, NoteNotFound, NoteRefused
from core.publishing.notes.sending import SendReport
from core.publishing.providers import ProviderError
from core.system.models import AuditEvent, Intent, IntentState
from tests.factories import HOUR, NOON, make_intent
from tests.notes.conftest import MINUTE, House
from tests.notes.support import away, remote


def send(house: House, draft_id: str, *, after: timedelta = timedelta(0), **options: str) -> SendReport:
    return sending.send(house.line, house.actor, draft_id, now=NOON + after, **options)


def look_up(house: House, draft_id: str, after: timedelta = timedelta(0)) -> SendReport:
    return sending.look_up(house.line, house.actor, draft_id, now=NOON + after)


def intents(house: House) -> list[IntentState]:
    with house.database.read() as session:
        return list(session.scalars(select(Intent.state).where(Intent.kind == SEND).order_by(Intent.id)))


def in_doubt(house: House) -> str:
    """A draft whose answer was lost although it was sent."""
    draft_id = house.draft("bob", "eve")
    house.site.lost = True
    with pytest.raises(NoteInDoubt, match="may have been sent"):
        send(house, draft_id)
    return draft_id


def test_a_note_that_reached_everybody_is_no_draft_any_more(house: House) -> None:
    draft_id = house.draft("bob", "eve")
    assert send(house, draft_id) == SendReport(("bob", "eve"), ())
    assert (house.kept(draft_id), intents(house)) == (None, [IntentState.DONE])
    assert house.site.folders["Sent"][0].body == "A note."


def test_those_it_did_not_reach_stay_in_the_draft(house: House) -> None:
    house.site.unreachable = {"eve"}
    draft_id = house.draft("bob", "eve")
    assert send(house, draft_id) == SendReport(("bob",), ("eve",), draft_id)
    draft = house.kept(draft_id)
    assert draft is not None and draft.recipients == ["eve"]
    house.site.unreachable = set()
    send(house, draft_id)
    assert [note.recipients for note in house.site.folders["Sent"]] == [["eve"], ["bob"]]


def test_an_answer_names_the_note_it_answers(house: House) -> None:
    house.site.folders["Inbox"] = [remote(5)]
    house.refresh()
    send(house, house.draft("tom"), reply_to=house.notes()[0].id)
    assert house.site.calls[-1] == "send 5"


@pytest.mark.parametrize(("to", "body", "words"), [((), "x", "who the note is for"), (("bob",), "  ", "empty")])
def test_an_incomplete_draft_is_kept_and_not_sent(house: House, to: tuple[str, ...], body: str, words: str) -> None:
    draft_id = house.draft(*to, body=body)
    with pytest.raises(NoteRefused, match=words):
        send(house, draft_id)
    assert (house.site.calls, intents(house)) == ([], [])


def test_a_refusal_leaves_the_draft_to_be_sent_again(house: House) -> None:
    house.site.errors["send"] = away()
    draft_id = house.draft("bob")
    with pytest.raises(ProviderError):
        send(house, draft_id)
    assert send(house, draft_id, after=MINUTE).arrived == ("bob",)
    assert intents(house) == [IntentState.FAILED, IntentState.DONE]


def test_a_lost_answer_is_never_followed_by_a_second_sending(house: House) -> None:
    draft_id = in_doubt(house)
    with pytest.raises(NoteInDoubt):
        send(house, draft_id)
    assert house.site.calls.count("send") == 1
    with house.database.read() as session:
        assert drafts.in_doubt(session, house.actor, [draft_id]) == {draft_id}


def test_a_note_found_in_sent_counts_as_sent(house: House) -> None:
    draft_id = in_doubt(house)
    assert look_up(house, draft_id) == SendReport(("bob", "eve"), ())
    assert (house.kept(draft_id), intents(house)) == (None, [IntentState.DONE])
    assert len(house.site.folders["Sent"]) == 1


def test_only_those_whom_sent_names_count_as_reached(house: House) -> None:
    house.site.unreachable = {"eve"}
    draft_id = in_doubt(house)
    assert look_up(house, draft_id) == SendReport(("bob",), ("eve",), draft_id)


def test_a_note_that_sent_does_not_show_was_not_sent_a_minute_later(house: House) -> None:
    draft_id = in_doubt(house)
    house.site.folders["Sent"].clear()
    with pytest.raises(NoteInDoubt, match="may take a minute"):
        look_up(house, draft_id, timedelta(seconds=59))
    assert look_up(house, draft_id, MINUTE) == SendReport((), ("bob", "eve"), draft_id)
    assert intents(house) == [IntentState.FAILED]
    assert send(house, draft_id, after=2 * MINUTE).arrived == ("bob", "eve")


@pytest.mark.parametrize(
    "changes",
    [{"subject": "Another"}, {"body": "Something else."}, {"sent_at": NOON - HOUR}, {"recipients": ["dan"]}],
)
def test_another_note_is_not_taken_for_it(house: House, changes: dict[str, object]) -> None:
    draft_id = in_doubt(house)
    sent = house.site.folders["Sent"]
    sent[0] = remote(1, **({"subject": "Hello", "body": "A note.", "recipients": ["bob"], "sent_at": NOON} | changes))
    assert look_up(house, draft_id, MINUTE).arrived == ()


def test_what_the_site_changes_about_a_text_does_not_matter(house: House) -> None:
    draft_id = house.draft("bob", body="Tom & Eve\n\nsaid “hi”")
    house.site.lost = True
    with pytest.raises(NoteInDoubt):
        send(house, draft_id)
    sent = house.site.folders["Sent"]
    sent[0] = remote(1, subject="Hello", body="Tom &amp; Eve said “hi”", recipients=["Bob"], sent_at=NOON)
    assert look_up(house, draft_id).arrived == ("bob",)


def test_a_crash_during_the_call_is_looked_up_once_nobody_can_be_sending(house: House) -> None:
    draft_id = house.draft("bob")
    with house.database.session() as session:
        make_intent(session, draft_id, SEND, opened_at=NOON)
    with pytest.raises(NoteInDoubt, match="right now"):
        look_up(house, draft_id, 2 * MINUTE)
    with pytest.raises(NoteInDoubt):
        send(house, draft_id)
    assert look_up(house, draft_id, 3 * MINUTE).failed == ("bob",)
    assert send(house, draft_id, after=4 * MINUTE).arrived == ("bob",)


def test_two_who_press_send_at_once_send_once(house: House) -> None:
    draft_id = house.draft("bob")
    together = threading.Barrier(2, timeout=30)

    def press() -> object:
        together.wait()
        try:
            return send(house, draft_id)
        except (NoteInDoubt, NoteNotFound) as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        results = [future.result() for future in [pool.submit(press) for _ in range(2)]]
    assert house.site.calls.count("send") == 1
    assert sum(isinstance(one, SendReport) for one in results) == 1


def test_a_draft_in_doubt_is_neither_changed_nor_thrown_away(house: House) -> None:
    draft_id = in_doubt(house)
    with house.database.session() as session, pytest.raises(NoteInDoubt):
        drafts.discard_draft(session, house.actor, draft_id, now=NOON)
    with house.database.session() as session, pytest.raises(NoteInDoubt):
        drafts.save_draft(session, house.actor, house.account.id, ["dan"], "", "x", draft_id=draft_id, now=NOON)


def test_what_was_never_sent_needs_no_look_up(house: House) -> None:
    with pytest.raises(NoteRefused, match="was not sent"):
        look_up(house, house.draft("bob"))


def test_a_draft_is_changed_in_its_place_and_thrown_away(house: House) -> None:
    draft_id = house.draft("bob")
    with house.database.session() as session:
        changed = drafts.save_draft(
            session, house.actor, house.account.id, ["eve, dan"], "New", "Text", draft_id=draft_id, now=NOON
        )
    assert (changed.id, changed.recipients, changed.subject) == (draft_id, ["eve", "dan"], "New")
    assert [note.id for note in house.notes(None, drafts=True)] == [draft_id]
    with house.database.session() as session:
        drafts.discard_draft(session, house.actor, draft_id, now=NOON)
    assert house.kept(draft_id) is None


def test_recipients_are_read_from_what_a_person_types() -> None:
    assert read_recipients(" @bob, Eve; bob\neve-2 ") == ["bob", "Eve", "eve-2"]
    for text, words in (("<b>", "no name"), ("a.b", "no name"), (" ".join(f"n{x}" for x in range(11)), "at most 10")):
        with pytest.raises(NoteRefused, match=words):
            read_recipients(text)


@pytest.mark.parametrize(("subject", "body"), [("x" * 201, "x"), ("x", "x" * 20_001)])
def test_too_long_a_text_is_refused(house: House, subject: str, body: str) -> None:
    with pytest.raises(NoteRefused, match="at most"):
        house.draft("bob", subject=subject, body=body)


def test_the_trail_says_that_a_note_was_sent_and_nothing_of_what_it_says(house: House) -> None:
    send(house, house.draft("bob", subject="Secret", body="Very secret"))
    with house.database.read() as session:
        events = session.scalars(select(AuditEvent)).all()
    assert [event.action for event in events] == ["note.draft_saved", "note.sent"]
    assert "ecret" not in str([(event.before, event.after) for event in events])


def test_charlie_cannot_send_or_look_up_alices_draft(house: House) -> None:
    draft_id = house.draft("bob")
    for attempt in (
        lambda: sending.send(house.line, house.charlie, draft_id, now=NOON),
        lambda: sending.look_up(house.line, house.charlie, draft_id, now=NOON),
    ):
        with pytest.raises(NoteNotFound):
            attempt()
    with house.database.session() as session, pytest.raises(NoteNotFound):
        drafts.discard_draft(session, house.charlie, draft_id, now=NOON)
    with house.database.read() as session:
        assert drafts.in_doubt(session, house.charlie, [draft_id]) == set()
    assert house.site.calls == []
