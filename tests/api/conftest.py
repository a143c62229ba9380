"""The API as programs reach it: in the web process's routes, with real keys, files and databases."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.clock import utc_now
from core.db.engine import Database
from core.identity import api_keys
from core.identity.models import User
from core.identity.scopes import Scope
from core.media.storage import ObjectStore
from core.runtime import Runtime, install_runtime
from core.settings import Settings
from core.web.app import EXCEPTION_HANDLERS, build_routes
from tests.factories import make_user

ALL_SCOPES = [scope.value for scope in Scope]
MakeKey = Callable[..., str]


@pytest.fixture
def runtime(settings: Settings, database: Database, store: ObjectStore) -> Runtime:
    made = Runtime(settings, database, store)
    install_runtime(made)
    return made


@pytest.fixture
def alice(database: Database) -> User:
    with database.session() as session:
        return make_user(session, "alice")


@pytest.fixture
def charlie(database: Database) -> User:
    with database.session() as session:
        return make_user(session, "charlie")


@pytest.fixture
def make_key(database: Database) -> MakeKey:
    """A key of a person, all scopes unless told otherwise."""

    def make(user: User, scopes: list[str] | None = None, **more: object) -> str:
        with database.session() as session:
            actor = api_keys.Actor.person(user.id)
            text, _ = api_keys.create(session, actor, "Test", scopes or ALL_SCOPES, now=utc_now(), **more)  # type: ignore[arg-type]  # expires_at
            return text

    return make


@pytest.fixture
def client(runtime: Runtime) -> Iterator[TestClient]:
    """A program without a key, a cookie or an origin."""
    app = Starlette(routes=build_routes(runtime), exception_handlers=EXCEPTION_HANDLERS)
    with TestClient(app, base_url="http://testserver") as opened:
        yield opened


@pytest.fixture
def alices(client: TestClient, alice: User, make_key: MakeKey) -> TestClient:
    """The same program with a key of Alice's that may do everything."""
    client.headers["Authorization"] = f"Bearer {make_key(alice)}"
    return client


def picture(colour: str = "teal", *, prompt: str | None = None, size: tuple[int, int] = (64, 48)) -> bytes:
    """A PNG; with a prompt it says how it was made, as ComfyUI writes it."""
    notes = PngInfo()
    if prompt is not None:
        notes.add_text("parameters", f"{prompt}\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 12345, Model: dream")
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG", pnginfo=notes)
    return buffer.getvalue()


def send(client: TestClient, content: bytes | None = None, name: str = "lake.png", **fields: object):  # type: ignore[no-untyped-def]  # of the test client's own httpx
    """Send one picture in; a field's list is repeated. ``key`` is the Idempotency-Key."""
    headers = {"Idempotency-Key": str(fields.pop("key"))} if "key" in fields else {}
    file = (name, picture() if content is None else content, "image/png")
    return client.post("/api/v1/deviations", files={"file": file}, data=fields, headers=headers)


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []
