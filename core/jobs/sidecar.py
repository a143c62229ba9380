"""The sidecar: one leader ticks, publishes what is due, carries orders, and keeps the house in order."""

import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from core.db.engine import DatabaseUnavailableError
from core.errors import UnavailableError
from core.identity import pacing
from core.jobs.clock_watch import ClockWatch
from core.jobs.generation import GenerationHands
from core.jobs.leader import LeaderLock, leader_lock
from core.jobs.pool import WorkerPool
from core.jobs.ports import Ports
from core.jobs.pulse import beat
from core.jobs.queue import Dispatcher
from core.jobs.table import Job, job_table
from core.logs import correlated
from core.publishing.execution import claims
from core.publishing.execution.work import Work
from core.studio.execution import claims as item_claims
from core.system import heartbeats

log = structlog.get_logger(__name__)

LEADERSHIP_CHECK_SECONDS = 2
# Longer than anything may rightly be put off: DeviantArt is believed when it asks for up to a day.
FURTHEST_WAIT = timedelta(hours=25)
# A quiet job still shows now and then that it runs.
QUIET_RECORD = timedelta(seconds=60)


class Sidecar:
    """Runs until told to stop. Several may run: one leads, the others wait for its place."""

    def __init__(self, ports: Ports, lock: LeaderLock | None = None) -> None:
        self.ports = ports
        self._lock = lock or leader_lock(ports.database, ports.settings.data_dir)
        self._stop = threading.Event()
        self._leading = False
        self._started_at = ports.clock()
        self._last_recorded: dict[str, datetime] = {}
        self._runner = ports.runner(self._stop.is_set)
        self._pool = WorkerPool(size=ports.settings.workers, claim=self._claim, run=self._runner.run)
        self._generation = GenerationHands(ports, self._stop.is_set, lambda: self._leading and not self._stop.is_set())
        self._dispatcher: Dispatcher | None = None
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._clock_watch = ClockWatch(ports.clock)

    def stop(self) -> None:
        """Ask it to end: nothing new is begun, calls in hand are finished."""
        self._stop.set()

    @property
    def _in_flight(self) -> int:
        return self._pool.in_flight + self._generation.in_flight

    @property
    def is_leading(self) -> bool:
        return self._leading

    def run(self) -> None:
        """Lead when possible, until :meth:`stop`."""
        self._pool.start()
        self._generation.start()
        self._add_ticks()
        self._scheduler.start(paused=True)
        log.info("The sidecar has started.", worker=self.ports.worker)
        try:
            while not self._stop.is_set():
                self._look_around()
                self._stop.wait(LEADERSHIP_CHECK_SECONDS)
        finally:
            self._end()

    def _add_ticks(self) -> None:
        settings = self.ports.settings
        every = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        ticks = [
            (self._publish_tick, settings.tick_seconds),
            (self._generate_tick, settings.tick_seconds),
            (self._beat, settings.lease_seconds / 3),
        ]
        for tick, seconds in ticks:
            self._scheduler.add_job(self._try, "interval", args=[tick], seconds=seconds, **every)
        for job in job_table(self.ports, self._pool.held_ids, self._generation.held_ids):
            self._scheduler.add_job(
                self._run_job,
                "interval",
                seconds=job.every_seconds,
                args=[job],
                next_run_time=datetime.now(UTC) + timedelta(seconds=1),  # at once, then in its rhythm
                **every,
            )

    def _look_around(self) -> None:
        self._try(self._check_clock)
        self._try(self._check_leadership)

    def _try(self, work: Callable[[], None]) -> None:
        """Do what is done again in a moment anyway: whatever is away now may be back by then."""
        try:
            work()
        except UnavailableError as error:
            log.warning("Regular work came to nothing; it is tried again.", work=work.__name__, reason=str(error))
        except Exception:  # an edge
            log.exception("Regular work failed.", work=work.__name__)

    def _check_clock(self) -> None:
        jump = self._clock_watch.jump()
        if not jump:
            return
        log.warning("The clock of this machine was set.", seconds=round(jump.total_seconds()))
        if jump > timedelta():
            return  # all that was waited for has come a little early
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))
        self._last_recorded.clear()
        if self._leading:
            self._forget_waits(beyond=timedelta())

    def _check_leadership(self) -> None:
        leads = self._lock.acquire()
        if leads and not self._leading:
            self._begin_leading()
        elif not leads and self._leading:
            log.warning("Another sidecar leads now; this one waits.")
            self._leading = False
            self._scheduler.pause()

    def _begin_leading(self) -> None:
        if self._lock.is_exclusive:
            # Alone with the database: whatever is still claimed belonged to a process that is gone.
            recovered = claims.release_others(self.ports.database, self.ports.worker, now=self.ports.clock())
            if recovered:
                log.warning("Took posts back from a sidecar that is gone.", posts=len(recovered))
            items = item_claims.release_others(self.ports.database, self.ports.worker, now=self.ports.clock())
            if items:
                log.warning("Took items back from a sidecar that is gone.", items=len(items))
        self._forget_waits(beyond=FURTHEST_WAIT)
        self._beat(is_leader=True)
        log.info("This sidecar leads.", worker=self.ports.worker)
        self._leading = True
        self._scheduler.resume()
        self._pool.wake()
        self._generation.wake()

    def _forget_waits(self, *, beyond: timedelta) -> None:
        """Bring back what a clock that ran ahead put off."""
        now = self.ports.clock()
        with self.ports.database.connection() as connection:
            posts = claims.forget_waits(connection, now=now, beyond=beyond)
            accounts = pacing.forget_waits(connection, now=now, beyond=beyond)
        with self.ports.database.session() as session:
            items = item_claims.forget_waits(session, now=now, beyond=beyond)
        if posts or accounts or items:
            log.warning("Brought back what a clock that ran ahead had put off.", posts=posts, accounts=accounts,
                        items=items)  # fmt: skip

    def _claim(self, limit: int) -> list[Work]:
        if not self._leading or self._stop.is_set():
            return []
        return claims.claim_due(self.ports.database, self.ports.worker, now=self.ports.clock(), limit=limit)

    def _publish_tick(self) -> None:
        if self._hands_over():
            handed = self._queue().hand_over(self.ports, limit=1000)
            self._record("publish", f"Handed {handed} posts to the workers." if handed else None, outcome="done")
        else:
            self._pool.wake()
            self._record("publish", None, outcome="done")

    def _generate_tick(self) -> None:
        if self._hands_over():
            handed = self._queue().hand_over_items(self.ports, limit=1000)
            self._record("generate", f"Handed {handed} items to the workers." if handed else None, outcome="done")
        else:
            self._generation.wake()
            self._record("generate", None, outcome="done")

    def _hands_over(self) -> bool:
        """Whether other machines do the publishing: asked for, or (auto) a worker is alive to do it."""
        dispatch = self.ports.settings.dispatch
        if self.ports.database.is_sqlite or dispatch == "pool":
            return False
        if dispatch == "procrastinate":
            return True
        with self.ports.database.read() as session:
            return heartbeats.is_alive(session, heartbeats.WORKER, now=self.ports.clock())

    def _queue(self) -> Dispatcher:
        if self._dispatcher is None:
            self._dispatcher = Dispatcher(self.ports.database)
        return self._dispatcher

    def _beat(self, *, is_leader: bool | None = None) -> None:
        beat(
            self.ports,
            heartbeats.SCHEDULER,
            posts=self._pool.held_ids(),
            items=self._generation.held_ids(),
            started_at=self._started_at,
            is_leader=self._leading if is_leader is None else is_leader,
        )

    def _run_job(self, job: Job) -> None:
        with correlated():
            started_at = self.ports.clock()
            try:
                detail = job.run(self.ports)
            except Exception as error:
                # An edge: one job's failure must not stop the others.
                log.exception("A job failed.", job=job.name)
                self._record(job.name, f"{type(error).__name__}: {error}", outcome="failed", started_at=started_at)
                return
            if detail:
                log.info(detail, job=job.name)
            self._record(job.name, detail, outcome="done", started_at=started_at)

    def _record(self, job: str, detail: str | None, *, outcome: str, started_at: datetime | None = None) -> None:
        """Write the run down; quiet runs once a minute, so that a tick a second costs no write."""
        now = self.ports.clock()
        last = self._last_recorded.get(job)
        if detail is None and last is not None and now - last < QUIET_RECORD:
            return
        self._last_recorded[job] = now
        with contextlib.suppress(DatabaseUnavailableError), self.ports.database.session() as session:
            heartbeats.record_run(
                session, job, started_at=started_at or now, finished_at=now, outcome=outcome, detail=detail
            )

    def _end(self) -> None:
        log.info("The sidecar is stopping; calls in hand are finished.", in_flight=self._in_flight)
        # Waited for beside the calls: a job in hand still writes, and the next leader begins with the same ones.
        jobs = threading.Thread(target=self._scheduler.shutdown, name="end-of-jobs", daemon=True)
        jobs.start()
        until = self.ports.settings.provider_timeout_seconds + 10
        if not all([self._pool.stop(timeout=until), self._generation.stop(timeout=until)]):
            log.warning("Some calls did not end in time; what they were for is recovered later.")
        jobs.join(timeout=until)
        if jobs.is_alive():
            log.warning("A job did not end in time; it goes on while another sidecar may lead.")
        with contextlib.suppress(DatabaseUnavailableError), self.ports.database.session() as session:
            heartbeats.forget(session, self.ports.worker)
        self._lock.release()
        log.info("The sidecar has stopped.")
