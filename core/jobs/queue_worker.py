"""The worker's side of the queue: receives identifiers, claims what they name and runs it."""

import asyncio
import contextlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import procrastinate
import structlog
from psycopg_pool import AsyncNullConnectionPool

from core.db.engine import DatabaseUnavailableError
from core.end_signals import POLITE
from core.jobs.generation import claim_item
from core.jobs.ports import Ports
from core.jobs.pulse import beat
from core.jobs.queue import ITEM_QUEUE, ITEM_TASK, QUEUE, TASK, conninfo, forget_stalled
from core.logs import correlated
from core.publishing.execution import claims
from core.system import heartbeats

log = structlog.get_logger(__name__)

RECEIVE_AGAIN_SECONDS = 1.0


class QueueWorker:
    """Runs until asked to end. Messages may come late, twice or never; the claim decides."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._stopping = False
        # Counted, not listed: a message may come twice, and the second must not end the heartbeat of the first.
        self._held: Counter[str] = Counter()
        self._started_at = ports.clock()
        self._held_items: Counter[str] = Counter()
        self._executor = ThreadPoolExecutor(ports.settings.workers, thread_name_prefix="publish")
        self._item_executor = ThreadPoolExecutor(ports.settings.generation_calls, thread_name_prefix="generate")
        self._runner = ports.runner(lambda: self._stopping)
        self._generator = ports.generator(lambda: self._stopping, lambda: None)
        self._app = procrastinate.App(
            # A pool that keeps none: each question finds the database back as soon as it is.
            connector=procrastinate.PsycopgConnector(
                conninfo=conninfo(ports.database), pool_factory=AsyncNullConnectionPool
            )
        )
        self._app.task(name=TASK, queue=QUEUE)(self._publish)
        self._app.task(name=ITEM_TASK, queue=ITEM_QUEUE)(self._generate)

    async def _publish(self, deviation_id: str) -> None:
        self._held[deviation_id] += 1
        try:
            await asyncio.get_running_loop().run_in_executor(self._executor, self._run, deviation_id)
        finally:
            self._held -= Counter([deviation_id])  # what comes to zero is gone

    def _run(self, deviation_id: str) -> None:
        ports = self._ports
        with correlated():
            for work in claims.claim(ports.database, ports.worker, [deviation_id], now=ports.clock()):
                self._runner.run(work)

    async def _generate(self, item_id: str) -> None:
        self._held_items[item_id] += 1
        try:
            await asyncio.get_running_loop().run_in_executor(self._item_executor, self._run_item, item_id)
        finally:
            self._held_items -= Counter([item_id])

    def _run_item(self, item_id: str) -> None:
        with correlated():
            for work in claim_item(self._ports, item_id):
                self._generator.run(work)

    async def _keep_alive(self) -> None:
        beat_seconds = self._ports.settings.lease_seconds / 3
        while True:
            try:
                await asyncio.to_thread(self._beat)
            except Exception:
                log.exception("The worker's heartbeat failed; its posts are safe until the lease runs out.")
            await asyncio.sleep(beat_seconds)

    def _beat(self) -> None:
        beat(
            self._ports,
            heartbeats.WORKER,
            posts=list(self._held),
            items=list(self._held_items),
            started_at=self._started_at,
        )

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT; the calls in hand are finished."""
        asked_to_end = asyncio.Event()
        async with self._app.open_async():
            for number in POLITE:
                asyncio.get_running_loop().add_signal_handler(number, asked_to_end.set)
            forget_stalled(self._ports.database)
            log.info("The worker is ready.", worker=self._ports.worker)
            settings = self._ports.settings
            pulse = asyncio.create_task(self._keep_alive())
            # Two receivers, so that calls of minutes to a provider of pictures take no slot from a post.
            receivers = [
                asyncio.create_task(self._receive(QUEUE, settings.workers)),
                asyncio.create_task(self._receive(ITEM_QUEUE, settings.generation_calls)),
            ]
            await asked_to_end.wait()
            self._stopping = True
            for receiver in receivers:
                receiver.cancel()
            await asyncio.gather(*receivers, return_exceptions=True)  # the calls in hand are finished
            pulse.cancel()
        self._executor.shutdown(wait=True)
        self._item_executor.shutdown(wait=True)
        with contextlib.suppress(DatabaseUnavailableError), self._ports.database.session() as session:
            heartbeats.forget(session, self._ports.worker)

    async def _receive(self, queue: str, concurrency: int) -> None:
        """Take messages until cancelled. Procrastinate gives up when a connection breaks; this does not."""
        while True:
            try:
                await self._app.run_worker_async(
                    queues=[queue],
                    concurrency=concurrency,
                    fetch_job_polling_interval=timedelta(seconds=1).total_seconds(),
                    delete_jobs="always",
                    update_heartbeat_interval=10,
                    install_signal_handlers=False,  # ours stay until the end, also in between
                )
                reason = "a connection was lost"
            except Exception as error:  # an edge: what it waits for is back in a moment, or tomorrow
                reason = str(error)
            log.warning("The worker lost its queue; it asks again.", queue=queue, reason=reason)
            await asyncio.sleep(RECEIVE_AGAIN_SECONDS)
