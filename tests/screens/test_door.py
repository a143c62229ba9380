"""What somebody sees who is not signed in."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.clock import utc_now
from core.identity import invitations, tickets, users
from core.identity.models import InstanceUserRole, User
from core.runtime import Runtime
from core.ui import set_up
from tests.identity.support import COMMAND_LINE, PASSWORD, acting
from tests.screens.support import open_screen, press, said, scripts


def fill_newcomer(screen: AppTest, key: str, *, name: str = "anna", password: str = PASSWORD, again: str = "") -> None:
    screen.text_input(key=f"{key}-username").set_value(name)
    screen.text_input(key=f"{key}-password").set_value(password)
    screen.text_input(key=f"{key}-again").set_value(again or password)


def ticket_in(screen: AppTest) -> str:
    """The ticket the page sends to the session route."""
    found = re.search(r'fetch\("/auth/session".*?"ticket": "([^"]+)"', scripts(screen), re.DOTALL)
    assert found, "the page sends no ticket"
    return found.group(1)


def owner_of(runtime: Runtime, ticket: str) -> str | None:
    with runtime.database.session() as session:
        return tickets.redeem(session, tickets.SIGN_IN, ticket, now=utc_now())


def people(runtime: Runtime) -> list[users.Person]:
    with runtime.database.read() as session:
        return users.list_people(session, COMMAND_LINE, now=utc_now())


def test_the_first_visit_makes_the_owner_and_signs_them_in(runtime: Runtime) -> None:
    screen = open_screen("Home.py")
    assert "Welcome to your Atelier" in said(screen)
    fill_newcomer(screen, "set-up")
    press(screen, "Start empty")
    (owner,) = people(runtime)
    assert (owner.username, owner.role, owner.timezone) == ("anna", InstanceUserRole.ADMIN, "Europe/Berlin")
    assert owner_of(runtime, ticket_in(screen)) == owner.id


def test_the_owner_may_ask_for_a_demo_studio(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    furnished: list[str] = []
    monkeypatch.setattr(set_up, "furnish", lambda _runtime, user_id: furnished.append(user_id) or 12)
    screen = open_screen("Home.py")
    fill_newcomer(screen, "set-up")
    press(screen, "Start with a demo studio")
    assert furnished == [people(runtime)[0].id]


def test_a_demo_studio_that_fails_locks_nobody_out(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_runtime: Runtime, _user_id: str) -> int:
        raise RuntimeError("no paint")

    monkeypatch.setattr(set_up, "furnish", fail)
    screen = open_screen("Home.py")
    fill_newcomer(screen, "set-up")
    press(screen, "Start with a demo studio")
    assert "reference" in said(screen)
    assert "no paint" not in said(screen)
    assert ticket_in(screen)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"name": "a"}, "2 to 64 characters"),
        ({"password": "short"}, "at least 10 characters"),
        ({"again": "something else"}, "two passwords differ"),
    ],
)
def test_what_cannot_be_used_is_said_and_nobody_is_added(
    runtime: Runtime, fields: dict[str, str], complaint: str
) -> None:
    screen = open_screen("Home.py")
    fill_newcomer(screen, "set-up", **fields)
    press(screen, "Start empty")
    assert complaint in said(screen)
    assert people(runtime) == []


def test_the_right_password_lets_alice_in(runtime: Runtime, alice: User) -> None:
    screen = open_screen("Home.py")
    screen.text_input(key="sign-in-username").set_value("ALICE")
    screen.text_input(key="sign-in-password").set_value(PASSWORD)
    press(screen, "Sign in")
    assert owner_of(runtime, ticket_in(screen)) == alice.id


def test_a_wrong_password_is_told_apart_from_an_unknown_name_by_nobody(runtime: Runtime, alice: User) -> None:
    answers = []
    for name in ("alice", "nobody"):
        screen = open_screen("Home.py")
        screen.text_input(key="sign-in-username").set_value(name)
        screen.text_input(key="sign-in-password").set_value("wrong password")
        press(screen, "Sign in")
        answers.append(said(screen))
        assert "/auth/session" not in scripts(screen)
    assert answers[0] == answers[1]
    assert "do not match" in answers[0]


def test_whoever_guesses_too_often_is_told_until_when_to_wait(runtime: Runtime, alice: User) -> None:
    screen = open_screen("Home.py")
    for _ in range(6):
        screen.text_input(key="sign-in-username").set_value("alice")
        screen.text_input(key="sign-in-password").set_value("wrong password")
        press(screen, "Sign in")
    assert re.search(r"Too many wrong passwords\. Wait until \d\d:\d\d, then", said(screen))


def test_nothing_of_the_house_is_shown_at_the_door(runtime: Runtime, alice: User) -> None:
    screen = open_screen("Home.py")
    assert screen.sidebar.markdown == []
    assert "stSidebar" in scripts(screen)  # hidden by style


def test_every_screen_shows_the_door_to_strangers(runtime: Runtime, alice: User) -> None:
    for script in ("pages/account/profile.py", "pages/admin/people.py", "pages/admin/audit.py"):
        screen = open_screen(script)
        assert "Sign in" in said(screen)
        assert not screen.title


def test_an_invitation_adds_the_person_and_lets_them_in(runtime: Runtime, admin: User, sign_out: None) -> None:
    with runtime.database.session() as session:
        token = invitations.invite(session, acting(admin), InstanceUserRole.MEMBER, now=utc_now())
    screen = open_screen("Home.py", invite=token)
    assert "You are invited" in said(screen)
    fill_newcomer(screen, "invited", name="bob")
    press(screen, "Join")
    assert [person.username for person in people(runtime)] == ["bob", "root"]
    assert ticket_in(screen)


def test_a_useless_invitation_says_so_and_leads_to_the_form(runtime: Runtime, alice: User) -> None:
    screen = open_screen("Home.py", invite="made-up")
    assert "Ask for a new one" in said(screen)
    press(screen, "Sign in instead")
    assert screen.text_input(key="sign-in-username")
