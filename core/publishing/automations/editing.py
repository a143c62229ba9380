"""Making, changing, duplicating, ordering and deleting automations."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.publishing.automations.checking import NAME_LENGTH, checked
from core.publishing.automations.default_editing import checked_default, put_default, remove_default
from core.publishing.automations.errors import AutomationNotFound, AutomationRefused
from core.publishing.automations.forms import AutomationForm, Blueprint, DefaultForm, RuleForm
from core.publishing.automations.lookup import (
    get_automation,
    get_editable,
    list_automations,
    list_defaults,
    list_rules,
    read_blueprint,
)
from core.publishing.automations.models import Automation
from core.publishing.automations.readiness import kept_ready
from core.publishing.automations.rule_editing import change_rule, checked_rule, insert_rule, remove_rule
from core.publishing.automations.timing import retime
from core.publishing.errors import ChangedMeanwhile
from core.publishing.moves import plain
from core.system import audit
from core.system.actors import Actor

SEEDS = 2**31
MOST_AUTOMATIONS = 200
_COPY = "Copy of "


def create(session: Session, actor: Actor, blueprint: Blueprint, *, now: datetime) -> Automation:
    """Make an automation with its rules and defaults, switched off. Raises :class:`AutomationRefused`."""
    form = checked(session, actor, blueprint.form)
    with session.begin_nested():
        automation = _insert(session, actor, form, now=now)
        audit.record(session, actor, "automation.created", automation.id, after=_audited(form), now=now)
        _fill(session, actor, automation, blueprint, now=now)
    return automation


def edit(session: Session, actor: Actor, automation_id: str, form: AutomationForm, *, now: datetime) -> Automation:
    """Change the automation itself; rules and defaults stay.

    Raises :class:`AutomationRefused`, also when one that is on could not go on, :class:`AutomationBusy` or
    :class:`AutomationNotFound`.
    """
    automation = get_editable(session, actor, automation_id, now=now)
    with kept_ready(session, automation, now=now):
        _change(session, actor, automation, form, now=now)
    return automation


def save(
    session: Session,
    actor: Actor,
    automation_id: str,
    blueprint: Blueprint,
    *,
    seen: Blueprint | None = None,
    now: datetime,
) -> Automation:
    """Make an automation as a whole what ``blueprint`` says, rules and defaults included; all of it or nothing.

    ``seen`` is what the person started from: :class:`ChangedMeanwhile` when it is no longer that.
    """
    automation = get_editable(session, actor, automation_id, now=now)
    if seen is not None and read_blueprint(session, automation) != seen:
        raise ChangedMeanwhile(
            f"“{automation.name}” was changed elsewhere meanwhile. Discard your changes to see it, then make them anew."
        )
    with kept_ready(session, automation, now=now):
        _change(session, actor, automation, blueprint.form, now=now)
        _put_rules(session, actor, automation, blueprint.rules, now=now)
        _put_defaults(session, actor, automation, blueprint.defaults, now=now)
    return automation


def tried(
    session: Session, actor: Actor, blueprint: Blueprint, *, seen: Blueprint | None = None, now: datetime
) -> Blueprint:
    """The blueprint as it would be stored, for looking at what it would do; raises what saving it would raise."""
    form = checked(session, actor, blueprint.form, before=seen.form if seen else None)
    rules = tuple(replace(rule, spec=checked_rule(rule.spec, now=now)) for rule in blueprint.rules)
    defaults = tuple(checked_default(default) for default in blueprint.defaults)
    return Blueprint(form, rules, defaults)


def duplicate(session: Session, actor: Actor, automation_id: str, *, now: datetime) -> Automation:
    """A copy of everything, switched off, with a name and a seed of its own, at the end of the list."""
    original = get_automation(session, actor, automation_id)
    whole = read_blueprint(session, original)
    form = replace(whole.form, name=f"{_COPY}{original.name}"[:NAME_LENGTH].rstrip())
    automation = _insert(session, actor, form, now=now)
    after = _audited(form) | {"copy_of": original.id}
    audit.record(session, actor, "automation.duplicated", automation.id, after=after, now=now)
    _fill(session, actor, automation, whole, now=now)
    return automation


def reorder(session: Session, actor: Actor, automation_ids: Sequence[str], *, now: datetime) -> None:
    """Put the person's automations into this order; those not named follow as they were.

    Raises :class:`AutomationNotFound` for an id that is not theirs.
    """
    known = {one.id: one for one in list_automations(session, actor)}
    if not set(automation_ids) <= set(known):
        raise AutomationNotFound("There is no such automation. It may have been deleted; reload the page.")
    for place, automation_id in enumerate(dict.fromkeys([*automation_ids, *known])):
        automation = known[automation_id]
        if automation.sort_order != place:
            before, automation.sort_order = {"sort_order": automation.sort_order}, place
            audit.record(
                session,
                actor,
                "automation.reordered",
                automation_id,
                before=before,
                after={"sort_order": place},
                now=now,
            )
    session.flush()


def delete(session: Session, actor: Actor, automation_id: str, *, now: datetime) -> None:
    """Remove an automation with its rules, defaults and log. What it has scheduled goes out, and is sold as planned.

    Raises :class:`AutomationBusy` while it runs.
    """
    automation = get_editable(session, actor, automation_id, now=now)
    before = _audited(AutomationForm.of(automation))
    audit.record(session, actor, "automation.deleted", automation.id, before=before, now=now)
    session.delete(automation)
    session.flush()


def _insert(session: Session, actor: Actor, form: AutomationForm, *, now: datetime) -> Automation:
    mine = Automation.user_id == actor.user_id
    number, last = session.execute(select(func.count(), func.max(Automation.sort_order)).where(mine)).one()
    if number >= MOST_AUTOMATIONS:
        raise AutomationRefused(f"There are {number} automations already, the most one can have. Delete one first.")
    automation = Automation(
        user_id=actor.user_id,
        sort_order=0 if last is None else last + 1,
        seed=secrets.randbelow(SEEDS),
        created_at=now,
        updated_at=now,
        **form.values(),
    )
    session.add(automation)
    session.flush()
    return automation


def _fill(session: Session, actor: Actor, automation: Automation, blueprint: Blueprint, *, now: datetime) -> None:
    for rule in blueprint.rules:
        insert_rule(session, actor, automation, rule.spec, now=now)
    for default in blueprint.defaults:
        put_default(session, actor, automation, default, now=now)


def _change(session: Session, actor: Actor, automation: Automation, form: AutomationForm, *, now: datetime) -> None:
    was = AutomationForm.of(automation)
    form = checked(session, actor, form, before=was)
    before, after = audit.changes(_audited(was), _audited(form))
    if not after:
        return
    for name in after:
        setattr(automation, name, getattr(form, name))
    automation.updated_at = now
    session.flush()
    if form.timezone != was.timezone:
        retime(session, automation, now=now)
    audit.record(session, actor, "automation.edited", automation.id, before=before, after=after, now=now)


def _put_rules(
    session: Session, actor: Actor, automation: Automation, wanted: Sequence[RuleForm], *, now: datetime
) -> None:
    known = {rule.id: rule for rule in list_rules(session, automation.id)}
    kept = {rule.id for rule in wanted if rule.id is not None}
    if not kept <= set(known):
        raise AutomationNotFound("A rule was removed meanwhile. Discard your changes to see what there is.")
    for gone in set(known) - kept:
        remove_rule(session, actor, known[gone], now=now)
    for rule in wanted:
        if rule.id is None:
            insert_rule(session, actor, automation, rule.spec, now=now)
        else:
            change_rule(session, actor, automation, known[rule.id], rule.spec, now=now)


def _put_defaults(
    session: Session, actor: Actor, automation: Automation, wanted: Sequence[DefaultForm], *, now: datetime
) -> None:
    names = {default.field_name for default in wanted}
    for row in list_defaults(session, automation.id):
        if row.field_name not in names:
            remove_default(session, actor, row, now=now)
    for default in wanted:
        put_default(session, actor, automation, default, now=now)


def _audited(form: AutomationForm) -> dict[str, Any]:
    return {name: plain(value) for name, value in form.values().items()}
