"""Posts and items of orders handed to other machines through Procrastinate, in the PostgreSQL that is already there.

The message carries an identifier, nothing else. Whoever receives it claims the row like anybody: a
message lost, late or delivered twice does no harm.
"""

from collections.abc import Sequence

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import inspect, text

from core.db.engine import Database
from core.jobs.generation import due_items
from core.jobs.ports import Ports
from core.publishing.execution import claims

QUEUE = "publishing"
TASK = "publish_deviation"
ITEM_QUEUE = "generation"
ITEM_TASK = "generate_item"
# Any fixed number that nothing else in this database uses.
SCHEMA_KEY = 7_283_403


def conninfo(database: Database) -> str:
    """The address of the database as Procrastinate's driver wants it."""
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)


def install_schema(database: Database) -> None:
    """Create Procrastinate's tables unless they are there. PostgreSQL only; several may start at once."""
    with database.engine.connect() as waiting:
        # Held until the connection closes, so that the second to come finds the tables.
        waiting.execute(text("SELECT pg_advisory_lock(:key)"), {"key": SCHEMA_KEY})
        waiting.commit()
        try:
            if not inspect(database.engine).has_table("procrastinate_jobs"):
                app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=conninfo(database)))
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
        # Never opened: it writes through our own connections, which are back as soon as the database is. Those of a
        # pool of its own would be tried again after a pause as long as the outage.
        self._app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=conninfo(database)))

    def hand_over(self, ports: Ports, *, limit: int) -> int:
        """Defer each due post that is not in the queue yet; how many."""
        with self._database.read() as session:
            ids = claims.due_ids(session.connection(), now=ports.clock(), limit=limit)
        return self._defer(TASK, QUEUE, "deviation_id", ids)

    def hand_over_items(self, ports: Ports, *, limit: int) -> int:
        """Defer each item that could be worked on now and is not in the queue yet; how many."""
        return self._defer(ITEM_TASK, ITEM_QUEUE, "item_id", due_items(ports, limit=limit))

    def _defer(self, name: str, queue: str, argument: str, ids: Sequence[str]) -> int:
        if not ids:
            return 0
        deferred = 0
        with self._database.connection() as connection:
            waits = text("SELECT queueing_lock FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = :queue")
            waiting = set(connection.scalars(waits, {"queue": queue}))
            ours = connection.connection.driver_connection
            for one in ids:
                if one in waiting:
                    continue
                task = self._app.configure_task(name, queue=queue, queueing_lock=one, connection=ours)
                try:
                    with connection.begin_nested():
                        task.defer(**{argument: one})
                except AlreadyEnqueued:  # by another scheduler, a moment ago
                    continue
                deferred += 1
        return deferred
