"""Adding, changing and removing the rules of an automation."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.publishing.automations.errors import AutomationNotFound, AutomationRefused
from core.publishing.automations.lookup import get_editable, list_rules
from core.publishing.automations.models import Automation, AutomationScheduleRule, QuotaMode, RuleType
from core.publishing.automations.readiness import kept_ready
from core.publishing.automations.rules import END_OF_DAY, WEEKDAYS, RuleSpec, check_rule, describe
from core.publishing.automations.timing import retime
from core.publishing.moves import plain
from core.system import audit
from core.system.actors import Actor

MOST_RULES = 50
# What says when a rule occurs; the rest only orders rules.
_TIMED = (
    "type", "time_of_day", "interval_minutes", "anchor_at", "daily_quota", "quota_mode", "window_start", "window_end",
    "days_of_week", "enabled",
)  # fmt: skip
_ONLY_FOR: dict[RuleType, frozenset[str]] = {
    RuleType.FIXED_TIME: frozenset({"time_of_day"}),
    RuleType.FIXED_INTERVAL: frozenset({"interval_minutes", "deviations_per_interval", "anchor_at"}),
    RuleType.DAILY_QUOTA: frozenset({"daily_quota", "quota_mode", "window_start", "window_end"}),
}
_SHARED = ("days_of_week", "priority", "enabled")


def add_rule(
    session: Session, actor: Actor, automation_id: str, spec: RuleSpec, *, now: datetime
) -> AutomationScheduleRule:
    """Add a rule. Raises :class:`AutomationRefused`, :class:`AutomationBusy` or :class:`AutomationNotFound`."""
    automation = get_editable(session, actor, automation_id, now=now)
    with kept_ready(session, automation, now=now):
        return insert_rule(session, actor, automation, spec, now=now)


def edit_rule(session: Session, actor: Actor, rule_id: str, spec: RuleSpec, *, now: datetime) -> AutomationScheduleRule:
    """Make a rule what ``spec`` says, and let it count from now on if its times changed."""
    rule, automation = _get_rule(session, actor, rule_id, now=now)
    with kept_ready(session, automation, now=now):
        change_rule(session, actor, automation, rule, spec, now=now)
    return rule


def switch_rule(
    session: Session, actor: Actor, rule_id: str, *, enabled: bool, now: datetime
) -> AutomationScheduleRule:
    """Switch one rule on or off; the last active one of an automation that is on stays on."""
    rule, automation = _get_rule(session, actor, rule_id, now=now)
    with kept_ready(session, automation, now=now):
        change_rule(session, actor, automation, rule, replace(RuleSpec.of(rule), enabled=enabled), now=now)
    return rule


def delete_rule(session: Session, actor: Actor, rule_id: str, *, now: datetime) -> None:
    """Remove a rule; what it has scheduled stays. The last active one of an automation that is on stays."""
    rule, automation = _get_rule(session, actor, rule_id, now=now)
    with kept_ready(session, automation, now=now):
        remove_rule(session, actor, rule, now=now)


def insert_rule(
    session: Session, actor: Actor, automation: Automation, spec: RuleSpec, *, now: datetime
) -> AutomationScheduleRule:
    """Add a rule to an automation that was locked for it."""
    spec = checked_rule(spec, now=now)
    if len(list_rules(session, automation.id)) >= MOST_RULES:
        raise AutomationRefused(f"An automation has at most {MOST_RULES} rules. Remove one first.")
    rule = AutomationScheduleRule(automation_id=automation.id, created_at=now, updated_at=now, **_values(spec))
    session.add(rule)
    session.flush()
    retime(session, automation, [rule], now=now)
    after = {"rule": describe(spec), **_audited(spec)}
    audit.record(session, actor, "automation.rule_added", automation.id, after=after, now=now)
    return rule


def change_rule(
    session: Session,
    actor: Actor,
    automation: Automation,
    rule: AutomationScheduleRule,
    spec: RuleSpec,
    *,
    now: datetime,
) -> None:
    """Change a rule of an automation that was locked for it; nothing happens if nothing differs."""
    spec, was = checked_rule(spec, now=now), RuleSpec.of(rule)
    before, after = audit.changes(_audited(was), _audited(spec))
    if not after:
        return
    for name, value in _values(spec).items():
        setattr(rule, name, value)
    rule.updated_at = now
    session.flush()
    if any(getattr(was, name) != getattr(spec, name) for name in _TIMED):
        retime(session, automation, [rule], now=now)
    named = {"rule": describe(was)} | before, {"rule": describe(spec)} | after
    audit.record(session, actor, "automation.rule_changed", automation.id, before=named[0], after=named[1], now=now)


def remove_rule(session: Session, actor: Actor, rule: AutomationScheduleRule, *, now: datetime) -> None:
    """Remove a rule of an automation that was locked for it."""
    was = RuleSpec.of(rule)
    before = {"rule": describe(was), **_audited(was)}
    audit.record(session, actor, "automation.rule_removed", rule.automation_id, before=before, now=now)
    session.delete(rule)
    session.flush()


def checked_rule(spec: RuleSpec, *, now: datetime) -> RuleSpec:
    """The rule as it is stored: without what its kind does not use, the same said one way only.

    Raises :class:`AutomationRefused`.
    """
    used = _ONLY_FOR[spec.type] | frozenset(_SHARED)
    unused: dict[str, Any] = {name: None for name in _values(spec) if name not in used and name != "type"}
    if spec.type is RuleType.FIXED_INTERVAL:
        unused["anchor_at"] = (spec.anchor_at or now).replace(second=0, microsecond=0)
        unused["deviations_per_interval"] = 1 if spec.deviations_per_interval is None else spec.deviations_per_interval
    spec = replace(spec, **unused)
    check_rule(spec)
    return replace(spec, **_one_way(spec))


def _one_way(spec: RuleSpec) -> dict[str, Any]:
    """Every day and the whole day are said by nothing; a part of the day by both of its ends."""
    found: dict[str, Any] = {}
    if spec.days_of_week is not None:
        days = tuple(day for day in WEEKDAYS if day in spec.days_of_week)
        found["days_of_week"] = None if len(days) == len(WEEKDAYS) else days
    start, end = spec.window_start or "00:00", spec.window_end or END_OF_DAY
    has_window = spec.quota_mode is QuotaMode.DRIP and (start, end) != ("00:00", END_OF_DAY)
    found |= {"window_start": start if has_window else None, "window_end": end if has_window else None}
    return found


def _get_rule(
    session: Session, actor: Actor, rule_id: str, *, now: datetime
) -> tuple[AutomationScheduleRule, Automation]:
    query = select(AutomationScheduleRule).join(Automation, Automation.id == AutomationScheduleRule.automation_id)
    rule = session.scalar(query.where(AutomationScheduleRule.id == rule_id, Automation.user_id == actor.user_id))
    if rule is None:
        raise AutomationNotFound("There is no such rule. It may have been removed; reload the page.")
    return rule, get_editable(session, actor, rule.automation_id, now=now)


def _values(spec: RuleSpec) -> dict[str, Any]:
    """By column."""
    values = {name: getattr(spec, name) for name in spec.__slots__}
    days = values["days_of_week"]
    return values | {"days_of_week": None if days is None else list(days)}


def _audited(spec: RuleSpec) -> dict[str, Any]:
    return {name: plain(value) for name, value in _values(spec).items() if value is not None}
