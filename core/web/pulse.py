"""Says now and then that this process is alive, as the sidecar and the workers do."""

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from core.clock import utc_now
from core.db.engine import Database
from core.errors import UnavailableError
from core.system import heartbeats

log = structlog.get_logger(__name__)
WEB, API = "web", "api"
EVERY_SECONDS = 15


@contextmanager
def pulse(database: Database, component: str = WEB) -> Iterator[None]:
    """Beat while the block runs, and be forgotten after it."""
    process_id = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
    stopping = threading.Event()
    thread = threading.Thread(target=_beat, args=(database, process_id, component, stopping), name="pulse", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(timeout=5)


def _beat(database: Database, process_id: str, component: str, stopping: threading.Event) -> None:
    started_at = utc_now()
    while True:
        try:
            with database.session() as session:
                heartbeats.beat(session, process_id, component, started_at=started_at, now=utc_now())
        except UnavailableError:
            log.warning("A process could not say that it is alive.", component=component)
        if stopping.wait(EVERY_SECONDS):
            break
    try:
        with database.session() as session:
            heartbeats.forget(session, process_id)
    except UnavailableError:
        log.warning("A process could not say goodbye.", component=component)
