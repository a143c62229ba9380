"""The figures of Home."""

from datetime import UTC, datetime

from core.identity.models import AccountState
from core.publishing.figures import daily_figures, needs_attention, next_out, waiting_accounts
from core.publishing.models import DeviationStatus, HoldReason
from core.system import audit
from core.system.actors import Actor
from tests.factories import DAY, HOUR, NOON, make_account, make_deviation


def failed(session, actor, post, at) -> None:
    audit.record(session, actor, "deviation.moved", post.id, after={"status": "failed"}, reason="given up", now=at)


def test_days_are_those_of_the_persons_zone(session, alice, actor, account):
    late_evening = datetime(2026, 5, 31, 23, 30, tzinfo=UTC)  # already June in Vienna
    make_deviation(session, alice, account, status="published", published_at=late_evening)
    (before, today) = daily_figures(session, actor, zone="Europe/Vienna", days=2, now=NOON)
    assert (before.published, today.published, today.day.isoformat()) == (0, 1, "2026-06-01")
    (before, today) = daily_figures(session, actor, zone="UTC", days=2, now=NOON)
    assert (before.published, today.published) == (1, 0)


def test_published_and_failed_are_counted_by_day_and_empty_days_are_there(session, alice, actor, account):
    for age in (0, 0, 2):
        make_deviation(session, alice, account, status="published", published_at=NOON - age * DAY)
    post = make_deviation(session, alice, account, status="failed")
    failed(session, actor, post, NOON - DAY)
    audit.record(session, actor, "deviation.moved", post.id, after={"status": "published"}, now=NOON - DAY)
    figures = daily_figures(session, actor, zone="UTC", days=4, now=NOON)
    assert [day.published for day in figures] == [0, 1, 0, 2]
    assert [day.failed for day in figures] == [0, 0, 1, 0]


def test_what_is_in_the_trash_is_not_counted_as_published(session, alice, actor, account):
    make_deviation(session, alice, account, status="published", deleted_at=NOON)
    assert sum(day.published for day in daily_figures(session, actor, zone="UTC", now=NOON)) == 0


def test_next_out_are_the_soonest_that_nothing_holds(session, alice, actor, account):
    times = [3, 1, 2]
    posts = [
        make_deviation(session, alice, account, status="scheduled", scheduled_at=NOON + hours * HOUR) for hours in times
    ]
    make_deviation(session, alice, account, status="scheduled", hold_reason=HoldReason.LATE)
    make_deviation(session, alice, account, status="scheduled", deleted_at=NOON)
    make_deviation(session, alice, account)
    assert [row.id for row in next_out(session, actor, limit=2, now=NOON)] == [posts[1].id, posts[2].id]


def test_what_needs_the_person(session, alice, actor, account):
    waiting = make_account(session, alice, state=AccountState.RECONNECT, state_reason="Refused.")
    for _ in range(3):
        make_deviation(session, alice, account, status="failed")
    make_deviation(session, alice, account, status="scheduled", hold_reason=HoldReason.LATE)
    make_deviation(session, alice, account, status="publishing", hold_reason=HoldReason.AGREEMENT)
    for status in ("scheduled", "uploading", "draft"):
        make_deviation(session, alice, waiting, status=status)
    attention = needs_attention(session, actor, limit=2, now=NOON)
    assert (len(attention.failed), attention.failed_total) == (2, 3)
    assert (attention.held_late_total, attention.held_agreement_total) == (1, 1)
    assert attention.held_agreement[0].status is DeviationStatus.PUBLISHING
    (account_waiting,) = attention.accounts
    assert (account_waiting.held, account_waiting.reason) == (2, "Refused.")
    assert attention.total == 6


def test_nothing_needs_somebody_new(session, actor):
    attention = needs_attention(session, actor, now=NOON)
    assert attention.total == 0 and next_out(session, actor, now=NOON) == ()
    assert len(daily_figures(session, actor, zone="UTC", days=7, now=NOON)) == 7


def test_charlie_sees_no_figure_of_alices(session, alice, account, charlie: Actor):
    make_account(session, alice, state=AccountState.RECONNECT)
    post = make_deviation(session, alice, account, status="failed")
    make_deviation(session, alice, account, status="scheduled")
    make_deviation(session, alice, account, status="published")
    failed(session, Actor.person(alice.id), post, NOON)
    assert needs_attention(session, charlie, now=NOON).total == 0
    assert next_out(session, charlie, now=NOON) == () and waiting_accounts(session, charlie) == ()
    days = daily_figures(session, charlie, zone="UTC", now=NOON)
    assert sum(day.published + day.failed for day in days) == 0
