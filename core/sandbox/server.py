"""Building and running the sandbox, on this machine's loopback interface alone."""

import socket
import threading
import time
from asyncio import BaseTransport
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from ipaddress import ip_address
from pathlib import Path

import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from uvicorn.protocols.http.h11_impl import H11Protocol

from core.clock import Clock, utc_now
from core.sandbox.control import control_routes
from core.sandbox.deviantart.app import DeviantArt, deviantart_routes
from core.sandbox.deviantart.errors import blocked
from core.sandbox.deviantart.models import Client
from core.sandbox.deviantart.state import DEFAULT_CLIENTS, Site
from core.sandbox.errors import NotLoopback
from core.sandbox.standin import Placed, control_mount
from core.sandbox.standins import build_standins
from core.sandbox.store import FolderVault, MemoryStore, MemoryVault, SqliteStore
from core.sandbox.traffic import Conditions, TrafficMiddleware

log = structlog.get_logger(__name__)


def create_app(
    state_path: Path | None = None, *, clients: Iterable[Client] = DEFAULT_CLIENTS, clock: Clock = utc_now
) -> Starlette:
    """The sandbox as an ASGI app; with a state path it writes through to that file and a folder beside it."""
    store = SqliteStore(state_path) if state_path else MemoryStore()
    vault = FolderVault(state_path.with_name(state_path.name + ".files")) if state_path else MemoryVault()
    site = Site(store, vault, clients, lambda: clock().timestamp())
    conditions = Conditions()
    placed = [Placed(one, site.clock) for one in build_standins(site.clock)]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        store.close()

    return Starlette(
        routes=[
            *(control_mount(one) for one in placed),
            control_routes(site, conditions, placed),
            *(one.mount() for one in placed),
            *deviantart_routes(site),
        ],
        middleware=[
            Middleware(LoopbackOnly),
            Middleware(
                TrafficMiddleware,
                provider=DeviantArt(site, [one.path for one in placed]),
                conditions=conditions,
                log=site.log,
                clock=site.clock,
            ),
        ],
        lifespan=lifespan,
    )


class LoopbackOnly:
    """A second lock behind the loopback socket, for an app that is served by something else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        peer = scope.get("client")
        if scope["type"] in {"http", "websocket"} and peer is not None and not is_loopback(peer[0]):
            refusal = blocked() if scope["type"] == "http" else WebSocketClose()
            await refusal(scope, receive, send)
            return
        await self.app(scope, receive, send)


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class DroppingProtocol(H11Protocol):
    """HTTP/1.1 that lends each request the means to cut its connection, for the faults that need it."""

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn narrows what asyncio declares
        self.app_state = {**self.app_state, "close_connection": self.transport.abort}


def _server(app: ASGIApp, host: str, port: int) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=DroppingProtocol,
        ws="websockets-sansio",  # ComfyUI tells its progress over one
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,  # a hanging request is a fault somebody asked for, not work to wait for
    )
    return uvicorn.Server(config)


def serve(
    host: str = "127.0.0.1", port: int = 8602, state_path: Path | None = None, *, clients: Iterable[Client] = ()
) -> None:
    """Run until SIGTERM or Ctrl-C; raises ``NotLoopback`` for a host that others could reach."""
    if not is_loopback(host):
        raise NotLoopback("The sandbox listens on loopback only. Use 127.0.0.1, ::1 or localhost.")
    app = create_app(state_path, clients=tuple(clients) or DEFAULT_CLIENTS)
    log.info("The sandbox is listening.", host=host, port=port, keeps_state=state_path is not None)
    _server(app, host, port).run()


@contextmanager
def running(
    state_path: Path | None = None, *, clients: Iterable[Client] = DEFAULT_CLIENTS, clock: Clock = utc_now
) -> Iterator[str]:
    """A sandbox in a thread of this process, on a free port; gives its base URL."""
    server = _server(create_app(state_path, clients=clients, clock=clock), "127.0.0.1", 0)
    # asyncio turns Nagle's delay off only for sockets that name TCP; without that every answer costs 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listener],), name="sandbox", daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
