"""Somebody who takes webhooks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.sandbox.support import wait_until


@dataclass(frozen=True)
class Received:
    """One webhook as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Listener:
    """Where webhooks go; the first ``refusals`` of them are answered with 500."""

    url: str
    received: list[Received] = field(default_factory=list)
    refusals: int = 0

    def wait_for(self, count: int) -> list[Received]:
        wait_until(lambda: len(self.received) >= count)
        return self.received


@contextmanager
def listening() -> Iterator[Listener]:
    """A receiver on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            listener.received.append(Received(self.path, dict(self.headers), body))
            self.send_response(500 if len(listener.received) <= listener.refusals else 204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Nothing: tests read ``received``."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener = Listener(f"http://127.0.0.1:{server.server_port}/hooks/providers/prv_1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
