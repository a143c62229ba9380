"""The Galleries screen: without an account, unread, fresh, stale, reordered, out of reach, and with a folder open."""

import threading
from datetime import timedelta

import pytest

from core.clock import utc_now
from core.identity.models import AccountState
from core.publishing.gallery_calls import KIND
from core.publishing.models import GalleryCache
from core.system.models import IntentState
from core.ui.galleries import opened
from core.ui.galleries.work import FolderWork, Outcome
from tests.factories import make_account, make_deviation, make_intent, make_user
from tests.screens.support import press, run, said

GALLERIES = "pages/publish/galleries.py"
FOLDERS = [("F", "Featured", None), ("A", "Foxes", None), ("A1", "Red *foxes*", "A"), ("B", "Owls", None)]


@pytest.fixture
def account(runtime, anna):
    with runtime.database.session() as session:
        ends = utc_now() + timedelta(hours=1)
        return make_account(session, anna, username="anna-paints", expires_at=ends)


def cache(runtime, user, account, *, age=timedelta(seconds=150), folders=FOLDERS):
    with runtime.database.session() as session:
        session.add_all(
            GalleryCache(user_id=user.id, account_id=account.id, folder_id=folder_id, name=name, parent_id=parent,
                         size=3, position=place, cached_at=utc_now() - age)
            for place, (folder_id, name, parent) in enumerate(folders)
        )  # fmt: skip


def order_of(screen):
    """The folders' ids, from top to bottom."""
    return [button.key.removeprefix("open-") for button in screen.button if (button.key or "").startswith("open-")]


def button(screen, key):
    return next(one for one in screen.button if one.key == key)


def finished(screen):
    """The screen after the work under way has ended."""
    if "galleries.work" in screen.session_state:  # else it ended before the screen was drawn
        screen.session_state["galleries.work"].wait(30)
    return run(screen)


def test_without_an_account_the_way_to_connect_one_is_shown(anna, open_page):
    assert "No account connected" in said(open_page(GALLERIES))


def test_folders_that_were_never_read_can_be_read(account, open_page):
    screen = open_page(GALLERIES)
    assert "No folders read yet" in said(screen)
    # Nobody listens at the other end here.
    screen = finished(press(screen, "Read the folders"))
    assert "could not be reached" in said(screen)


def test_folders_are_shown_as_a_tree_with_their_sizes(runtime, anna, account, open_page):
    cache(runtime, anna, account)
    screen = open_page(GALLERIES)
    assert order_of(screen) == ["F", "A", "A1", "B"]
    assert said(screen).count("3 works") == 4
    assert "Read 2 min ago." in said(screen)
    assert "Red \\*foxes\\*" in button(screen, "open-A1").label


def test_folders_read_long_ago_say_so(runtime, anna, account, open_page):
    cache(runtime, anna, account, age=timedelta(seconds=1230))
    assert "Read 20 min ago; may have changed." in said(open_page(GALLERIES))


def test_a_folder_moves_on_screen_until_the_order_is_saved_or_dropped(runtime, anna, account, open_page):
    cache(runtime, anna, account)
    screen = open_page(GALLERIES)
    assert button(screen, "up-A").disabled and button(screen, "down-B").disabled
    button(screen, "up-B").click()
    screen = run(screen)
    assert order_of(screen) == ["F", "B", "A", "A1"]
    assert "1 folder to move" in said(screen)
    screen = press(screen, "As it was")
    assert order_of(screen) == ["F", "A", "A1", "B"]
    button(screen, "up-B").click()
    screen = finished(press(run(screen), "Save the order"))
    assert "could not be reached" in said(screen)


def test_an_account_that_needs_its_person_shows_folders_without_changing_them(runtime, anna, open_page):
    with runtime.database.session() as session:
        account = make_account(session, anna, username="anna-paints", state=AccountState.RECONNECT)
    cache(runtime, anna, account)
    screen = open_page(GALLERIES)
    assert "must be connected again" in said(screen)
    assert button(screen, "galleries-new").disabled and button(screen, "galleries-refresh").disabled
    assert order_of(screen) == ["F", "A", "A1", "B"]


def test_a_lost_answer_is_told_of_and_can_be_looked_up(runtime, anna, account, open_page):
    cache(runtime, anna, account)
    request = {"action": "removed", "folder_id": "B"}
    with runtime.database.session() as session:
        make_intent(session, account.id, KIND, state=IntentState.UNKNOWN, request=request)
    screen = open_page(GALLERIES)
    assert "The answer to the last change was lost" in said(screen)
    screen = finished(press(screen, "Look it up"))
    assert "cannot be asked now what became of the change" in said(screen)


def test_an_open_folder_shows_what_is_in_it_and_what_is_to_go_there(runtime, anna, account, open_page):
    cache(runtime, anna, account)
    with runtime.database.session() as session:
        for status, title in (("published", "Out"), ("draft", "Soon"), ("scheduled", "Later")):
            make_deviation(session, anna, account, status=status, title=title, gallery_ids=["A"])
        make_deviation(session, anna, account, status="published", title="Elsewhere", gallery_ids=["B"])
    screen = open_page(GALLERIES, folder="A")
    inside, waiting = (list(frame.value["title"]) for frame in screen.dataframe)
    assert (inside, sorted(waiting)) == (["Out"], ["Later", "Soon"])
    assert order_of(press(screen, "All folders")) == ["F", "A", "A1", "B"]


def test_a_folder_that_is_gone_leads_back_to_the_tree(runtime, anna, account, open_page):
    cache(runtime, anna, account)
    assert order_of(open_page(GALLERIES, folder="gone")) == ["F", "A", "A1", "B"]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("new", "Where"),
        ("edit", "Replace the description"),
        ("move", "no call that brings a folder back to the top"),
        ("remove", "This cannot be undone"),
        ("add", "They stay in the folders they are in"),
        ("drafts", "No draft or scheduled post goes out with"),
    ],
)
def test_each_dialog_opens(runtime, anna, account, open_page, action, words):
    cache(runtime, anna, account)
    with runtime.database.session() as session:
        make_deviation(session, anna, account, status="published", title="Out")
    screen = open_page(GALLERIES)
    screen.session_state["galleries.dialog"] = opened.Opened("gallery-1", action, "A")
    screen = run(screen)
    labels = [one.label for kind in (screen.selectbox, screen.toggle) for one in kind]
    assert words in said(screen) or words in labels


def test_work_under_way_is_shown_and_nothing_else_can_be_begun(runtime, anna, account, open_page):
    cache(runtime, anna, account)
    screen = open_page(GALLERIES)
    gate = threading.Event()

    def run_it(progress):
        progress(1, 2, "")
        gate.wait(30)
        return Outcome("2 folders were moved.", ("“Owls”: not this one.",))

    screen.session_state["galleries.work"] = FolderWork("Moving folders.", run_it)
    screen = run(screen)
    assert button(screen, "galleries-new").disabled
    gate.set()
    screen = finished(screen)
    assert "2 folders were moved." in said(screen)
    assert "not this one" in said(screen)


def test_several_accounts_are_chosen_between_by_the_address(runtime, anna, account, open_page):
    with runtime.database.session() as session:
        other = make_account(session, anna, username="second-studio")
    cache(runtime, anna, other)
    assert order_of(open_page(GALLERIES, account=account.id)) == []
    assert order_of(open_page(GALLERIES, account=other.id)) == ["F", "A", "A1", "B"]


def test_another_persons_folders_are_not_seen(runtime, anna, account, open_page):
    with runtime.database.session() as session:
        charlie = make_user(session, "charlie")
        theirs = make_account(session, charlie, username="charlies-place")
    cache(runtime, charlie, theirs)
    screen = open_page(GALLERIES, account=theirs.id)
    assert order_of(screen) == []
    assert "charlies-place" not in said(screen)


def test_drafts_are_sent_to_a_folder_and_taken_back(runtime, anna, account, open_page):
    cache(runtime, anna, account)
    with runtime.database.session() as session:
        draft = make_deviation(session, anna, account, title="Soon").id
    screen = open_page(GALLERIES, folder="A")
    screen = press(screen, "Choose drafts")
    screen.multiselect[0].set_value([draft])
    screen = press(run(screen), "Save")
    assert "1 post was told where to go." in said(screen)
    assert [list(frame.value["title"]) for frame in screen.dataframe] == [["Soon"]]
    screen = press(screen, "Undo")
    assert not screen.dataframe
