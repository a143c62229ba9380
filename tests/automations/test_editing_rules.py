"""Rules and defaults: what is refused, and when a rule runs next after a change."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.publishing.automations import default_editing, editing, rule_editing
from core.publishing.automations.errors import AutomationNotFound, AutomationRefused
from core.publishing.automations.forms import AutomationForm, DefaultForm
from core.publishing.automations.lookup import list_defaults, list_rules
from core.publishing.automations.models import QuotaMode, RuleType
from core.publishing.automations.rules import WEEKDAYS, RuleSpec
from core.publishing.automations.timing import retime_for_zone
from core.system.models import AuditEvent
from tests.automations.making import DAILY, make
from tests.factories import DAY, HOUR, NOON

INTERVAL = RuleSpec(RuleType.FIXED_INTERVAL, interval_minutes=240, deviations_per_interval=1, anchor_at=NOON)
DRIP = RuleSpec(RuleType.DAILY_QUOTA, daily_quota=3, quota_mode=QuotaMode.DRIP)
MAXIMUM = RuleSpec(RuleType.DAILY_QUOTA, daily_quota=3, quota_mode=QuotaMode.MAXIMUM)
SIX_IN_VIENNA = datetime(2026, 6, 1, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (replace(DAILY, time_of_day="7:00"), "not a time of day"),
        (replace(DAILY, time_of_day=None), "at what time"),
        (replace(DAILY, days_of_week=()), "No day is chosen"),
        (replace(DAILY, days_of_week=("mon",)), "not a day of the week"),
        (replace(INTERVAL, interval_minutes=4), "between 5 minutes and 7 days"),
        (replace(INTERVAL, interval_minutes=10081), "between 5 minutes and 7 days"),
        (replace(INTERVAL, interval_minutes=None), "between 5 minutes and 7 days"),
        (replace(INTERVAL, deviations_per_interval=0), "between 1 and 100"),
        (replace(INTERVAL, deviations_per_interval=101), "between 1 and 100"),
        (replace(DRIP, daily_quota=0), "between 1 and 100"),
        (replace(DRIP, daily_quota=101), "between 1 and 100"),
        (replace(DRIP, quota_mode=None), "maximum, or is to be spread"),
        (replace(DRIP, window_start="20:00", window_end="08:00"), "do not fit"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_when_added_and_when_changed(session, actor, spec, said):
    made = make(session, actor)
    (rule,) = list_rules(session, made.id)
    with pytest.raises(AutomationRefused, match=said):
        rule_editing.add_rule(session, actor, made.id, spec, now=NOON)
    with pytest.raises(AutomationRefused, match=said):
        rule_editing.edit_rule(session, actor, rule.id, spec, now=NOON)
    (kept,) = list_rules(session, made.id)
    assert RuleSpec.of(kept) == DAILY


def test_a_rule_keeps_only_what_its_kind_uses(session, actor):
    made = make(session, actor)
    mixed = replace(DRIP, time_of_day="14:00", interval_minutes=5, deviations_per_interval=9, anchor_at=NOON)
    added = rule_editing.add_rule(session, actor, made.id, mixed, now=NOON)
    assert RuleSpec.of(added) == DRIP
    rule_editing.edit_rule(session, actor, added.id, replace(mixed, type=RuleType.FIXED_TIME), now=NOON)
    assert RuleSpec.of(added) == replace(DAILY, time_of_day="14:00")


@pytest.mark.parametrize(
    ("spec", "kept"),
    [
        (replace(DRIP, window_start="00:00", window_end="24:00"), DRIP),
        (replace(DRIP, window_end="21:00"), replace(DRIP, window_start="00:00", window_end="21:00")),
        (replace(MAXIMUM, window_start="09:00", window_end="21:00"), MAXIMUM),
        (replace(DAILY, days_of_week=WEEKDAYS), DAILY),
        (replace(DAILY, days_of_week=("friday", "monday")), replace(DAILY, days_of_week=("monday", "friday"))),
    ],
)
def test_the_same_rule_is_kept_in_one_way(session, actor, spec, kept):
    made = make(session, actor)
    assert RuleSpec.of(rule_editing.add_rule(session, actor, made.id, spec, now=NOON)) == kept


def test_an_interval_without_a_beginning_counts_from_now(session, actor):
    made = make(session, actor)
    added = rule_editing.add_rule(session, actor, made.id, replace(INTERVAL, anchor_at=None), now=NOON)
    assert added.anchor_at == NOON


def test_rules_of_an_automation_that_is_off_have_no_next_time(session, actor):
    made = make(session, actor)
    assert rule_editing.add_rule(session, actor, made.id, INTERVAL, now=NOON).next_at is None


def test_a_rule_added_to_one_that_is_on_runs_from_now_on(session, actor, account):
    made = make(session, actor, enabled=True)
    assert rule_editing.add_rule(session, actor, made.id, INTERVAL, now=NOON).next_at == NOON + 4 * HOUR
    off = rule_editing.add_rule(session, actor, made.id, replace(INTERVAL, enabled=False), now=NOON)
    assert off.next_at is None
    assert rule_editing.add_rule(session, actor, made.id, MAXIMUM, now=NOON).next_at is None


def test_a_changed_rule_gets_another_next_time_and_the_others_keep_theirs(session, actor, account):
    made = make(session, actor, enabled=True, rules=(DAILY, INTERVAL))
    daily, interval = list_rules(session, made.id)
    assert daily.next_at == SIX_IN_VIENNA
    interval.next_at = NOON - HOUR  # due, and about to be dealt with
    session.flush()
    rule_editing.edit_rule(session, actor, daily.id, replace(DAILY, time_of_day="13:00"), now=NOON)
    assert daily.next_at == SIX_IN_VIENNA - 5 * HOUR + DAY
    assert interval.next_at == NOON - HOUR


def test_what_only_orders_rules_leaves_their_times_alone(session, actor, account):
    made = make(session, actor, enabled=True)
    (rule,) = list_rules(session, made.id)
    rule.next_at = NOON - HOUR
    session.flush()
    rule_editing.edit_rule(session, actor, rule.id, replace(DAILY, priority=7), now=NOON)
    assert (rule.priority, rule.next_at) == (7, NOON - HOUR)


def test_a_rule_switched_off_and_on_has_no_time_and_then_one_from_now_on(session, actor, account):
    made = make(session, actor, enabled=True, rules=(DAILY, INTERVAL))
    daily = list_rules(session, made.id)[0]
    rule_editing.switch_rule(session, actor, daily.id, enabled=False, now=NOON)
    assert daily.next_at is None
    rule_editing.switch_rule(session, actor, daily.id, enabled=True, now=NOON + DAY)
    assert daily.next_at == SIX_IN_VIENNA + DAY


def test_another_zone_is_another_time(session, actor, account):
    made = make(session, actor, enabled=True)
    editing.edit(session, actor, made.id, replace(AutomationForm.of(made), timezone="Asia/Tokyo"), now=NOON)
    assert list_rules(session, made.id)[0].next_at == datetime(2026, 6, 2, 9, 0, tzinfo=UTC)


def test_a_person_who_moves_takes_along_what_goes_by_their_zone(session, alice, actor, account):
    follows, stays = make(session, actor, enabled=True), make(session, actor, enabled=True, timezone="Europe/Vienna")
    is_off = make(session, actor)
    alice.timezone = "Asia/Tokyo"
    session.flush()
    assert retime_for_zone(session, actor, now=NOON) == 1
    next_at = [list_rules(session, one.id)[0].next_at for one in (follows, stays, is_off)]
    assert next_at == [datetime(2026, 6, 2, 9, 0, tzinfo=UTC), SIX_IN_VIENNA, None]


@pytest.mark.parametrize(
    "others", [(), (replace(INTERVAL, enabled=False),), (MAXIMUM,)], ids=["none", "off", "maximum"]
)
def test_the_last_active_rule_of_one_that_is_on_stays(session, actor, account, others):
    made = make(session, actor, enabled=True, rules=(DAILY, *others))
    last = list_rules(session, made.id)[0]
    for attempt in (
        lambda: rule_editing.delete_rule(session, actor, last.id, now=NOON),
        lambda: rule_editing.switch_rule(session, actor, last.id, enabled=False, now=NOON),
        lambda: rule_editing.edit_rule(session, actor, last.id, replace(DAILY, enabled=False), now=NOON),
        lambda: rule_editing.edit_rule(session, actor, last.id, MAXIMUM, now=NOON),
    ):
        with pytest.raises(AutomationRefused, match="switched on and could not go on like this"):
            attempt()
    session.expire_all()
    kept = list_rules(session, made.id)[0]
    assert (kept.id, kept.enabled, kept.next_at) == (last.id, True, SIX_IN_VIENNA)


def test_the_last_rule_of_one_that_is_off_may_go(session, actor):
    made = make(session, actor)
    rule_editing.delete_rule(session, actor, list_rules(session, made.id)[0].id, now=NOON)
    assert list_rules(session, made.id) == []


def test_there_is_an_end_to_the_number_of_rules(session, actor, monkeypatch):
    monkeypatch.setattr(rule_editing, "MOST_RULES", 2)
    made = make(session, actor, rules=(DAILY, INTERVAL))
    with pytest.raises(AutomationRefused, match="at most 2 rules"):
        rule_editing.add_rule(session, actor, made.id, DRIP, now=NOON)


def test_changes_of_rules_can_be_read_in_the_audit(session, actor):
    made = make(session, actor)
    added = rule_editing.add_rule(session, actor, made.id, DRIP, now=NOON)
    rule_editing.edit_rule(session, actor, added.id, replace(DRIP, daily_quota=5), now=NOON)
    rule_editing.delete_rule(session, actor, added.id, now=NOON)
    events = session.query(AuditEvent).filter_by(subject_id=made.id).order_by(AuditEvent.id).all()[-3:]
    assert [event.action.removeprefix("automation.") for event in events] == [
        "rule_added", "rule_changed", "rule_removed",
    ]  # fmt: skip
    assert (events[1].before["daily_quota"], events[1].after["daily_quota"]) == (3, 5)
    assert events[2].before["rule"] == "5 a day, spread out"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "x", "not a field with a default"),
        ("description", "x" * 10_001, "at most 10,000 characters"),
        ("tags", [f"tag {n}" for n in range(51)], "At most 50 tags"),
        ("tags", ["x" * 101], "at most 100 characters"),
        ("tags", ["Fox", "fox"], "there twice"),
        ("gallery_ids", [str(n) for n in range(11)], "At most 10 galleries"),
        ("display_resolution", 9, "less than or equal to 8"),
        ("is_mature", None, "Give “is_mature” a value"),
        ("description", " ", "Give “description” a value"),
        ("mature_level", "extreme", "moderate"),
    ],
)
def test_a_default_that_a_post_could_not_have_is_refused(session, actor, field, value, said):
    made = make(session, actor)
    with pytest.raises(AutomationRefused, match=said):
        default_editing.set_default(session, actor, made.id, DefaultForm(field, value), now=NOON)
    assert list_defaults(session, made.id) == []


def test_a_default_has_one_value_per_field_in_either_spelling(session, actor):
    made = make(session, actor)
    default_editing.set_default(session, actor, made.id, DefaultForm("isMature", True), now=NOON)
    default_editing.set_default(session, actor, made.id, DefaultForm("is_mature", False, False), now=NOON)
    (kept,) = list_defaults(session, made.id)
    assert (kept.field_name, kept.value, kept.apply_if_empty) == ("is_mature", False, False)
    default_editing.delete_default(session, actor, made.id, "isMature", now=NOON)
    assert list_defaults(session, made.id) == []
    with pytest.raises(AutomationNotFound, match="no default here"):
        default_editing.delete_default(session, actor, made.id, "is_mature", now=NOON)
