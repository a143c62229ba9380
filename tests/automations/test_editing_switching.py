"""Switching automations on, off and to sleep."""

import pytest
from sqlalchemy import select

from core.identity.models import AccountState
from core.publishing.automations import editing, limits_editing, switching
from core.publishing.automations.errors import AutomationRefused
from core.publishing.automations.forms import AutomationForm, BlackoutForm
from core.publishing.automations.lookup import list_rules
from core.publishing.automations.models import BlackoutKind, QuotaMode, RuleType
from core.publishing.automations.rules import RuleSpec
from core.publishing.models import Deviation, DeviationStatus
from core.system.models import AuditEvent
from tests.automations.making import DAILY, make, make_preset
from tests.automations.test_editing_rules import INTERVAL, MAXIMUM, SIX_IN_VIENNA
from tests.factories import DAY, NOON, make_account, make_deviation

ALWAYS = BlackoutForm("Never", BlackoutKind.WEEKLY, start_time="00:00", end_time="00:00")
# Every Monday the anchor's interval of seven days begins; the rule wants Tuesdays only.
NEVER = RuleSpec(
    RuleType.FIXED_INTERVAL, interval_minutes=7 * 24 * 60, deviations_per_interval=1, anchor_at=NOON,
    days_of_week=("tuesday",),
)  # fmt: skip


def refused(session, actor, automation):
    with pytest.raises(AutomationRefused) as refusal:
        switching.enable(session, actor, automation.id, now=NOON)
    assert not automation.enabled
    assert all(rule.next_at is None for rule in list_rules(session, automation.id))
    return str(refusal.value)


def test_switched_on_it_runs_from_now_on_and_switched_off_no_more(session, actor, account):
    made = make(session, actor)
    switching.enable(session, actor, made.id, now=NOON)
    (rule,) = list_rules(session, made.id)
    assert (made.enabled, rule.next_at) == (True, SIX_IN_VIENNA)
    switching.disable(session, actor, made.id, now=NOON)
    assert (made.enabled, rule.next_at) == (False, None)
    actions = session.scalars(select(AuditEvent.action).where(AuditEvent.subject_id == made.id))
    assert {"automation.enabled", "automation.disabled"} <= set(actions)


def test_switching_off_leaves_what_is_scheduled(session, alice, actor, account):
    made = make(session, actor, enabled=True)
    post = make_deviation(session, alice, account, status="scheduled", automation_id=made.id)
    switching.disable(session, actor, made.id, now=NOON)
    session.expire_all()
    assert session.scalars(select(Deviation.status).where(Deviation.id == post.id)).one() is DeviationStatus.SCHEDULED


def test_without_an_account_it_stays_off(session, actor):
    assert "No account is connected" in refused(session, actor, make(session, actor))


def test_an_account_that_is_not_the_default_one_must_be_named(session, alice, actor):
    other = make_account(session, alice)
    assert "No account is connected" in refused(session, actor, make(session, actor))
    assert switching.enable(session, actor, make(session, actor, account_id=other.id).id, now=NOON).enabled


def test_with_a_disconnected_account_it_stays_off(session, actor, account):
    made = make(session, actor, account_id=account.id)
    account.state = AccountState.DISCONNECTED
    session.flush()
    assert f"{account.username} is disconnected" in refused(session, actor, made)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ((), "It has no rule yet"),
        ((RuleSpec(RuleType.FIXED_TIME, time_of_day="18:00", enabled=False),), "All its rules are switched off"),
        ((RuleSpec(RuleType.DAILY_QUOTA, daily_quota=3, quota_mode=QuotaMode.MAXIMUM),), "only has a maximum a day"),
        ((NEVER,), "would fire within a year"),
    ],
)
def test_without_a_rule_that_can_fire_it_stays_off(session, actor, account, rules, said):
    assert said in refused(session, actor, make(session, actor, rules=rules))


def test_a_preset_archived_meanwhile_keeps_it_off(session, actor, account):
    preset = make_preset(session, actor)
    made = make(session, actor, auto_add_to_sale_queue=True, sale_queue_preset_id=preset.id)
    preset.archived_at = NOON
    session.flush()
    assert "is archived" in refused(session, actor, made)


def test_blackouts_that_leave_no_time_may_be_saved_but_nothing_can_be_switched_on(session, actor, account):
    limits_editing.add_blackout(session, actor, ALWAYS, now=NOON)
    made = make(session, actor)
    assert "no minute of the week" in refused(session, actor, made)
    (window,) = limits_editing.list_blackouts(session, actor)
    limits_editing.switch_blackout(session, actor, window.id, enabled=False, now=NOON)
    assert switching.enable(session, actor, made.id, now=NOON).enabled


def test_a_blackout_of_another_account_does_not_matter(session, alice, actor, account):
    other = make_account(session, alice)
    limits_editing.add_blackout(
        session,
        actor,
        BlackoutForm("Never", BlackoutKind.WEEKLY, other.id, start_time="00:00", end_time="24:00"),
        now=NOON,
    )
    assert switching.enable(session, actor, make(session, actor).id, now=NOON).enabled


def test_everything_that_is_missing_is_said_at_once(session, actor):
    said = refused(session, actor, make(session, actor, rules=(MAXIMUM,)))
    assert "No account is connected" in said and "only has a maximum" in said


def test_switching_on_twice_changes_nothing(session, actor, account):
    made = make(session, actor, enabled=True)
    (rule,) = list_rules(session, made.id)
    switching.enable(session, actor, made.id, now=NOON + 3 * DAY)
    assert rule.next_at == SIX_IN_VIENNA


def test_a_pause_skips_to_the_first_time_after_it_and_ends_when_told(session, actor, account):
    made = make(session, actor, enabled=True, rules=(DAILY, INTERVAL))
    daily, interval = list_rules(session, made.id)
    switching.pause(session, actor, made.id, NOON + 2 * DAY, now=NOON)
    assert (daily.next_at, interval.next_at) == (SIX_IN_VIENNA + 2 * DAY, NOON + 2 * DAY)
    switching.pause(session, actor, made.id, None, now=NOON)
    assert (made.paused_until, daily.next_at) == (None, SIX_IN_VIENNA)


@pytest.mark.parametrize("until", [NOON, NOON - DAY, NOON + 367 * DAY])
def test_a_pause_ends_in_the_future_and_within_a_year(session, actor, account, until):
    made = make(session, actor, enabled=True)
    with pytest.raises(AutomationRefused, match="in the future, within a year"):
        switching.pause(session, actor, made.id, until, now=NOON)
    assert made.paused_until is None


def test_one_that_is_off_can_be_paused_and_sleeps_on_when_switched_on(session, actor, account):
    made = make(session, actor)
    switching.pause(session, actor, made.id, NOON + 2 * DAY, now=NOON)
    switching.enable(session, actor, made.id, now=NOON)
    assert list_rules(session, made.id)[0].next_at == SIX_IN_VIENNA + 2 * DAY


def test_an_edit_that_would_stop_one_that_is_on_is_taken_back(session, alice, actor, account):
    made = make(session, actor, enabled=True, account_id=account.id)
    account.is_default = False
    session.flush()
    form = AutomationForm.of(made)
    with pytest.raises(AutomationRefused, match="No account is connected"):
        editing.edit(session, actor, made.id, AutomationForm(name="Mine", warn_days=form.warn_days), now=NOON)
    session.expire_all()
    assert AutomationForm.of(made) == form


def test_what_was_wrong_before_does_not_hold_up_another_change(session, actor, account):
    made = make(session, actor, enabled=True)
    account.state = AccountState.DISCONNECTED
    account.is_default = False
    session.flush()
    editing.edit(session, actor, made.id, AutomationForm(name="Mornings"), now=NOON)
    assert made.name == "Mornings"
