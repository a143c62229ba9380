"""Switching automations on and off, and pausing them."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.publishing.automations.errors import AutomationRefused
from core.publishing.automations.lookup import get_automation
from core.publishing.automations.models import Automation
from core.publishing.automations.readiness import obstacles
from core.publishing.automations.timing import retime
from core.publishing.moves import plain
from core.system import audit
from core.system.actors import Actor

LONGEST_PAUSE = timedelta(days=366)


def enable(session: Session, actor: Actor, automation_id: str, *, now: datetime) -> Automation:
    """Switch on: rules get their next occurrence from now on. Raises :class:`AutomationRefused` with all that is
    missing."""
    automation = get_automation(session, actor, automation_id, lock=True)
    if automation.enabled:
        return automation
    missing = obstacles(session, automation, now=now)
    if missing:
        raise AutomationRefused(f"“{automation.name}” cannot be switched on yet. " + " ".join(missing))
    return _switch(session, actor, automation, on=True, now=now)


def disable(session: Session, actor: Actor, automation_id: str, *, now: datetime) -> Automation:
    """Switch off: nothing more is chosen; what is scheduled stays."""
    automation = get_automation(session, actor, automation_id, lock=True)
    return _switch(session, actor, automation, on=False, now=now) if automation.enabled else automation


def pause(session: Session, actor: Actor, automation_id: str, until: datetime | None, *, now: datetime) -> Automation:
    """Let rules skip to their first occurrence after ``until``; ``None`` ends a pause.

    Raises :class:`AutomationRefused` unless ``until`` lies ahead, within a year.
    """
    if until is not None and not now < until <= now + LONGEST_PAUSE:
        raise AutomationRefused("A pause ends in the future, within a year. Choose another day.")
    automation = get_automation(session, actor, automation_id, lock=True)
    if automation.paused_until == until:
        return automation
    before, automation.paused_until = {"paused_until": plain(automation.paused_until)}, until
    automation.updated_at = now
    retime(session, automation, now=now)
    action = "automation.paused" if until else "automation.resumed"
    audit.record(session, actor, action, automation.id, before=before, after={"paused_until": plain(until)}, now=now)
    return automation


def _switch(session: Session, actor: Actor, automation: Automation, *, on: bool, now: datetime) -> Automation:
    automation.enabled = on
    automation.updated_at = now
    retime(session, automation, now=now)
    action = "automation.enabled" if on else "automation.disabled"
    audit.record(session, actor, action, automation.id, before={"enabled": not on}, after={"enabled": on}, now=now)
    return automation
