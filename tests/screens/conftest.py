"""Screens without a browser: scripts run by AppTest against a real installation."""

from collections.abc import Callable, Iterator

import pytest

from core.clock import utc_now
from core.identity import sessions
from core.identity.models import User
from core.runtime import Runtime, build_runtime, install_runtime
from core.settings import Settings
from core.ui import door, gate
from tests.identity.support import add

SignIn = Callable[[User], None]


@pytest.fixture
def runtime(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """The runtime of the screens; the browser in front of them is on this machine and has no cookie."""
    monkeypatch.setattr(gate, "session_cookie", lambda: None)
    monkeypatch.setattr(door, "client_address", lambda: None)
    built = build_runtime(settings)
    install_runtime(built)
    yield built
    built.close()


@pytest.fixture
def sign_in(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> SignIn:
    """Make the browser of this test somebody's; AppTest cannot send cookies itself."""

    def as_user(user: User) -> None:
        with runtime.database.session() as session:
            cookie, _ = sessions.open_session(session, user.id, user_agent=None, idle_days=30, now=utc_now())
        monkeypatch.setattr(gate, "session_cookie", lambda: cookie)

    return as_user


@pytest.fixture
def admin(runtime: Runtime, sign_in: SignIn) -> User:
    """An administrator, signed in."""
    with runtime.database.session() as session:
        user = add(session, "root", is_admin=True)
    sign_in(user)
    return user


@pytest.fixture
def alice(runtime: Runtime) -> User:
    """A member, not signed in."""
    with runtime.database.session() as session:
        return add(session, "alice")


@pytest.fixture
def sign_out(admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is signed in any more."""
    monkeypatch.setattr(gate, "session_cookie", lambda: None)
