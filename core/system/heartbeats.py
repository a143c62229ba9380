"""Which processes of the house are alive, and how their jobs last went."""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from core.clock import SKEW
from core.db.upsert import insert_or_update
from core.system.models import Heartbeat, JobRun

SCHEDULER = "scheduler"
WORKER = "worker"
COURIER = "courier"
# A process is called alive if it was heard of this recently; they beat several times as often.
ALIVE_WITHIN = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Pulse:
    """A process as the screens show it."""

    component: str
    host: str
    pid: int
    started_at: datetime
    seen_at: datetime
    is_leader: bool
    in_flight: int
    is_alive: bool


def beat(
    session: Session,
    process_id: str,
    component: str,
    *,
    started_at: datetime,
    is_leader: bool = False,
    in_flight: int = 0,
    now: datetime,
) -> None:
    """Say that this process is alive."""
    values = {
        "id": process_id,
        "component": component,
        "host": socket.gethostname()[:120],
        "pid": os.getpid(),
        "started_at": started_at,
        "seen_at": now,
        "is_leader": is_leader,
        "in_flight": in_flight,
    }
    insert_or_update(session, Heartbeat, ["id"], values)


def forget(session: Session, process_id: str) -> None:
    """A process that ended in good order leaves no pulse."""
    session.execute(delete(Heartbeat).where(Heartbeat.id == process_id))


def forget_silent(session: Session, *, now: datetime, older_than: timedelta = timedelta(days=1)) -> None:
    session.execute(
        delete(Heartbeat).where(or_(Heartbeat.seen_at < now - older_than, Heartbeat.seen_at > now + older_than))
    )


def list_pulses(session: Session, *, now: datetime) -> list[Pulse]:
    """All known processes, the most recently heard of first."""
    rows = session.scalars(select(Heartbeat).order_by(Heartbeat.seen_at.desc()))
    return [
        Pulse(
            row.component,
            row.host,
            row.pid,
            row.started_at,
            row.seen_at,
            row.is_leader,
            row.in_flight,
            now - ALIVE_WITHIN < row.seen_at <= now + SKEW,
        )
        for row in rows
    ]


def is_alive(session: Session, component: str, *, now: datetime) -> bool:
    """Whether any process of ``component`` was heard of lately."""
    # Not from the future either: after the clock was put back, the dead would be called alive.
    lately = Heartbeat.seen_at.between(now - ALIVE_WITHIN, now + SKEW)
    query = select(Heartbeat.id).where(Heartbeat.component == component, lately)
    return session.scalar(query.limit(1)) is not None


def list_job_runs(session: Session) -> list[JobRun]:
    return list(session.scalars(select(JobRun).order_by(JobRun.job)))


def record_run(
    session: Session, job: str, *, started_at: datetime, finished_at: datetime, outcome: str, detail: str | None
) -> None:
    """Write how the latest run of ``job`` went; one row per job."""
    values = {
        "job": job,
        "last_started_at": started_at,
        "last_finished_at": finished_at,
        "duration_ms": round((finished_at - started_at).total_seconds() * 1000),
        "outcome": outcome,
        "detail": detail,
    }
    insert_or_update(session, JobRun, ["job"], values)
