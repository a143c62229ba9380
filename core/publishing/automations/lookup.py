"""Finding a person's automations and what belongs to them, and seeing whether they may be changed now."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import SKEW
from core.identity.models import User
from core.publishing.automations.errors import AutomationBusy, AutomationNotFound
from core.publishing.automations.forms import AutomationForm, Blueprint, DefaultForm, RuleForm
from core.publishing.automations.models import Automation, AutomationDefaultValue, AutomationScheduleRule
from core.publishing.automations.rules import RuleSpec
from core.publishing.zones import zone_named
from core.system.actors import Actor

# A run renews nothing: it takes seconds, and one that shows no end after this long died.
EXECUTION_LEASE = timedelta(minutes=5)


def get_automation(session: Session, actor: Actor, automation_id: str, *, lock: bool = False) -> Automation:
    """The person's automation; raises :class:`AutomationNotFound` for anybody else's. ``lock`` is for changing it."""
    query = select(Automation).where(Automation.id == automation_id, Automation.user_id == actor.user_id)
    query = query.execution_options(populate_existing=True)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise AutomationNotFound("There is no such automation. It may have been deleted; reload the page.")
    return found


def get_editable(session: Session, actor: Actor, automation_id: str, *, now: datetime) -> Automation:
    """The person's automation, locked for a change.

    Raises :class:`AutomationBusy` while it runs. A run that died holds nobody up: the next one takes its lease over.
    """
    automation = get_automation(session, actor, automation_id, lock=True)
    if is_running(automation, now=now):
        raise AutomationBusy(f"“{automation.name}” is choosing drafts right now. Try again in a minute.")
    return automation


def is_running(automation: Automation, *, now: datetime) -> bool:
    """Whether a run holds the automation and can still be alive."""
    since = automation.last_execution_lock
    # A lease from the future was taken before the clock was put back.
    return automation.is_executing and since is not None and now - EXECUTION_LEASE < since <= now + SKEW


def list_automations(session: Session, actor: Actor) -> list[Automation]:
    """The person's automations in their own order."""
    query = select(Automation).where(Automation.user_id == actor.user_id)
    return list(session.scalars(query.order_by(Automation.sort_order, Automation.created_at, Automation.id)))


def list_rules(session: Session, automation_id: str) -> list[AutomationScheduleRule]:
    """The rules of an automation whose owner was checked, by priority."""
    rule = AutomationScheduleRule
    query = select(rule).where(rule.automation_id == automation_id)
    return list(session.scalars(query.order_by(rule.priority, rule.created_at, rule.id)))


def list_defaults(session: Session, automation_id: str) -> list[AutomationDefaultValue]:
    """The defaults of an automation whose owner was checked, by field."""
    default = AutomationDefaultValue
    query = select(default).where(default.automation_id == automation_id)
    return list(session.scalars(query.order_by(default.field_name)))


def zone_of(session: Session, automation: Automation) -> ZoneInfo:
    """The zone its wall times are in: its own, or its person's."""
    return zone_named(automation.timezone or person_zone(session, automation.user_id))


def person_zone(session: Session, user_id: str) -> str:
    """The name of a person's zone."""
    return session.scalar(select(User.timezone).where(User.id == user_id)) or "UTC"


def read_blueprint(session: Session, automation: Automation) -> Blueprint:
    """The whole automation as it stands."""
    rules = [RuleForm(RuleSpec.of(row), row.id) for row in list_rules(session, automation.id)]
    defaults = [DefaultForm.of(row) for row in list_defaults(session, automation.id)]
    return Blueprint(AutomationForm.of(automation), tuple(rules), tuple(defaults))
