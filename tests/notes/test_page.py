"""The screen Notes, run by AppTest with the sandbox at the other end."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.clock import utc_now
from core.identity import sessions
from core.identity.models import User
from core.publishing.notes import labels, templates
from core.runtime import Runtime, build_runtime, install_runtime
from core.sandbox.server import running
from core.settings import Settings
from core.system.actors import Actor
from core.ui import gate
from core.ui.notes.reading_pane import note_text
from tests.factories import make_account, make_user
from tests.sandbox.support import ControlClient
from tests.screens.support import open_screen, press, run, said, scripts

PAGE = "pages/publish/notes.py"
Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def sandbox_url() -> Iterator[str]:
    with running() as url:
        yield url


@pytest.fixture
def control(sandbox_url: str) -> Iterator[ControlClient]:
    client = ControlClient(sandbox_url)
    client.post("/reset")
    yield client
    client.close()


@pytest.fixture
def runtime(settings: Settings, sandbox_url: str) -> Iterator[Runtime]:
    built = build_runtime(settings.model_copy(update={"sandbox_url": sandbox_url, "call_gap_seconds": 0}))
    install_runtime(built)
    yield built
    built.close()


@pytest.fixture
def anna(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> User:
    with runtime.database.session() as session:
        user = make_user(session, "anna", timezone="Europe/Vienna")
        cookie, _ = sessions.open_session(session, user.id, user_agent=None, idle_days=30, now=utc_now())
    monkeypatch.setattr(gate, "session_cookie", lambda: cookie)
    return user


def connect(runtime: Runtime, anna: User, control: ControlClient, **grant: str) -> None:
    tokens = control.post("/grant", username="anna-paints", **grant)
    with runtime.database.session() as session:
        make_account(
            session, anna, username="anna-paints", access_token=tokens["access_token"], scope=tokens["scope"],
            expires_at=utc_now() + timedelta(hours=1), is_default=True,
        )  # fmt: skip


@pytest.fixture
def connected(runtime: Runtime, anna: User, control: ControlClient) -> Actor:
    connect(runtime, anna, control)
    return Actor.person(anna.id)


@pytest.fixture
def open_page() -> Open:
    def opened(**query: str) -> AppTest:
        screen = open_screen("Home.py")
        for name, value in query.items():
            screen.query_params[name] = value
        return run(screen.switch_page(PAGE))

    return opened


def labels_of(screen: AppTest) -> list[str]:
    return [button.label for button in screen.button]


def open_subject(screen: AppTest, subject: str) -> AppTest:
    next(button for button in screen.button if subject in button.label).click()
    return run(screen)


def write(screen: AppTest, to: str, body: str = "Hello!") -> AppTest:
    screen = press(screen, "New note")
    screen.text_input(key="notes-to").input(to)
    screen.text_input(key="notes-subject").input("Fox")
    screen.text_area(key="notes-body").input(body)
    return run(screen)


def test_without_an_account_labels_and_templates_still_work(anna: User, open_page: Open) -> None:
    screen = open_page()
    assert "No account with notes" in said(screen) and "Note templates" in said(screen)


def test_where_notes_are_not_served_the_screen_says_why_and_the_rest_works(
    connected: Actor, open_page: Open, control: ControlClient
) -> None:
    control.post("/notes", served=False)
    screen = open_page()
    assert "no private notes for programs" in said(screen)
    assert "Note templates" in said(screen) and "Inbox · 4" not in labels_of(screen)
    control.post("/notes", served=True)
    assert "Inbox · 4" in labels_of(press(screen, "Ask again"))


def test_without_the_permission_the_way_to_it_is_shown(
    runtime: Runtime, anna: User, open_page: Open, control: ControlClient
) -> None:
    connect(runtime, anna, control, scope="basic user browse")
    screen = open_page()
    assert "without the permission for notes" in said(screen) and "Go to Accounts" in labels_of(screen)


def test_a_site_that_takes_notes_away_meanwhile_is_noticed(
    connected: Actor, open_page: Open, control: ControlClient
) -> None:
    screen = open_page()
    control.post("/notes", served=False)
    assert "no private notes for programs" in said(press(screen, "Read again"))


def test_an_outage_is_told_and_tried_again(connected: Actor, open_page: Open, control: ControlClient) -> None:
    control.fault("error_before", "/notes/folders", status=500)
    screen = open_page()
    assert "Nobody has asked DeviantArt yet" in said(screen)


def test_folders_and_notes_are_shown_with_their_counts(connected: Actor, open_page: Open) -> None:
    screen = open_page()
    assert {"Inbox · 4", "Unread · 2", "Spam · 1", "Kept here"} <= set(labels_of(screen))
    assert "4 notes" in said(screen) and "No note open" in said(screen)
    assert "amberquill" in "".join(labels_of(screen))


def test_opening_a_note_shows_it_and_marks_it_read(connected: Actor, open_page: Open, control: ControlClient) -> None:
    screen = open_subject(open_page(), "Collaboration?")
    assert "We are putting together a zine" in scripts(screen)
    assert "/notes/mark" in [row["endpoint"] for row in control.state("requests")]
    screen = run(screen)
    assert "Unread · 1" in labels_of(screen)


def test_a_folder_is_chosen_and_searched(connected: Actor, open_page: Open) -> None:
    assert "10 000 watchers" in "".join(labels_of(press(open_page(), "Spam · 1")))
    open_page()
    screen = open_page(q="heron")
    assert "1 note" in said(screen) and "Thank you" in "".join(labels_of(screen))


def test_a_note_is_sent_and_the_draft_is_gone(connected: Actor, open_page: Open) -> None:
    screen = press(write(open_page(), "sandbox-studio"), "Send")
    assert "Sent to sandbox-studio." in said(screen)
    assert "Kept here" in labels_of(screen) and "Sent · 1" in labels_of(screen)


def test_whom_a_note_did_not_reach_is_named_and_stays_in_the_draft(connected: Actor, open_page: Open) -> None:
    screen = press(write(open_page(), "sandbox-studio, velvetgrain"), "Send")
    assert "velvetgrain did not get it" in said(screen)
    assert screen.text_input(key="notes-to").value == "velvetgrain"
    assert "Kept here · 1" in labels_of(screen)


def test_a_lost_answer_is_looked_up_instead_of_sent_again(
    connected: Actor, open_page: Open, control: ControlClient
) -> None:
    control.fault("drop_after", "/notes/send", count=1)
    screen = press(write(open_page(), "sandbox-studio"), "Send")
    assert "may have been sent" in said(screen) and "Send" not in labels_of(screen)
    screen = press(screen, "Look it up in Sent")
    assert "Sent to sandbox-studio." in said(screen)
    assert [row["endpoint"] for row in control.state("requests")].count("/notes/send") == 1


@pytest.mark.parametrize(
    ("to", "body", "words"), [("", "Hi", "who the note is for"), ("bob", "", "empty"), ("<b>", "x", "no name")]
)
def test_an_incomplete_note_is_refused_with_a_sentence(
    connected: Actor, open_page: Open, to: str, body: str, words: str
) -> None:
    assert words in said(press(write(open_page(), to, body), "Send"))


def test_a_draft_is_kept_and_thrown_away(connected: Actor, open_page: Open) -> None:
    screen = press(write(open_page(), "bob"), "Keep as draft")
    assert "The draft is kept." in said(screen) and "Kept here · 1" in labels_of(screen)
    assert "The draft is gone." in said(press(screen, "Discard"))


def test_an_answer_begins_with_its_recipient_and_subject(connected: Actor, open_page: Open) -> None:
    screen = press(open_subject(open_page(), "Commission question"), "Answer")
    assert screen.text_input(key="notes-to").value == "lumenfox"
    assert screen.text_input(key="notes-subject").value == "Re: Commission question"


def test_labels_and_templates_are_listed_and_made(runtime: Runtime, connected: Actor, open_page: Open) -> None:
    with runtime.database.session() as session:
        labels.save_label(session, connected, "<b>Client</b>", "#3d5a4c", now=utc_now())
        templates.save_template(session, connected, "Thanks", "", "Dear {to}", now=utc_now())
    screen = open_page(view="library")
    assert "Thanks" in [one.label for one in screen.expander]
    assert "<b>Client</b>" not in scripts(screen) and "Client" in said(screen)
    screen.text_input(key="notes-t-name-new").input("Again")
    screen.text_area(key="notes-t-body-new").input("{price}")
    assert "price" in said(press(screen, "Add template"))


def test_another_persons_note_in_the_address_looks_missing(runtime: Runtime, connected: Actor, open_page: Open) -> None:
    for query in ({"note": "not_x"}, {"write": "not_x"}, {"write": "new", "answer": "not_x"}):
        assert "There is no such" in said(open_page(**query))


def test_what_a_note_says_is_shown_as_text() -> None:
    assert note_text("Hello<br/>there<p>Tom &amp; <b>Eve</b></p><script>x</script>") == "Hello\nthereTom & Eve\nx"
