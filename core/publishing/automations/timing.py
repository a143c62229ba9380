"""When the rules of an automation run next: written down at every change that matters."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.publishing.automations.lookup import list_automations, list_rules, zone_of
from core.publishing.automations.models import Automation, AutomationScheduleRule
from core.publishing.automations.occurrences import next_occurrence
from core.publishing.automations.rules import RuleSpec
from core.system import audit
from core.system.actors import Actor


def retime(
    session: Session,
    automation: Automation,
    rules: Iterable[AutomationScheduleRule] | None = None,
    *,
    now: datetime,
) -> None:
    """Give ``rules`` (all, if none are named) their next occurrence from ``now`` on; none while anything is off.

    What was due before and not dealt with yet is let go: the rule it belonged to is another one now.
    """
    zone = zone_of(session, automation)
    start = start_of(automation, now=now)
    for rule in list_rules(session, automation.id) if rules is None else rules:
        is_on = automation.enabled and rule.enabled
        found = next_occurrence(RuleSpec.of(rule), zone, start) if is_on else None
        rule.next_at = found.at if found else None
    session.flush()


def start_of(automation: Automation, *, now: datetime) -> datetime:
    """After which instant occurrences count: now, or just before the pause ends."""
    pause = automation.paused_until
    return now if pause is None or pause <= now else pause - timedelta(microseconds=1)


def retime_for_zone(session: Session, actor: Actor, *, now: datetime) -> int:
    """After the person moved to another zone: retime the automations that go by it; how many there are."""
    moved = [one for one in list_automations(session, actor) if one.enabled and one.timezone is None]
    for automation in moved:
        retime(session, automation, now=now)
        audit.record(session, actor, "automation.retimed", automation.id, reason="The person's zone changed.", now=now)
    return len(moved)
