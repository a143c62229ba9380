"""Taking back what was done to templates, from the audit trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.logs import correlated
from core.publishing.templates.editing import (
    TemplateChange,
    add_row,
    place,
    require_free_name,
    set_columns,
    snapshot,
)
from core.publishing.templates.errors import TemplateChanged, TemplateRefused
from core.publishing.templates.models import MetadataTemplate, TemplateType
from core.system import audit
from core.system.actors import Actor
from core.system.models import AuditEvent


def undo(session: Session, actor: Actor, group: str, *, now: datetime) -> TemplateChange:
    """Take back one change, where nothing was changed since; the result's own group undoes the undo.

    Raises ``TemplateRefused`` when the change is not known, ``TemplateChanged`` and ``NameInUse`` when
    it can no longer be taken back.
    """
    events = session.scalars(
        select(AuditEvent)
        .where(
            AuditEvent.correlation_id == group,
            AuditEvent.owner_id == actor.user_id,
            AuditEvent.subject_type == "template",
        )
        .order_by(AuditEvent.at, AuditEvent.id)
    ).all()
    if not events:
        raise TemplateRefused("There is nothing to undo: this change is not known, or it was cleared away.")
    with correlated() as mine:
        names = [_take_back(session, actor, event, now=now) for event in events]
    return TemplateChange(events[0].subject_id, names[0], mine)


def _take_back(session: Session, actor: Actor, event: AuditEvent, *, now: datetime) -> str:
    """Undo one event; the template's name."""
    if event.before is None:
        return _unmake(session, actor, event, now=now)
    if event.after is None:
        return _bring_back(session, actor, event.subject_id, event.before, now=now)
    row = _unchanged(session, actor, event)
    if "name" in event.before:
        require_free_name(session, actor, row.type, event.before["name"], besides=row.id)
    if _is_move(event):
        place(session, row, event.before["sort_order"])
    else:
        set_columns(session, row, event.before, now=now)
    _record(session, actor, event.action, row.id, before=event.after, after=event.before, now=now)
    return row.name


def _unmake(session: Session, actor: Actor, event: AuditEvent, *, now: datetime) -> str:
    row = _unchanged(session, actor, event)
    _record(session, actor, "template.deleted", row.id, before=snapshot(row), now=now)
    session.delete(row)
    session.flush()
    return row.name


def _bring_back(session: Session, actor: Actor, template_id: str, values: dict[str, Any], *, now: datetime) -> str:
    kind = TemplateType(values["type"])
    require_free_name(session, actor, kind, values["name"])
    if session.get(MetadataTemplate, template_id) is not None:
        raise TemplateChanged(f"“{values['name']}” is back already.")
    row = MetadataTemplate(
        id=template_id, user_id=actor.user_id, created_at=now, updated_at=now, **(values | {"type": kind})
    )
    add_row(session, row)
    _record(session, actor, "template.created", row.id, after=snapshot(row), now=now)
    return row.name


def _unchanged(session: Session, actor: Actor, event: AuditEvent) -> MetadataTemplate:
    """The row as the event left it; raises ``TemplateChanged``."""
    query = select(MetadataTemplate).where(
        MetadataTemplate.id == event.subject_id, MetadataTemplate.user_id == actor.user_id
    )
    row = session.scalar(query.with_for_update())
    after = event.after or {}
    if row is None:
        raise TemplateChanged("This template was deleted since. Undo that first, or make it anew.")
    now_there = snapshot(row)
    # Where a new one stands may have changed; that is no reason to keep it.
    if any(now_there[name] != value for name, value in after.items() if name != "sort_order" or _is_move(event)):
        raise TemplateChanged(f"“{row.name}” was changed again since; what it has now is kept.")
    return row


def _is_move(event: AuditEvent) -> bool:
    return event.before is not None and set(event.before) == {"sort_order"}


def _record(session: Session, actor: Actor, action: str, template_id: str, *, now: datetime, **values: Any) -> None:
    audit.record(session, actor, action, template_id, reason="undone", now=now, **values)
