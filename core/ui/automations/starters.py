"""Ways to begin: automations that many people want, to be changed before they are saved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.publishing.automations.forms import AutomationForm, Blueprint, RuleForm
from core.publishing.automations.models import QuotaMode, RuleType
from core.publishing.automations.rules import WEEKDAYS, RuleSpec

BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Starter:
    """One way to begin: what it is called, what it means, what it looks like."""

    title: str
    body: str
    icon: str
    color: str
    name: str
    rule: RuleSpec | None

    def blueprint(self, *, now: datetime) -> Blueprint:
        """The automation it begins with; intervals count from the next full hour."""
        form = AutomationForm(name=self.name, icon=self.icon, color=self.color)
        if self.rule is None:
            return Blueprint(form)
        rule = self.rule
        if rule.type is RuleType.FIXED_INTERVAL:
            rule = RuleSpec(
                rule.type,
                interval_minutes=rule.interval_minutes,
                deviations_per_interval=rule.deviations_per_interval,
                anchor_at=next_hour(now),
            )
        return Blueprint(form, (RuleForm(rule),))


def next_hour(now: datetime) -> datetime:
    """The next full hour."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def blueprint_of(starter: str | None, *, now: datetime) -> Blueprint:
    """What a starter of this name begins with; a blank one for a name that is not known."""
    return STARTERS.get(starter or BLANK, STARTERS[BLANK]).blueprint(now=now)


STARTERS: Mapping[str, Starter] = {
    "daily": Starter(
        "One a day at 18:00",
        "The oldest draft goes out every evening.",
        "nights_stay",
        "#6d5a86",
        "One a day",
        RuleSpec(RuleType.FIXED_TIME, time_of_day="18:00"),
    ),
    "three": Starter(
        "Three a day",
        "Spread evenly between 9:00 and 21:00.",
        "grain",
        "#3d5a4c",
        "Three a day",
        RuleSpec(
            RuleType.DAILY_QUOTA, daily_quota=3, quota_mode=QuotaMode.DRIP, window_start="09:00", window_end="21:00"
        ),
    ),
    "interval": Starter(
        "Every 6 hours",
        "One draft, day and night, from the next full hour on.",
        "update",
        "#7a8fb5",
        "Every 6 hours",
        RuleSpec(RuleType.FIXED_INTERVAL, interval_minutes=360, deviations_per_interval=1),
    ),
    "weekdays": Starter(
        "Weekday mornings",
        "One draft at 8:30, Monday to Friday.",
        "wb_sunny",
        "#c9853b",
        "Weekday mornings",
        RuleSpec(RuleType.FIXED_TIME, time_of_day="08:30", days_of_week=WEEKDAYS[:5]),
    ),
    BLANK: Starter("From scratch", "No rule yet: you choose everything.", "tune", "#7b756a", "New automation", None),
}
