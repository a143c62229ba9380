"""The courier: makes calls for others, so that a sidecar killed in the middle of one finds the answer when it is back.

It takes what lies in the spool, reads the connection from the database, makes the call, and puts the answer into the
spool. Limits are kept by whoever hands calls over; here only threads are limited.
"""

import math
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import structlog

from core.adapters.images.courier.carrying import carry
from core.adapters.images.courier.letters import Errand
from core.adapters.images.courier.presence import Presence, Role
from core.adapters.images.courier.spool import FOLDER, Reason, Spool
from core.clock import Clock, utc_now
from core.db.engine import Database
from core.end_signals import on_end_signals
from core.errors import UnavailableError
from core.jobs.ports import Ports, worker_name
from core.runtime import Runtime
from core.studio.execution import errands
from core.studio.providers import Connection, ImageProvider, ProviderKind
from core.system import heartbeats

log = structlog.get_logger(__name__)

LOOK_EVERY_SECONDS = 0.1
# After something was away, so as not to ask it ten times a second.
PAUSE_SECONDS = 2.0
SWEEP_EVERY_SECONDS = 300.0
BEAT_EVERY_SECONDS = 10.0


class Courier:
    """Runs until told to stop. Several may run over one spool: each call is taken by one."""

    def __init__(
        self, spool: Spool, database: Database, providers: Mapping[ProviderKind, ImageProvider], *, threads: int,
        clock: Clock = utc_now,
    ) -> None:  # fmt: skip
        self._spool = spool
        self._database = database
        self._providers = providers
        self._threads = threads
        self._clock = clock
        self._stop = threading.Event()
        self._in_hand: set[str] = set()
        self._swept_at = self._beat_at = -math.inf
        self._name = worker_name()
        self._started_at = clock()

    def stop(self) -> None:
        """Ask it to end: nothing more is taken, calls in hand are finished."""
        self._stop.set()

    def run(self) -> None:
        """Carry calls until :meth:`stop`, and until the last of them is answered."""
        presence = self._spool.enter(Role.TAKES)
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="courier")
        log.info("The courier is ready.")
        try:
            while not self._stop.wait(LOOK_EVERY_SECONDS):
                self._look_around(pool, presence)
        finally:
            presence.take_no_more()
            log.info("The courier is stopping; calls in hand are finished.", in_hand=len(self._in_hand))
            pool.shutdown(wait=True)
            presence.leave()
            with suppress(UnavailableError), self._database.session() as session:
                heartbeats.forget(session, self._name)
            log.info("The courier has stopped.")

    def _look_around(self, pool: ThreadPoolExecutor, presence: Presence) -> None:
        try:
            if time.monotonic() - self._beat_at > BEAT_EVERY_SECONDS:
                self._beat_at = time.monotonic()
                self._beat(presence)
            for key in self._spool.waiting():
                if len(self._in_hand) >= self._threads or self._stop.is_set():
                    break
                self._take(pool, presence, key)
            if time.monotonic() - self._swept_at > SWEEP_EVERY_SECONDS:
                self._swept_at = time.monotonic()
                sweep(self._spool, self._database)
        except (UnavailableError, OSError) as error:
            log.warning("The courier could not do its work; it tries again.", reason=str(error))
            self._stop.wait(PAUSE_SECONDS)
        except Exception:  # an edge
            log.exception("The courier's look into its spool failed.")
            self._stop.wait(PAUSE_SECONDS)

    def _beat(self, presence: Presence) -> None:
        """Tell sidecars and screens that it is there and not stuck."""
        presence.breathe()
        with self._database.session() as session:
            heartbeats.beat(session, self._name, heartbeats.COURIER, started_at=self._started_at,
                            in_flight=len(self._in_hand), now=self._clock())  # fmt: skip

    def _take(self, pool: ThreadPoolExecutor, presence: Presence, key: str) -> None:
        try:
            errand = self._spool.read(key)
        except ValueError:
            log.warning("Something in the spool is no call; it is put aside.", call=key)
            self._spool.withdraw(key, Reason.UNWANTED)
            return
        if errand is None:
            return
        connection = self._connection(errand)  # before it is taken: what is not taken is certainly not made
        provider = self._providers.get(connection.kind) if connection else None
        if connection is None or provider is None:
            log.warning("A call is not made: nobody waits for it any more.", provider=errand.provider_id, call=key)
            self._spool.withdraw(key, Reason.UNWANTED)
        elif self._spool.take(key, presence):
            self._in_hand.add(key)
            pool.submit(self._carry, errand, presence, provider, connection)

    def _connection(self, errand: Errand) -> Connection | None:
        with self._database.read() as session:
            return errands.connection_for(session, errand.provider_id, errand.request.key)

    def _carry(self, errand: Errand, presence: Presence, provider: ImageProvider, connection: Connection) -> None:
        key, started = errand.request.key, time.monotonic()
        try:
            answer = carry(self._spool, errand, presence, provider, connection, stopping=self._stop.is_set)
            log.info("A call was made.", provider=errand.provider_id, call=key, has_result=answer.error is None,
                     seconds=round(time.monotonic() - started, 1))  # fmt: skip
            with self._database.session() as session:
                errands.answered(session, errand.provider_id, key, now=self._clock())
        except UnavailableError:
            pass  # whoever waits looks by itself
        except Exception:  # an edge: nobody asks this thread how it ended
            log.exception("Carrying a call failed.", provider=errand.provider_id, call=key)
        finally:
            self._in_hand.discard(key)


def run(runtime: Runtime) -> None:
    """Run a courier until SIGTERM or SIGINT."""
    settings = runtime.settings
    courier = Courier(
        Spool(settings.data_dir / FOLDER), runtime.database, runtime.image_providers, threads=settings.workers
    )
    on_end_signals(courier.stop)
    courier.run()


def sweep(spool: Spool, database: Database) -> int:
    """Remove answers whose calls are settled; how many files."""
    with database.read() as session:
        unsettled = errands.unsettled_keys(session)
    return spool.sweep(unsettled)


def sweep_spool(ports: Ports) -> str | None:
    """The job: the same where no courier runs."""
    removed = sweep(Spool(ports.settings.data_dir / FOLDER), ports.database)
    return f"Removed {removed} answers of providers that are products by now." if removed else None
