"""The screens of administrators."""

import pytest

from core.clock import utc_now
from core.identity import instance, invitations, users
from core.identity.models import InstanceUserRole, User
from core.identity.passwords import is_password
from core.runtime import Runtime
from core.system import heartbeats
from tests.identity.support import COMMAND_LINE, acting, add
from tests.screens.conftest import SignIn
from tests.screens.support import open_screen, press, run, said

PEOPLE, SETTINGS = "pages/admin/people.py", "pages/admin/settings.py"
HEALTH, AUDIT = "pages/admin/health.py", "pages/admin/audit.py"


def person(runtime: Runtime, name: str) -> users.Person:
    with runtime.database.read() as session:
        return next(p for p in users.list_people(session, COMMAND_LINE, now=utc_now()) if p.username == name)


@pytest.mark.parametrize("script", [PEOPLE, SETTINGS, HEALTH, AUDIT])
def test_members_are_told_to_ask_an_administrator(runtime: Runtime, alice: User, sign_in: SignIn, script: str) -> None:
    sign_in(alice)
    screen = open_screen(script)
    assert "Only administrators see this screen" in said(screen)
    assert not screen.title


@pytest.mark.parametrize("script", [PEOPLE, SETTINGS, HEALTH, AUDIT])
def test_administrators_see_the_screen(admin: User, script: str) -> None:
    screen = open_screen(script)
    assert screen.title
    assert not screen.error


def test_somebody_is_added_with_a_password_to_hand_over_once(runtime: Runtime, admin: User) -> None:
    screen = open_screen(PEOPLE)
    screen.text_input(key="add-username").set_value("Bob")
    press(screen, "Add with a new password")
    (password,) = [code.value for code in screen.code]
    with runtime.database.read() as session:
        bob = users.get_by_username(session, "bob")
    assert is_password(password, bob.password_hash)
    assert not run(screen).code


def test_a_taken_name_is_said_and_nobody_is_added(runtime: Runtime, admin: User) -> None:
    screen = open_screen(PEOPLE)
    screen.text_input(key="add-username").set_value("ROOT")
    press(screen, "Add with a new password")
    assert "is taken" in said(screen)
    assert not screen.code


def test_an_invitation_is_a_link_that_can_be_taken_back(runtime: Runtime, admin: User) -> None:
    screen = open_screen(PEOPLE)
    screen.text_input(key="invite-note").set_value("Bob")
    press(screen, "Make an invitation link")
    (link,) = [code.value for code in screen.code]
    token = link.partition("?invite=")[2]
    with runtime.database.read() as session:
        assert invitations.find(session, token, now=utc_now())
    assert "Bob" in said(screen)
    press(screen, "Take back")
    with runtime.database.read() as session:
        assert invitations.find(session, token, now=utc_now()) is None


def test_the_list_shows_role_and_state(runtime: Runtime, admin: User, alice: User) -> None:
    with runtime.database.session() as session:
        users.disable(session, COMMAND_LINE, alice.id, now=utc_now())
    text = said(open_screen(PEOPLE))
    assert "**alice**" in text
    assert "Disabled" in text
    assert "Administrator" in text


def test_settings_are_saved(runtime: Runtime, admin: User) -> None:
    screen = open_screen(SETTINGS)
    screen.selectbox[0].set_value("America/New_York")
    screen.toggle[0].set_value(False)
    press(screen, "Save")
    with runtime.database.read() as session:
        assert instance.reporting_timezone(session) == "America/New_York"
        assert not instance.invites_enabled(session)


def test_without_a_sidecar_the_health_screen_says_what_to_start(runtime: Runtime, admin: User) -> None:
    assert "No sidecar is running" in said(open_screen(HEALTH))


def test_with_everything_alive_the_health_screen_says_so(runtime: Runtime, admin: User) -> None:
    now = utc_now()
    with runtime.database.session() as session:
        heartbeats.beat(session, "one", heartbeats.SCHEDULER, started_at=now, is_leader=True, now=now)
        heartbeats.record_run(session, "clean_up", started_at=now, finished_at=now, outcome="done", detail=None)
    screen = open_screen(HEALTH)
    assert "Everything answers." in said(screen)
    assert screen.dataframe[0].value["Process"].tolist() == ["Sidecar"]
    assert screen.dataframe[1].value["Job"].tolist() == ["clean up"]


def test_the_trail_names_people_and_what_changed(runtime: Runtime, admin: User, alice: User) -> None:
    with runtime.database.session() as session:
        users.set_role(session, acting(admin), alice.id, InstanceUserRole.ADMIN, now=utc_now())
    table = open_screen(AUDIT).dataframe[0].value
    latest = table.iloc[0]
    assert (latest["Who"], latest["What"], latest["Subject"]) == ("root", "user role changed", "alice")
    assert (latest["Before"], latest["After"]) == ("role: member", "role: admin")


def test_the_trail_is_filtered_by_its_address(runtime: Runtime, admin: User, alice: User) -> None:
    screen = open_screen(AUDIT, who="root", what="session")
    table = screen.dataframe[0].value
    assert set(table["Who"]) == {"root"}
    assert set(table["What"]) == {"session opened"}
    assert "1 event" in said(screen)


def test_filters_that_fit_nothing_say_so(runtime: Runtime, admin: User) -> None:
    screen = open_screen(AUDIT, subject="dev_unknown")
    assert "No event fits these filters." in said(screen)


def test_a_long_trail_has_pages(runtime: Runtime, admin: User) -> None:
    with runtime.database.session() as session:
        for number in range(60):
            add(session, f"person{number}")
    screen = open_screen(AUDIT, what="user")
    assert "61 events" in said(screen)
    assert len(screen.dataframe[0].value) == 50
