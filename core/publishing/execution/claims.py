"""Who may work on which post: claim, heartbeat, release, recovery.

A claim is one conditional update; it gives the worker a lease (``execution_lock_id``,
``execution_locked_at``) and raises the fence (``execution_version``). A partial unique index
allows one lease per account, so an account is never called by two at a time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, case, exists, func, literal, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ColumnElement

from core.clock import SKEW
from core.db.base import table_of
from core.db.engine import Database
from core.identity.models import Account, AccountState
from core.publishing.execution.work import Work, load_work
from core.publishing.models import Deviation, DeviationStatus
from core.publishing.states import QUEUED
from core.system.actors import Actor
from core.system.audit import event_row, record_all

D = table_of(Deviation)
_A = table_of(Account)
_HELD = table_of(Deviation).alias("held")


def _claimable(now: datetime) -> ColumnElement[bool]:
    return and_(
        D.c.status.in_(QUEUED),
        D.c.deleted_at.is_(None),
        D.c.due_at <= now,
        D.c.hold_reason.is_(None),
        D.c.execution_lock_id.is_(None),
    )


def due_ids(connection: Connection, *, now: datetime, limit: int) -> list[str]:
    """Posts that could be claimed now: at most one per account, oldest first.

    Left out: accounts that wait to be reconnected, whose next slot has not come, or that are
    being worked for already.
    """
    rank = (
        func.row_number()
        .over(partition_by=D.c.account_id, order_by=(D.c.due_at, D.c.actual_publish_at, D.c.id))
        .label("rank")
    )
    ranked = (
        select(D.c.id, D.c.due_at, rank)
        .join_from(D, _A, _A.c.id == D.c.account_id)
        .where(
            _claimable(now),
            _A.c.state == AccountState.CONNECTED,
            or_(_A.c.next_call_at.is_(None), _A.c.next_call_at <= now),
            ~exists().where(_HELD.c.account_id == D.c.account_id, _HELD.c.execution_lock_id.is_not(None)),
        )
        .subquery()
    )
    query = select(ranked.c.id).where(ranked.c.rank == 1).order_by(ranked.c.due_at, ranked.c.id).limit(limit)
    return list(connection.scalars(query))


def claim_due(database: Database, worker: str, *, now: datetime, limit: int) -> list[Work]:
    """Claim up to ``limit`` due posts, one per account, and load them."""
    with database.read() as session:
        ids = due_ids(session.connection(), now=now, limit=limit)
    return claim(database, worker, ids, now=now)


def claim(database: Database, worker: str, ids: Sequence[str], *, now: datetime) -> list[Work]:
    """Claim those of ``ids`` that still can be; what others took meanwhile is left out."""
    if not ids:
        return []
    try:
        with database.connection() as connection:
            return _claim(connection, worker, ids, now=now)
    except IntegrityError:
        # Another process took a different post of one of these accounts at the same moment.
        # Each alone then: only the one in conflict is left for the next round.
        return [work for one in ids for work in _claim_alone(database, worker, one, now=now)]


def _claim_alone(database: Database, worker: str, deviation_id: str, *, now: datetime) -> list[Work]:
    try:
        with database.connection() as connection:
            return _claim(connection, worker, [deviation_id], now=now)
    except IntegrityError:
        return []


def _claim(connection: Connection, worker: str, ids: Sequence[str], *, now: datetime) -> list[Work]:
    fresh = select(D.c.id, D.c.user_id, D.c.status).where(D.c.id.in_(ids), _claimable(now))
    rows = connection.execute(fresh.with_for_update(skip_locked=True)).all()
    if not rows:
        return []
    uploading = literal(DeviationStatus.UPLOADING, D.c.status.type)
    status = case((D.c.status == DeviationStatus.SCHEDULED, uploading), else_=D.c.status)
    connection.execute(
        update(D)
        .where(D.c.id.in_([row.id for row in rows]), _claimable(now))
        .values(
            execution_lock_id=worker,
            execution_locked_at=now,
            execution_version=D.c.execution_version + 1,
            status=status,
        )
    )
    record_all(
        connection,
        [
            event_row(
                Actor.sidecar(row.user_id),
                "deviation.moved",
                row.id,
                before={"status": row.status.value},
                after={"status": DeviationStatus.UPLOADING.value},
                reason="claimed by the sidecar",
                now=now,
            )
            for row in rows
            if row.status is DeviationStatus.SCHEDULED
        ],
    )
    return load_work(connection, {row.id: row.status for row in rows})


def extend_leases(database: Database, worker: str, ids: Sequence[str], *, now: datetime) -> int:
    """Heartbeat: keep the leases of ``worker`` on the posts it really has in hand; how many there are.

    Not all of its leases: a run that broke off must lose its post, although its process lives on.
    """
    if not ids:
        return 0
    with database.connection() as connection:
        changed = connection.execute(
            update(D)
            .where(D.c.id.in_(ids), D.c.execution_lock_id == worker)
            .values(execution_locked_at=now, updated_at=D.c.updated_at)
        )
        return changed.rowcount


def release_stale(database: Database, *, now: datetime, lease_seconds: float) -> list[str]:
    """Take back the leases of workers that fell silent; their posts are due at once."""
    lease = timedelta(seconds=lease_seconds)
    # One from the future was taken before the clock was put back, and would outlive its worker by the difference.
    is_stale = or_(D.c.execution_locked_at < now - lease, D.c.execution_locked_at > now + SKEW)
    return _release(database, is_stale, now=now)


def release_others(database: Database, worker: str, *, now: datetime) -> list[str]:
    """Take back all leases but ``worker``'s: for one who knows to be alone, as the leader on SQLite does."""
    return _release(database, D.c.execution_lock_id != worker, now=now)


def forget_waits(connection: Connection, *, now: datetime, beyond: timedelta) -> int:
    """Make due what was put off to later than ``beyond`` from now, and than its promise; how many posts.

    For when the clock was put back: tries, look-ups and slots were put off by a clock that ran ahead.
    """
    promise = func.coalesce(D.c.actual_publish_at, now)
    changed = connection.execute(
        update(D)
        .where(
            D.c.status.in_(QUEUED),
            D.c.deleted_at.is_(None),
            D.c.execution_lock_id.is_(None),
            D.c.due_at > now + beyond,
            D.c.due_at > promise,
        )
        .values(due_at=case((promise > now, promise), else_=now), updated_at=D.c.updated_at)
    )
    return changed.rowcount


def _release(database: Database, condition: ColumnElement[bool], *, now: datetime) -> list[str]:
    with database.read() as session:  # nothing to do is the rule: do not open a write for it
        found = session.scalar(select(D.c.id).where(D.c.execution_lock_id.is_not(None), condition).limit(1))
    if found is None:
        return []
    with database.connection() as connection:
        released = connection.execute(
            update(D)
            .where(D.c.execution_lock_id.is_not(None), condition)
            .values(
                execution_lock_id=None,
                execution_locked_at=None,
                due_at=case((D.c.due_at > now, now), else_=D.c.due_at),
                execution_version=D.c.execution_version + 1,
            )
            .returning(D.c.id, D.c.user_id)
        ).all()
        record_all(
            connection,
            [
                event_row(Actor.sidecar(row.user_id), "deviation.recovered", row.id,
                          reason="its worker fell silent", now=now)
                for row in released
            ],
        )  # fmt: skip
    return [row.id for row in released]
