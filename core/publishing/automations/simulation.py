"""What automations will do: the planner, led from one due moment to the next without writing anything."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.db.ids import new_id
from core.publishing.automations.errors import AutomationRefused
from core.publishing.automations.forecast import Forecast, PlannedRun
from core.publishing.automations.forms import Blueprint
from core.publishing.automations.loading import Plan, load_planner, stored_plans
from core.publishing.automations.models import (
    Automation,
    AutomationDefaultValue,
    AutomationScheduleRule,
)
from core.publishing.automations.rules import RuleSpec
from core.system.actors import Actor

# Enough for years of a busy studio; a rule every five minutes for everybody would never end otherwise.
MOST_RUNS = 20_000


def simulate(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    until: datetime,
    automation_ids: Sequence[str] | None = None,
    limit: int | None = None,
) -> Forecast:
    """What the person's automations will do until ``until``, if nothing else happens. Reads only.

    All that are switched on are played through, because they take from the same drafts and times. With
    ``automation_ids`` these are played as if they were on, and only their part is told. ``limit`` ends it after
    so many runs that are told.
    """
    wanted = None if automation_ids is None else frozenset(automation_ids)
    query = select(Automation).where(Automation.user_id == actor.user_id)
    query = query.where(or_(Automation.enabled.is_(True), Automation.id.in_(wanted or ())))
    plans = stored_plans(session, session.scalars(query))
    return _play(session, actor.user_id, plans, wanted, now=now, until=until, limit=limit)


def simulate_draft(
    session: Session,
    actor: Actor,
    blueprint: Blueprint,
    *,
    automation_id: str | None = None,
    now: datetime,
    until: datetime,
    limit: int | None = None,
) -> Forecast:
    """What an automation would do as a form describes it, beside those that are switched on.

    ``automation_id`` names the one that the form changes; it keeps its place, seed and rules' names, so that what the
    form leaves alone is told as it will be.
    """
    rows = list(
        session.scalars(select(Automation).where(Automation.user_id == actor.user_id, Automation.enabled.is_(True)))
    )
    stored = session.scalar(
        select(Automation).where(Automation.id == automation_id, Automation.user_id == actor.user_id)
    )
    others = stored_plans(session, [row for row in rows if stored is None or row.id != stored.id])
    draft = _draft_plan(actor.user_id, blueprint, stored)
    plans = sorted([*others, draft], key=lambda plan: (plan.row.sort_order, plan.row.id))
    return _play(session, actor.user_id, plans, frozenset({draft.row.id}), now=now, until=until, limit=limit)


def _play(
    session: Session,
    user_id: str,
    plans: list[Plan],
    wanted: frozenset[str] | None,
    *,
    now: datetime,
    until: datetime,
    limit: int | None,
) -> Forecast:
    if until < now:
        raise AutomationRefused("A preview looks ahead. Choose an end later than now.")
    runs: list[PlannedRun] = []
    dry_at: dict[str, datetime] = {}
    if plans:
        planner = load_planner(session, user_id, plans, now=now, until=until)
        moment: datetime | None = now
        # What is due already is dealt with now, as the next tick will.
        while moment is not None and moment <= until and len(runs) < (limit or MOST_RUNS):
            for decision in planner.due(moment):
                run = decision.run
                if wanted is None or run.automation_id in wanted:
                    runs.append(run)
                    if run.ran_dry:
                        dry_at.setdefault(run.automation_id, run.occurrence_at)
            moment = planner.next_at()
    return Forecast(until, tuple(runs), dry_at)


def _draft_plan(user_id: str, blueprint: Blueprint, stored: Automation | None) -> Plan:
    """Rows that no session knows: they are looked at and forgotten."""
    row = Automation(
        id=stored.id if stored is not None else new_id("aut"),
        user_id=user_id,
        enabled=False,
        sort_order=stored.sort_order if stored is not None else 0,
        seed=stored.seed if stored is not None else 0,
        shuffle_at=stored.shuffle_at if stored is not None else 0,
        posts_made=stored.posts_made if stored is not None else 0,
        paused_until=stored.paused_until if stored is not None else None,
        **blueprint.form.values(),
    )
    rules = [_draft_rule(row.id, rule.id, rule.spec) for rule in blueprint.rules]
    defaults = [
        AutomationDefaultValue(
            automation_id=row.id, field_name=one.field_name, value=one.value, apply_if_empty=one.apply_if_empty
        )
        for one in blueprint.defaults
    ]
    return Plan(row, rules, defaults)


def _draft_rule(automation_id: str, rule_id: str | None, spec: RuleSpec) -> AutomationScheduleRule:
    values = {one.name: getattr(spec, one.name) for one in fields(spec)}
    days = spec.days_of_week
    return AutomationScheduleRule(
        id=rule_id or new_id("rul"),
        automation_id=automation_id,
        **values | {"days_of_week": None if days is None else list(days)},
    )
