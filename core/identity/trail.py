"""Reading the audit trail: what administrators filter, page through and export; others are refused.

Its events are everybody's, so each function asks who is reading. Raises ``AdministratorsOnly``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.identity.roles import require_admin
from core.system.actors import Actor
from core.system.models import ActorKind, AuditEvent

# Each batch of an export is one query of its own.
BATCH = 1000


@dataclass(frozen=True, slots=True)
class TrailFilter:
    """Which events are wanted; ``None`` means any. ``since`` is included, ``until`` is not."""

    actor_kind: ActorKind | None = None
    actor_id: str | None = None
    subject_type: str | None = None
    subject_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def list_events(
    session: Session, actor: Actor, wanted: TrailFilter, *, limit: int, offset: int = 0
) -> list[AuditEvent]:
    """Events, newest first."""
    require_admin(session, actor)
    query = _apply(select(AuditEvent), wanted).order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    return list(session.scalars(query.limit(limit).offset(offset)))


def count_events(session: Session, actor: Actor, wanted: TrailFilter) -> int:
    require_admin(session, actor)
    return session.scalar(_apply(select(func.count(AuditEvent.id)), wanted)) or 0


def iterate_events(session: Session, actor: Actor, wanted: TrailFilter, *, limit: int) -> Iterator[AuditEvent]:
    """Up to ``limit`` events, newest first, a batch at a time."""
    require_admin(session, actor)
    query = _apply(select(AuditEvent), wanted).order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(limit)
    yield from session.scalars(query.execution_options(yield_per=BATCH))


def list_subject_types(session: Session, actor: Actor) -> list[str]:
    """The kinds of things that something has happened to."""
    require_admin(session, actor)
    return list(session.scalars(select(AuditEvent.subject_type).distinct().order_by(AuditEvent.subject_type)))


def _apply(query: Select[Any], wanted: TrailFilter) -> Select[Any]:
    for column in ("actor_kind", "actor_id", "subject_type", "subject_id"):
        value = getattr(wanted, column)
        if value is not None:
            query = query.where(getattr(AuditEvent, column) == value)
    if wanted.since is not None:
        query = query.where(AuditEvent.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEvent.at < wanted.until)
    return query
