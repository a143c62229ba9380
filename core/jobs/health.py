"""Health and metrics of a process without screens, for whoever watches it."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Protocol

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.errors import UnavailableError
from core.jobs.ports import Ports


class Watched(Protocol):
    """What the health page tells about."""

    ports: Ports

    @property
    def is_leading(self) -> bool: ...


def health_app(watched: Watched) -> Starlette:
    """``/healthz`` (the process runs), ``/readyz`` (database and store answer), ``/metrics``."""

    def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "leading": watched.is_leading})

    def readyz(_request: Request) -> Response:
        try:
            with watched.ports.database.read() as session:
                session.execute(text("SELECT 1"))
            watched.ports.store.check()
        except UnavailableError as error:
            return JSONResponse({"status": "unavailable", "detail": str(error)}, status_code=503)
        return JSONResponse({"status": "ok"})

    def metrics(_request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)])


@contextlib.contextmanager
def serve_health(watched: Watched, *, port: int) -> Iterator[None]:
    """Serve the health page on loopback in a thread while the block runs; ``port`` 0 means not at all."""
    if port == 0:
        yield
        return
    config = uvicorn.Config(health_app(watched), host="127.0.0.1", port=port, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    # Signals belong to the process itself, not to this page.
    thread = threading.Thread(target=server.run, name="health", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=5)
