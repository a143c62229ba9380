"""The dashboard that tests of its screens look at."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.clock import utc_now
from core.identity import sessions
from core.runtime import build_runtime
from core.settings import Settings
from tests.browser.studio import Studio
from tests.factories import make_account, make_user
from tests.support.processes import environment_of, free_port
from tests.support.warm import running_warm


@pytest.fixture
def site_url() -> str:
    """Where the sandbox is: by default nobody answers there."""
    return "http://127.0.0.1:9"


@pytest.fixture
def studio(settings: Settings, site_url: str, tmp_path: Path) -> Iterator[Studio]:
    port = free_port()
    settings = settings.model_copy(update={"port": port, "sandbox_url": site_url})
    runtime = build_runtime(settings)
    with runtime.database.session() as session:
        owner = make_user(session, "anna")
        cookie, _ = sessions.open_session(session, owner.id, user_agent=None, idle_days=30, now=utc_now())
        account = make_account(session, owner, username="anna-paints", is_default=True)
    environment = environment_of(settings) | {"ATELIER_PORT": str(port), "ATELIER_SANDBOX_URL": site_url}
    with running_warm("core.cli", "web", output=tmp_path / "web.log", settings=environment) as web:
        root = f"http://127.0.0.1:{port}"
        web.wait_until_answers(f"{root}/healthz", timeout_seconds=120)
        yield Studio(runtime, root, owner, account, cookie)
    runtime.close()
