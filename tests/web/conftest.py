"""Our own routes, without Streamlit around them."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from core.db.engine import Database
from core.identity.models import User
from core.media.storage import ObjectStore
from core.runtime import Runtime, install_runtime
from core.settings import Settings
from core.web.app import EXCEPTION_HANDLERS, build_routes
from core.web.headers import SecurityHeaders
from tests.identity.support import add

ORIGIN = "http://testserver"


@pytest.fixture
def runtime(settings: Settings, database: Database, store: ObjectStore) -> Runtime:
    made = Runtime(settings, database, store)
    install_runtime(made)
    return made


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    """A browser on one of our pages: it says where its requests come from."""
    app = Starlette(
        routes=build_routes(runtime), middleware=[Middleware(SecurityHeaders)], exception_handlers=EXCEPTION_HANDLERS
    )
    with TestClient(app, base_url=ORIGIN, headers={"Origin": ORIGIN}) as opened:
        yield opened


@pytest.fixture
def alice(database: Database) -> User:
    with database.session() as session:
        return add(session, "alice")


@pytest.fixture
def charlie(database: Database) -> User:
    with database.session() as session:
        return add(session, "charlie")
