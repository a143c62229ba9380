"""Uploads are for people who are signed in."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from core.db.engine import Database
from core.identity.models import User
from core.runtime import Runtime
from core.web.doorman import UploadDoorman
from tests.web.support import sign_in

UPLOAD = "/_stcore/upload_file/session/file"


@pytest.fixture
def guarded(runtime: Runtime) -> Iterator[TestClient]:
    """Something that takes uploads, as Streamlit does, with the doorman in front of it."""

    async def take(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    routes = [
        Route(UPLOAD, take, methods=["PUT", "DELETE", "OPTIONS"]),
        Route(f"/base{UPLOAD}", take, methods=["PUT"]),
        Route("/elsewhere", take, methods=["PUT"]),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(UploadDoorman, runtime=runtime)])
    with TestClient(app) as client:
        yield client


def test_strangers_hand_nothing_in(guarded: TestClient) -> None:
    assert guarded.put(UPLOAD, content=b"x").status_code == 401
    assert guarded.delete(UPLOAD).status_code == 401
    assert guarded.put(UPLOAD, content=b"x", headers={"Cookie": "atelier_session=made-up"}).status_code == 401


def test_a_base_path_of_streamlits_own_opens_no_way_around(guarded: TestClient) -> None:
    assert guarded.put(f"/base{UPLOAD}", content=b"x").status_code == 401


def test_whoever_is_signed_in_does(guarded: TestClient, database: Database, alice: User) -> None:
    sign_in(guarded, database, alice)
    assert guarded.put(UPLOAD, content=b"four").text == "4"


def test_asking_first_and_everything_else_passes(guarded: TestClient) -> None:
    assert guarded.options(UPLOAD).status_code == 200
    assert guarded.put("/elsewhere", content=b"x").status_code == 200
