"""Setting and removing what an automation fills into the drafts it takes."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.publishing.automations.defaults import check_default, field_named
from core.publishing.automations.errors import AutomationNotFound, AutomationRefused
from core.publishing.automations.forms import DefaultForm
from core.publishing.automations.lookup import get_editable
from core.publishing.automations.models import Automation, AutomationDefaultValue
from core.system import audit
from core.system.actors import Actor


def set_default(
    session: Session, actor: Actor, automation_id: str, default: DefaultForm, *, now: datetime
) -> AutomationDefaultValue:
    """Set the default of one field, in place of the one before.

    The field may be named as the specification does (``isMature``). Raises :class:`AutomationRefused`,
    :class:`AutomationBusy` or :class:`AutomationNotFound`.
    """
    return put_default(session, actor, get_editable(session, actor, automation_id, now=now), default, now=now)


def delete_default(session: Session, actor: Actor, automation_id: str, field_name: str, *, now: datetime) -> None:
    """Let the field be what each draft has. Raises :class:`AutomationNotFound` when it has no default."""
    automation = get_editable(session, actor, automation_id, now=now)
    found = _find(session, automation, field_named(field_name))
    if found is None:
        raise AutomationNotFound(f"“{field_name}” has no default here. Reload the page.")
    remove_default(session, actor, found, now=now)


def put_default(
    session: Session, actor: Actor, automation: Automation, default: DefaultForm, *, now: datetime
) -> AutomationDefaultValue:
    """Set a default of an automation that was locked for it; nothing happens if nothing differs."""
    wanted = checked_default(default)
    field = wanted.field_name
    row = _find(session, automation, field)
    if row is None:
        row = AutomationDefaultValue(automation_id=automation.id, field_name=field, created_at=now, updated_at=now)
        session.add(row)
        before = None
    elif DefaultForm.of(row) == wanted:
        return row
    else:
        before = _audited(DefaultForm.of(row))
    row.value, row.apply_if_empty, row.updated_at = wanted.value, wanted.apply_if_empty, now
    session.flush()
    audit.record(
        session, actor, "automation.default_set", automation.id, before=before, after=_audited(wanted), now=now
    )
    return row


def checked_default(default: DefaultForm) -> DefaultForm:
    """The default as it is stored. Raises :class:`AutomationRefused`, also for a text that is only blanks."""
    field = field_named(default.field_name)
    value = check_default(field, default.value)
    if value is None:
        raise AutomationRefused(f"Give “{field}” a value, or remove its default.")
    return DefaultForm(field, value, default.apply_if_empty)


def remove_default(session: Session, actor: Actor, row: AutomationDefaultValue, *, now: datetime) -> None:
    """Remove a default of an automation that was locked for it."""
    before = _audited(DefaultForm.of(row))
    audit.record(session, actor, "automation.default_removed", row.automation_id, before=before, now=now)
    session.delete(row)
    session.flush()


def _find(session: Session, automation: Automation, field: str) -> AutomationDefaultValue | None:
    default = AutomationDefaultValue
    return session.scalar(select(default).where(default.automation_id == automation.id, default.field_name == field))


def _audited(default: DefaultForm) -> dict[str, object]:
    return {"field": default.field_name, "value": default.value, "apply_if_empty": default.apply_if_empty}
