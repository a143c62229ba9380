"""My profile: what a person changes about themselves."""

import pytest

from core.clock import utc_now
from core.identity import sessions, users
from core.identity.models import User
from core.identity.passwords import is_password
from core.runtime import Runtime
from tests.identity.support import PASSWORD
from tests.screens.conftest import SignIn
from tests.screens.support import open_screen, press, said

PAGE = "pages/account/profile.py"


@pytest.fixture(autouse=True)
def _signed_in(alice: User, sign_in: SignIn) -> None:
    sign_in(alice)


def user_of(runtime: Runtime, user: User) -> User:
    with runtime.database.read() as session:
        return users.get_user(session, user.id)


def test_name_address_and_zone_can_be_changed(runtime: Runtime, alice: User) -> None:
    screen = open_screen(PAGE)
    screen.text_input(key="profile-name").set_value("Alice A.")
    screen.text_input(key="profile-email").set_value("alice@example.org")
    screen.selectbox(key="profile-timezone").set_value("Asia/Tokyo")
    press(screen, "Save")
    changed = user_of(runtime, alice)
    assert (changed.name, changed.email, changed.timezone) == ("Alice A.", "alice@example.org", "Asia/Tokyo")
    assert "Times are in Asia/Tokyo." in said(screen)


def test_a_password_is_changed_by_whoever_knows_the_old_one(runtime: Runtime, alice: User) -> None:
    screen = open_screen(PAGE)
    screen.text_input(key="password-current").set_value(PASSWORD)
    screen.text_input(key="new-password").set_value("a better password")
    screen.text_input(key="new-again").set_value("a better password")
    press(screen, "Change password")
    assert "Your password is changed." in said(screen)
    assert is_password("a better password", user_of(runtime, alice).password_hash)


@pytest.mark.parametrize(
    ("current", "new", "again", "complaint"),
    [
        ("not this one", "a better password", "a better password", "not right"),
        (PASSWORD, "a better password", "another password", "differ"),
        (PASSWORD, "short", "short", "at least 10"),
    ],
)
def test_otherwise_the_password_stays(
    runtime: Runtime, alice: User, current: str, new: str, again: str, complaint: str
) -> None:
    screen = open_screen(PAGE)
    screen.text_input(key="password-current").set_value(current)
    screen.text_input(key="new-password").set_value(new)
    screen.text_input(key="new-again").set_value(again)
    press(screen, "Change password")
    assert complaint in said(screen)
    assert is_password(PASSWORD, user_of(runtime, alice).password_hash)


def test_other_browsers_can_be_signed_out(runtime: Runtime, alice: User) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    with runtime.database.session() as session:
        token, row = sessions.open_session(session, alice.id, user_agent=agent, idle_days=30, now=utc_now())
    screen = open_screen(PAGE)
    assert "Firefox on Windows" in said(screen)
    assert "this browser" in said(screen)
    screen.button(key=f"end-{row.id}").click().run()
    with runtime.database.read() as session:
        assert sessions.find(session, token, now=utc_now()) is None
        assert len(sessions.list_open(session, alice.id, now=utc_now())) == 1


def test_everywhere_else_is_one_button(runtime: Runtime, alice: User) -> None:
    for _ in range(3):
        with runtime.database.session() as session:
            sessions.open_session(session, alice.id, user_agent=None, idle_days=30, now=utc_now())
    screen = open_screen(PAGE)
    press(screen, "Sign out everywhere else")
    with runtime.database.read() as session:
        assert len(sessions.list_open(session, alice.id, now=utc_now())) == 1
    assert "Sign out everywhere else" not in [button.label for button in screen.button]
