"""Posting limits of accounts, and blackout windows."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.identity.account_errors import AccountNotFound
from core.publishing.automations import limits_editing
from core.publishing.automations.errors import AutomationNotFound, AutomationRefused
from core.publishing.automations.forms import BlackoutForm, LimitsForm
from core.publishing.automations.models import BlackoutKind, PostingLimits
from core.system.models import AuditEvent
from tests.factories import DAY, HOUR, NOON, make_account

NIGHT = BlackoutForm("Night", BlackoutKind.WEEKLY, start_time="22:00", end_time="07:00")
TRIP = BlackoutForm("Trip", BlackoutKind.ONCE, starts_at=NOON, ends_at=NOON + 3 * DAY)
LIMITS = LimitsForm(min_gap_minutes=90, daily_cap=4, paused_until=NOON + DAY)


def actions(session, subject_id):
    return list(session.scalars(select(AuditEvent.action).where(AuditEvent.subject_id == subject_id)))


def test_an_account_has_no_limits_until_it_is_given_some(session, actor, account):
    (view,) = limits_editing.list_limits(session, actor)
    assert (view.account.id, view.limits, view.warning) == (account.id, LimitsForm(), None)


def test_limits_are_set_changed_and_taken_off_again(session, actor, account):
    for wanted in (LIMITS, replace(LIMITS, daily_cap=None), LimitsForm()):
        limits_editing.set_limits(session, actor, account.id, wanted, now=NOON)
        assert limits_editing.list_limits(session, actor)[0].limits == wanted
    assert actions(session, account.id) == ["limits.changed"] * 3
    assert len(session.scalars(select(PostingLimits)).all()) == 1


def test_the_same_limits_again_leave_no_trace(session, actor, account):
    limits_editing.set_limits(session, actor, account.id, LimitsForm(), now=NOON)
    assert session.scalars(select(PostingLimits)).all() == []
    assert actions(session, account.id) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"min_gap_minutes": -1}, "between 0 minutes and 7 days"),
        ({"min_gap_minutes": 10081}, "between 0 minutes and 7 days"),
        ({"daily_cap": 0}, "between 1 and 1,000"),
        ({"daily_cap": 1001}, "between 1 and 1,000"),
        ({"paused_until": NOON}, "in the future"),
        ({"paused_until": NOON + 367 * DAY}, "within a year"),
    ],
)
def test_limits_that_cannot_be_are_refused(session, actor, account, values, said):
    with pytest.raises(AutomationRefused, match=said):
        limits_editing.set_limits(session, actor, account.id, LimitsForm(**values), now=NOON)
    assert limits_editing.list_limits(session, actor)[0].limits == LimitsForm()


def test_a_pause_that_is_over_does_not_hold_up_other_changes(session, actor, account):
    limits_editing.set_limits(session, actor, account.id, LIMITS, now=NOON)
    later = replace(LIMITS, daily_cap=9)
    assert limits_editing.set_limits(session, actor, account.id, later, now=NOON + 5 * DAY) == later


def test_windows_are_added_changed_switched_and_removed(session, actor, account):
    row = limits_editing.add_blackout(session, actor, NIGHT, now=NOON)
    assert BlackoutForm.of(row) == NIGHT
    changed = replace(NIGHT, name="Weekends", days_of_week=["saturday", "sunday"], account_id=account.id)
    limits_editing.edit_blackout(session, actor, row.id, changed, now=NOON)
    limits_editing.switch_blackout(session, actor, row.id, enabled=False, now=NOON)
    session.expire_all()
    assert BlackoutForm.of(limits_editing.list_blackouts(session, actor)[0]) == replace(changed, enabled=False)
    limits_editing.delete_blackout(session, actor, row.id, now=NOON)
    assert limits_editing.list_blackouts(session, actor) == []
    assert actions(session, row.id) == [
        "blackout.added", "blackout.changed", "blackout.changed", "blackout.removed",
    ]  # fmt: skip


def test_a_window_keeps_only_what_its_kind_uses(session, actor):
    mixed = replace(TRIP, start_time="10:00", end_time="11:00", days_of_week=["monday"])
    assert BlackoutForm.of(limits_editing.add_blackout(session, actor, mixed, now=NOON)) == TRIP
    row = limits_editing.add_blackout(session, actor, replace(NIGHT, starts_at=NOON, ends_at=NOON + HOUR), now=NOON)
    assert BlackoutForm.of(row) == NIGHT


def test_all_seven_days_are_every_day(session, actor):
    days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    assert limits_editing.add_blackout(session, actor, replace(NIGHT, days_of_week=days), now=NOON).days_of_week is None
    some = replace(NIGHT, days_of_week=["friday", "monday"])
    assert limits_editing.add_blackout(session, actor, some, now=NOON).days_of_week == ["monday", "friday"]


def test_windows_may_overlap(session, actor):
    for _ in range(2):
        limits_editing.add_blackout(session, actor, NIGHT, now=NOON)
    assert len(limits_editing.list_blackouts(session, actor)) == 2


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (replace(NIGHT, name=" "), "a name"),
        (replace(NIGHT, name="x" * 101), "at most 100 characters"),
        (replace(NIGHT, start_time=None), "from when to when"),
        (replace(NIGHT, start_time="24:00"), "23:59 at the latest"),
        (replace(NIGHT, end_time="7"), "not a time of day"),
        (replace(NIGHT, days_of_week=[]), "No day is chosen"),
        (replace(NIGHT, days_of_week=["funday"]), "not a day of the week"),
        (replace(TRIP, ends_at=None), "when it ends"),
        (replace(TRIP, ends_at=NOON), "ends before it begins"),
    ],
)
def test_windows_that_cannot_be_are_refused(session, actor, window, said):
    with pytest.raises(AutomationRefused, match=said):
        limits_editing.add_blackout(session, actor, window, now=NOON)
    row = limits_editing.add_blackout(session, actor, NIGHT, now=NOON)
    with pytest.raises(AutomationRefused, match=said):
        limits_editing.edit_blackout(session, actor, row.id, window, now=NOON)
    assert BlackoutForm.of(row) == NIGHT


def test_windows_that_cover_the_week_are_saved_with_a_warning(session, alice, actor, account):
    other = make_account(session, alice)
    day = BlackoutForm("Day", BlackoutKind.WEEKLY, account.id, start_time="07:00", end_time="22:00")
    limits_editing.add_blackout(session, actor, NIGHT, now=NOON)
    limits_editing.add_blackout(session, actor, day, now=NOON)
    warnings = {view.account.id: view.warning for view in limits_editing.list_limits(session, actor)}
    assert "cover the whole week" in warnings[account.id]
    assert warnings[other.id] is None


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (NIGHT, "22:00 to 07:00 the day after"),
        (replace(NIGHT, start_time="12:00", end_time="13:00", days_of_week=["monday"]), "12:00 to 13:00 on Mon"),
        (replace(NIGHT, start_time="00:00", end_time="00:00"), "All day"),
        (replace(NIGHT, start_time="00:00", end_time="24:00", days_of_week=["sunday"]), "All day on Sun"),
        (TRIP, ""),
    ],
)
def test_windows_in_words(window, words):
    assert limits_editing.describe_blackout(window) == words


def test_charlie_neither_sees_nor_touches_anybody_elses(session, actor, account, charlie):
    row = limits_editing.add_blackout(session, actor, NIGHT, now=NOON)
    assert limits_editing.list_limits(session, charlie) == []
    assert limits_editing.list_blackouts(session, charlie) == []
    with pytest.raises(AccountNotFound):
        limits_editing.set_limits(session, charlie, account.id, LIMITS, now=NOON)
    with pytest.raises(AccountNotFound):
        limits_editing.add_blackout(session, charlie, replace(NIGHT, account_id=account.id), now=NOON)
    for attempt in (
        lambda: limits_editing.edit_blackout(session, charlie, row.id, TRIP, now=NOON),
        lambda: limits_editing.switch_blackout(session, charlie, row.id, enabled=False, now=NOON),
        lambda: limits_editing.delete_blackout(session, charlie, row.id, now=NOON),
    ):
        with pytest.raises(AutomationNotFound):
            attempt()
    assert BlackoutForm.of(row) == NIGHT
