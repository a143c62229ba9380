"""Home and the execution log, run by AppTest against a real installation."""

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from core.clock import utc_now
from core.identity import sessions
from core.identity.models import InstanceUserRole, User
from core.runtime import Runtime, build_runtime, install_runtime
from core.settings import Settings
from core.ui import gate
from tests.factories import make_user
from tests.screens.support import open_screen, run

Open = Callable[..., AppTest]


@pytest.fixture
def runtime(settings: Settings) -> Iterator[Runtime]:
    # Nobody listens there: these tests are about the screens, not about the site.
    built = build_runtime(settings.model_copy(update={"sandbox_url": "http://127.0.0.1:9"}))
    install_runtime(built)
    yield built
    built.close()


@pytest.fixture
def anna(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> User:
    """A member in Vienna, signed in."""
    return _enter(runtime, monkeypatch, InstanceUserRole.MEMBER)


@pytest.fixture
def admin(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> User:
    """An administrator, signed in."""
    return _enter(runtime, monkeypatch, InstanceUserRole.ADMIN)


@pytest.fixture
def open_page() -> Open:
    """Runs the whole dashboard and goes to a page: ``open_page("pages/insights/logs.py", outcome="failed")``."""

    def opened(script: str = "pages/home.py", **query: str) -> AppTest:
        if script == "pages/home.py":
            return open_screen("Home.py", **query)
        screen = open_screen("Home.py")
        for name, value in query.items():
            screen.query_params[name] = value
        return run(screen.switch_page(script))

    return opened


def _enter(runtime: Runtime, monkeypatch: pytest.MonkeyPatch, role: InstanceUserRole) -> User:
    with runtime.database.session() as session:
        user = make_user(session, "anna", role=role, timezone="Europe/Vienna")
        cookie, _ = sessions.open_session(session, user.id, user_agent=None, idle_days=30, now=utc_now())
    monkeypatch.setattr(gate, "session_cookie", lambda: cookie)
    return user
