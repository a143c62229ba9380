"""Automations for tests, made by the services themselves."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from core.identity.models import User
from core.publishing.automations import editing, switching
from core.publishing.automations.forms import AutomationForm, Blueprint, DefaultForm, RuleForm
from core.publishing.automations.models import Automation, RuleType
from core.publishing.automations.rules import RuleSpec
from core.sales.models import PricePreset
from core.system.actors import Actor
from tests.factories import NOON

DAILY = RuleSpec(RuleType.FIXED_TIME, time_of_day="18:00")


def blueprint(
    *, rules: tuple[RuleSpec, ...] = (DAILY,), defaults: tuple[DefaultForm, ...] = (), **values: Any
) -> Blueprint:
    """An automation called Evenings that posts every day at 18:00, unless said otherwise."""
    form = replace(AutomationForm(name="Evenings"), **values)
    return Blueprint(form, tuple(RuleForm(spec) for spec in rules), defaults)


def make(session: Session, actor: Actor, *, enabled: bool = False, **values: Any) -> Automation:
    """An automation made at ``NOON``, off unless said otherwise."""
    automation = editing.create(session, actor, blueprint(**values), now=NOON)
    return switching.enable(session, actor, automation.id, now=NOON) if enabled else automation


def make_preset(session: Session, owner: Actor | User, **fields: Any) -> PricePreset:
    """A fixed price of 50.00 US dollars."""
    user_id = owner.user_id if isinstance(owner, Actor) else owner.id
    preset = PricePreset(**{"user_id": user_id, "name": "Standard", "price": 5000} | fields)
    session.add(preset)
    session.flush()
    return preset
