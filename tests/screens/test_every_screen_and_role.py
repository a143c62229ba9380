"""One walk over every screen, route and role: who may see what, and that another's things look like missing ones."""

import pytest

from core.clock import utc_now
from core.identity.models import User
from core.runtime import Runtime
from core.system import channels
from core.system.actors import Actor
from core.system.notifications import notify
from core.ui.navigation import SCREENS, Screen
from core.web.app import build_routes
from tests.factories import make_account, make_attempt, make_deviation, make_user
from tests.sales.support import make_sale
from tests.screens.conftest import SignIn
from tests.screens.support import open_screen, run, said
from tests.studio.factories import make_collection, make_lookup, make_product, make_project

ALL = [screen for group in SCREENS.values() for screen in group]
FOR_ALL = [screen for screen in ALL if not screen.admins_only]
FOR_ADMINS = [screen for screen in ALL if screen.admins_only]
SECRET_TITLE = "Nobody else may read this title"

# Who may call what without a cookie, and why. A new route must be placed here on purpose.
OPEN_ROUTES = {
    "/auth/session": "trades a one-time ticket",
    "/auth/sign-out": "harmless without a session",
    "/auth/deviantart/start": "sends the stranger to the door",
    "/auth/deviantart/callback": "sends the stranger to the door",
    "/blobs/{blob_id}/{size}": "answers 404 without the owner's cookie",
    "/sales/{sale_id}/proof": "answers 404 without the owner's cookie",
    "/gallery/marks": "answers 401 without the owner's cookie, 403 to other sites",
    "/gallery/archives/{archive}": "answers 404 without the owner's cookie",
    "/calendar/{secret}.ics": "answers 404 without the secret, which its person made and can revoke",
    "/hooks/providers/{provider}/{tail}": "answers 401 without the provider's own signature",
    "/healthz": "says ok",
    "/readyz": "says ok or which part is away",
    "/metrics": "counts, no names",
    "/api/v1": "asks for a key at its own gate; tests/api",
}


def _title(screen: Screen) -> str:
    return screen.title


@pytest.mark.parametrize("screen", ALL, ids=_title)
def test_a_stranger_sees_the_door_and_nothing_else(admin: User, sign_out: None, screen: Screen) -> None:
    shown = open_screen(screen.script)
    words = said(shown)
    assert any(button.label == "Sign in" for button in shown.button)
    assert screen.title not in words.splitlines()


@pytest.mark.parametrize("screen", ALL, ids=_title)
def test_an_administrator_can_open_every_screen(admin: User, screen: Screen) -> None:
    shown = open_screen("Home.py")
    if not screen.is_front:
        shown = run(shown.switch_page(screen.script))
    assert not shown.exception
    assert not [error for error in shown.error if "reference" in str(error.value)]


@pytest.mark.parametrize("screen", FOR_ALL, ids=_title)
def test_a_member_sees_nothing_of_what_another_member_has(
    runtime: Runtime, alice: User, sign_in: SignIn, screen: Screen
) -> None:
    with runtime.database.session() as session:
        charlie = _somebody_with_posts(session)
    sign_in(alice)
    shown = open_screen("Home.py")
    if not screen.is_front:
        shown = run(shown.switch_page(screen.script))
    assert SECRET_TITLE not in _everything(shown)
    assert charlie not in _everything(shown)


@pytest.mark.parametrize("screen", FOR_ADMINS, ids=_title)
def test_a_member_is_refused_what_is_for_administrators(alice: User, sign_in: SignIn, screen: Screen) -> None:
    sign_in(alice)
    for shown in (open_screen(screen.script), run(open_screen("Home.py").switch_page(screen.script))):
        assert "administrators" in said(shown)
        assert not shown.dataframe


def test_every_route_is_known_here(runtime: Runtime) -> None:
    """A route somebody adds without thinking of strangers fails this test."""
    assert {route.path for route in build_routes(runtime)} == set(OPEN_ROUTES)


def _somebody_with_posts(session) -> str:  # type: ignore[no-untyped-def]  # the session is SQLAlchemy's
    charlie = make_user(session, "charlie-of-the-other-studio")
    account = make_account(session, charlie)
    for status in ("draft", "review", "scheduled", "published", "failed"):
        post = make_deviation(session, charlie, account, status=status, title=SECRET_TITLE)
        make_attempt(session, post, message=SECRET_TITLE)
        make_sale(session, charlie, deviation=post, url="https://example.test/x", title=SECRET_TITLE)
    make_collection(session, charlie, SECRET_TITLE)
    project = make_project(session, charlie, SECRET_TITLE)
    make_product(session, charlie, name=SECRET_TITLE, prompt=SECRET_TITLE, project_id=project.id)
    make_lookup(session, charlie, "secret", [SECRET_TITLE])
    name, now = account.username, utc_now()
    channels.add_webhook(
        session, Actor.person(charlie.id), f"https://{name}.example", ["post.failed"], allow_private=True, now=now
    )
    notify(session, charlie.id, "post.failed:dev_1", SECRET_TITLE, now=now)
    return account.username


def _everything(shown) -> str:  # type: ignore[no-untyped-def]  # AppTest
    tables = "\n".join(frame.value.to_string() for frame in shown.dataframe)
    return said(shown) + tables + "\n".join(element.proto.body for element in shown.get("html"))
