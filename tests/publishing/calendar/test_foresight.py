"""A forecast is kept while nothing changes that it was made from."""

import pytest

from core.publishing.automations.models import (
    AutomationDefaultValue,
    AutomationScheduleRule,
    BlackoutWindow,
    PostingLimits,
    RuleType,
)
from core.publishing.calendar.foresight import KEPT, foresee
from core.publishing.models import DeviationStatus
from tests.factories import DAY, HOUR, NOON, make_account, make_deviation, make_user
from tests.publishing.calendar.support import make_automation, make_blackout

UNTIL = NOON + 5 * DAY
LATER = {"created_at": NOON, "updated_at": NOON + HOUR}


@pytest.fixture
def automation(session, alice, account):
    """Posts at six in the evening; there are three drafts."""
    made = make_automation(session, alice, enabled=True, account_id=account.id, timezone="UTC")
    rule = {"type": RuleType.FIXED_TIME, "time_of_day": "18:00", "next_at": NOON + 6 * HOUR}
    session.add(AutomationScheduleRule(automation_id=made.id, created_at=NOON, updated_at=NOON, **rule))
    for _ in range(3):
        make_deviation(session, alice, account)
    session.flush()
    return made


def test_it_is_played_and_then_kept(session, actor, automation):
    first = foresee(session, actor, until=UNTIL, now=NOON)
    assert len(first.forecast.posts) == 3
    assert foresee(session, actor, first, until=UNTIL - DAY, now=NOON + KEPT / 2) is first


def test_it_is_played_anew_after_a_minute_and_further_ahead(session, actor, automation):
    first = foresee(session, actor, until=UNTIL, now=NOON)
    assert foresee(session, actor, first, until=UNTIL, now=NOON + KEPT) is not first
    assert foresee(session, actor, first, until=UNTIL + DAY, now=NOON).forecast.until == UNTIL + DAY


def _rename(session, alice, account, automation):
    automation.name, automation.updated_at = "Mornings", NOON + HOUR


def _add_draft(session, alice, account, automation):
    make_deviation(session, alice, account)


def _schedule_draft(session, alice, account, automation):
    post = make_deviation(session, alice, account, status="scheduled")
    post.status, post.updated_at = DeviationStatus.FAILED, NOON + HOUR


def _add_default(session, alice, account, automation):
    session.add(AutomationDefaultValue(automation_id=automation.id, field_name="tags", value=["sea"], **LATER))


def _add_rule(session, alice, account, automation):
    rule = {"type": RuleType.FIXED_TIME, "time_of_day": "09:00"}
    session.add(AutomationScheduleRule(automation_id=automation.id, **rule, **LATER))


def _limit(session, alice, account, automation):
    session.add(PostingLimits(user_id=alice.id, account_id=account.id, daily_cap=1, **LATER))


def _close(session, alice, account, automation):
    make_blackout(session, alice, starts_at=NOON, ends_at=NOON + DAY)


def _connect(session, alice, account, automation):
    make_account(session, alice)


@pytest.mark.parametrize(
    "change", [_rename, _add_draft, _schedule_draft, _add_default, _add_rule, _limit, _close, _connect]
)
def test_whatever_it_was_made_from_makes_it_new(session, alice, actor, account, automation, change):
    first = foresee(session, actor, until=UNTIL, now=NOON)
    change(session, alice, account, automation)
    session.flush()
    assert foresee(session, actor, first, until=UNTIL, now=NOON) is not first


def test_what_others_do_does_not(session, alice, actor, account, automation):
    first = foresee(session, actor, until=UNTIL, now=NOON)
    charlie = make_user(session, "charlie-2")
    make_deviation(session, charlie, make_account(session, charlie))
    make_automation(session, charlie)
    make_blackout(session, charlie, starts_at=NOON, ends_at=NOON + DAY)
    assert session.query(BlackoutWindow).count() == 1
    assert foresee(session, actor, first, until=UNTIL, now=NOON) is first
