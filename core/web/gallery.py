"""What the gallery asks for beside its screen: marks made while culling, and archives to download.

``POST /gallery/marks`` takes what somebody made of pictures, in the order it was done: ``{"client": "…", "marks":
[{"seq": 7, "id": "prd_…", "liked": true, "rejected": false, "rating": 4}]}``. A browser numbers its marks and repeats
what was not answered; what was taken already is passed over, so that a late copy cannot overwrite what came after.
"""

import asyncio
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from core.clock import utc_now
from core.errors import InvalidInputError
from core.identity import sessions
from core.identity.sessions import SignedIn
from core.runtime import Runtime
from core.studio.products import archives
from core.studio.products.changing import Mark, mark
from core.web.same_origin import is_same_origin

MOST_BYTES = 256 * 1024
MOST_MARKS = 500
_CLIENTS = 10_000


class _OneMark(BaseModel):
    model_config = ConfigDict(extra="forbid")

    seq: int = Field(ge=1, lt=2**53)
    id: str = Field(max_length=40)
    liked: bool | None = None
    rejected: bool | None = None
    rating: int | None = Field(default=None, ge=0, le=5)  # 0 takes the stars away


class _Marks(BaseModel):
    model_config = ConfigDict(extra="forbid")

    client: str = Field(pattern=r"^[0-9a-f]{16,64}$")
    marks: list[_OneMark] = Field(min_length=1, max_length=MOST_MARKS)


def gallery_routes(runtime: Runtime) -> list[BaseRoute]:
    """Marks, and archives."""
    taken = Taken()

    async def take_marks(request: Request) -> Response:
        if not is_same_origin(request, runtime.settings.resolved_public_url):
            return PlainTextResponse("Not from here", status_code=403)
        body = await _body(request)
        return await asyncio.to_thread(_take, runtime, taken, request, body)

    def download(request: Request) -> Response:
        person = _person(runtime, request)
        path = person and archives.find_archive(
            runtime.settings.data_dir, person.user_id, request.path_params["archive"]
        )
        if not path:
            return PlainTextResponse("Not found", status_code=404, headers={"Cache-Control": "no-store"})
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        return FileResponse(path, media_type="application/zip", filename="atelier-pictures.zip", headers=headers)

    return [
        Route("/gallery/marks", take_marks, methods=["POST"]),
        Route("/gallery/archives/{archive}", download, methods=["GET"]),
    ]


class Taken:
    """Up to which number each browser's marks were taken; one browser's are taken one batch after the other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clients: OrderedDict[tuple[str, str], _Client] = OrderedDict()

    @contextmanager
    def turn(self, user_id: str, client: str) -> Iterator["_Client"]:
        """This browser's turn."""
        with self._lock:
            found = self._clients.setdefault((user_id, client), _Client())
            self._clients.move_to_end((user_id, client))
            while len(self._clients) > _CLIENTS:
                self._clients.popitem(last=False)
        with found.lock:
            yield found


class _Client:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.last = 0


async def _body(request: Request) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            return b""  # no marks at all: refused as such
    return body


def _take(runtime: Runtime, taken: Taken, request: Request, body: bytes) -> Response:
    person = _person(runtime, request)
    if person is None:
        return _answer(401, {"detail": "You are signed out. Sign in again; your marks are kept until then."})
    try:
        asked = _Marks.model_validate_json(body)
    except ValidationError:
        return _answer(400, {"detail": "These are no marks."})
    with taken.turn(person.user_id, asked.client) as client:
        fresh = sorted((one for one in asked.marks if one.seq > client.last), key=lambda one: one.seq)
        left_out: tuple[str, ...] = ()
        if fresh:
            marks = [Mark(one.id, one.liked, one.rejected, one.rating) for one in fresh]
            try:
                with runtime.database.session() as session:
                    left_out = mark(session, person.actor, marks, now=utc_now()).left_out
            except InvalidInputError as error:
                return _answer(400, {"detail": str(error)})
            client.last = fresh[-1].seq
        return _answer(200, {"taken": client.last, "left_out": left_out})


def _answer(status: int, content: dict[str, Any]) -> Response:
    return JSONResponse(content, status_code=status, headers={"Cache-Control": "no-store"})


def _person(runtime: Runtime, request: Request) -> SignedIn | None:
    with runtime.database.read() as session:
        return sessions.find(session, request.cookies.get(runtime.cookie_name), now=utc_now())
