"""What a person has changed about an automation and not saved yet; it outlives other screens, not a reload."""

from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from core.db.ids import new_id
from core.publishing.automations.forms import AutomationForm, Blueprint, DefaultForm, RuleForm
from core.publishing.automations.rules import RuleSpec, describe
from core.ui.automations.address import NEW, Part
from core.ui.desk import next_number

_DRAFTS = "automations.drafts"


@dataclass(slots=True)
class RuleRow:
    """A rule on screen: ``shown`` is what its widgets began with, ``spec`` what they say.

    ``trial_id`` is what previews call it, so that a rule that is not saved has the same delays from look to look.
    """

    key: str
    id: str | None
    shown: RuleSpec
    spec: RuleSpec
    trial_id: str


@dataclass(slots=True)
class Draft:
    """An automation being changed.

    ``seen`` is what is stored, ``None`` for a new one. ``shown`` is what the widgets of the open part began with: it
    stays the same while one types. ``number`` is in their keys, so that other contents have other widgets.
    """

    automation_id: str
    seen: Blueprint | None
    shown: Blueprint
    form: AutomationForm
    rules: list[RuleRow]
    defaults: tuple[DefaultForm, ...]
    number: int
    part: Part | None = None
    made: int = field(default=0)

    @property
    def is_new(self) -> bool:
        return self.automation_id == NEW

    @property
    def blueprint(self) -> Blueprint:
        """The automation as it would be saved."""
        return Blueprint(self.form, tuple(RuleForm(row.spec, row.id) for row in self.rules), self.defaults)

    @property
    def trial(self) -> Blueprint:
        """The automation for previews, with a name for every rule."""
        return Blueprint(self.form, tuple(RuleForm(row.spec, row.trial_id) for row in self.rules), self.defaults)

    @property
    def words(self) -> dict[str, str]:
        """The rules in words, by what previews call them."""
        return {row.trial_id: describe(row.spec) for row in self.rules}

    @property
    def is_changed(self) -> bool:
        return self.is_new or self.blueprint != self.seen

    def key(self, name: str) -> str:
        """The key of a widget of the open part."""
        return f"aut-{self.number}-{name}"

    def put(self, **values: Any) -> None:
        """Set fields of the automation itself."""
        self.form = replace(self.form, **values)

    def add_rule(self, spec: RuleSpec) -> None:
        """One more rule, behind the others."""
        self.made += 1
        last = max((row.spec.priority for row in self.rules), default=-1)
        spec = replace(spec, priority=min(last + 1, 100))
        self.rules.append(_row(f"new{self.made}", None, spec))

    def remove_rule(self, key: str) -> None:
        self.rules = [row for row in self.rules if row.key != key]

    def enter(self, part: Part) -> None:
        """Let the widgets of another part begin with what has been said so far."""
        if self.part is not part:
            self.part, self.number = part, next_number()
            self.shown = self.blueprint
            for row in self.rules:
                row.shown = row.spec


def begin(automation_id: str, stored: Blueprint | None, start: Blueprint) -> Draft:
    """The draft of an automation: the one under way, or a new one that begins with ``start``.

    One without changes follows what is stored.
    """
    known = _drafts().get(automation_id)
    if known is not None and (known.is_new or known.is_changed or known.seen == stored):
        return known
    made = Draft(automation_id, stored, start, start.form, _rows(start), start.defaults, next_number())
    _drafts()[automation_id] = made
    return made


def find(automation_id: str) -> Draft | None:
    """The draft of an automation, if it was opened before."""
    return _drafts().get(automation_id)


def forget(automation_id: str) -> None:
    """Drop what was not saved."""
    _drafts().pop(automation_id, None)


def is_under_way(automation_id: str) -> bool:
    """Whether there are changes that were not saved."""
    known = _drafts().get(automation_id)
    return known is not None and known.is_changed


def _drafts() -> dict[str, Draft]:
    found: dict[str, Draft] = st.session_state.setdefault(_DRAFTS, {})
    return found


def _rows(blueprint: Blueprint) -> list[RuleRow]:
    return [_row(rule.id or f"start{place}", rule.id, rule.spec) for place, rule in enumerate(blueprint.rules)]


def _row(key: str, rule_id: str | None, spec: RuleSpec) -> RuleRow:
    return RuleRow(key, rule_id, spec, spec, rule_id or new_id("rul"))
