"""Generation logs, searchable: a person's own, or everybody's for administrators."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from core.db.folding import folded
from core.identity.models import User
from core.identity.roles import is_admin
from core.studio.orders.models import GenerationLog, LogLevel
from core.system.actors import Actor

PAGE = 100
_ORDER = list(LogLevel)


@dataclass(frozen=True, slots=True)
class LogFilter:
    """``level`` is the least important that is listed; ``words`` must all be in the message."""

    level: LogLevel = LogLevel.INFO
    words: str = ""
    order_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line as the list shows it."""

    id: str
    at: datetime
    level: LogLevel
    event: str
    message: str
    details: dict[str, object]
    order_id: str | None
    order_item_id: str | None
    person: str


def list_logs(
    session: Session, actor: Actor, wanted: LogFilter, *, before: tuple[datetime, str] | None = None, limit: int = PAGE
) -> list[LogLine]:
    """Lines, newest first; ``before`` is the instant and id of the last line of the page above."""
    query = (
        select(GenerationLog, User.username)
        .join(User, User.id == GenerationLog.user_id)
        .where(*_conditions(session, actor, wanted))
        .order_by(GenerationLog.timestamp.desc(), GenerationLog.id.desc())
        .limit(limit)
    )
    if before is not None:
        at, log_id = before
        same = and_(GenerationLog.timestamp == at, GenerationLog.id < log_id)
        query = query.where(or_(GenerationLog.timestamp < at, same))
    return [
        LogLine(
            row.id,
            row.timestamp,
            row.level,
            row.event,
            row.message,
            row.details or {},
            row.order_id,
            row.order_item_id,
            name,
        )
        for row, name in session.execute(query)
    ]


def _conditions(session: Session, actor: Actor, wanted: LogFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [GenerationLog.level.in_(_ORDER[_ORDER.index(wanted.level) :])]
    if not is_admin(session, actor.user_id):
        found.append(GenerationLog.user_id == actor.user_id)
    if wanted.order_id:
        found.append(GenerationLog.order_id == wanted.order_id)
    if wanted.since is not None:
        found.append(GenerationLog.timestamp >= wanted.since)
    if wanted.until is not None:
        found.append(GenerationLog.timestamp < wanted.until)
    message = folded(session, GenerationLog.message)
    found += [message.contains(word.lower(), autoescape=True) for word in wanted.words.split()[:8]]
    return found
