"""Posts and items of orders handed to other machines through Procrastinate, in the PostgreSQL that is already there.

The message carries an identifier, nothing else. Whoever receives it claims the row like anybody: a
message lost, late or delivered twice does no harm.
"""

import asyncio
import contextlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import procrastinate
import structlog
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import inspect, text

from core.db.engine import Database, DatabaseUnavailableError
from core.end_signals import POLITE
from core.jobs.generation import claim_item, due_items
from core.jobs.ports import Ports
from core.logs import correlated
from core.publishing.execution import claims
from core.studio.execution import claims as item_claims
from core.system import heartbeats

log = structlog.get_logger(__name__)

QUEUE = "publishing"
TASK = "publish_deviation"
ITEM_QUEUE = "generation"
ITEM_TASK = "generate_item"
# Any fixed number that nothing else in this database uses.
SCHEMA_KEY = 7_283_403
RECEIVE_AGAIN_SECONDS = 1.0


def _conninfo(database: Database) -> str:
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)


def install_schema(database: Database) -> None:
    """Create Procrastinate's tables unless they are there. PostgreSQL only; several may start at once."""
    with database.engine.connect() as waiting:
        # Held until the connection closes, so that the second to come finds the tables.
        waiting.execute(text("SELECT pg_advisory_lock(:key)"), {"key": SCHEMA_KEY})
        waiting.commit()
        try:
            if not inspect(database.engine).has_table("procrastinate_jobs"):
                app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=_conninfo(database)))
                with app.open():
                    app.schema_manager.apply_schema()
        finally:
            waiting.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": SCHEMA_KEY})
            waiting.commit()


def forget_stalled(database: Database) -> int:
    """Delete messages that a dead worker had in hand; what they named was found again by its lease. How many."""
    with database.connection() as connection:
        return connection.execute(
            text("DELETE FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IS NULL")
        ).rowcount


class Dispatcher:
    """The scheduler's side: hands over the identifiers of due posts and items."""

    def __init__(self, database: Database) -> None:
        self._database = database
        install_schema(database)
        self._app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=_conninfo(database)))
        self._app.open()

    def hand_over(self, ports: Ports, *, limit: int) -> int:
        """Defer each due post that is not in the queue yet; how many."""
        with self._database.read() as session:
            ids = claims.due_ids(session.connection(), now=ports.clock(), limit=limit)
        return sum(self._defer(TASK, QUEUE, "deviation_id", deviation_id) for deviation_id in ids)

    def hand_over_items(self, ports: Ports, *, limit: int) -> int:
        """Defer each item that could be worked on now and is not in the queue yet; how many."""
        return sum(self._defer(ITEM_TASK, ITEM_QUEUE, "item_id", one) for one in due_items(ports, limit=limit))

    def _defer(self, name: str, queue: str, argument: str, subject_id: str) -> int:
        task = self._app.configure_task(name, queue=queue, queueing_lock=subject_id)
        try:
            task.defer(**{argument: subject_id})
        except AlreadyEnqueued:
            return 0
        return 1

    def close(self) -> None:
        self._app.close()


class QueueWorker:
    """The worker's side: receives identifiers, claims and runs them."""

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
        self._app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=_conninfo(ports.database)))
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
        ports = self._ports
        claims.extend_leases(ports.database, ports.worker, list(self._held), now=ports.clock())
        item_claims.extend_leases(ports.database, ports.worker, list(self._held_items), now=ports.clock())
        with ports.database.session() as session:
            heartbeats.beat(
                session,
                ports.worker,
                heartbeats.WORKER,
                started_at=self._started_at,
                in_flight=self._held.total() + self._held_items.total(),
                now=ports.clock(),
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
            # Two receivers, so that calls of minutes to a provider of pictures take no slot from a post.
            tasks = [
                asyncio.create_task(self._keep_alive()),
                asyncio.create_task(self._receive(QUEUE, settings.workers)),
                asyncio.create_task(self._receive(ITEM_QUEUE, settings.generation_calls)),
            ]
            await asked_to_end.wait()
            self._stopping = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)  # the calls in hand are finished
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
