"""What is late, and what was only tried."""

from datetime import timedelta

from core.publishing.models import DeviationFile, DeviationStatus, HoldReason, LatePolicy
from core.publishing.providers import ErrorCategory
from tests.factories import HOUR, NOON

HELD_WHEN_LATE = {"late_policy": LatePolicy.HOLD, "max_lateness_minutes": 60}


def test_tries_that_brought_nothing_do_not_excuse_lateness(rig):
    """Five hours without a network are five hours late, however often it was tried meanwhile."""
    post = rig.post(**HELD_WHEN_LATE)
    rig.site.fail("submit", ErrorCategory.NETWORK, times=200)
    rig.run_for(5 * 3600, step=60)
    rig.site.faults.clear()
    rig.run_for(3600, step=60)
    row = rig.read(post)
    assert (row.status, row.hold_reason, row.actual_publish_at) == (DeviationStatus.SCHEDULED, HoldReason.LATE, NOON)
    assert rig.site.gallery == []


def test_a_sta_sh_item_of_an_earlier_plan_does_not_excuse_lateness(rig):
    post = rig.post(due_at=NOON - 2 * HOUR, **HELD_WHEN_LATE)
    with rig.database.session() as session:
        session.query(DeviationFile).update({"stash_item_id": "5"})
    rig.run_due()
    assert rig.read(post).hold_reason is HoldReason.LATE


def test_a_series_of_which_something_is_public_is_finished_however_late(rig):
    post = rig.post(files=2, **HELD_WHEN_LATE)
    rig.run_due()
    rig.change(post, status=DeviationStatus.SCHEDULED, due_at=NOON)
    with rig.database.session() as session:
        session.query(DeviationFile).filter(DeviationFile.sort_order == 1).update(
            {"remote_deviation_id": None, "published_at": None}
        )
    rig.advance(7200)
    rig.run_due()
    assert rig.read(post).hold_reason is None


def test_a_post_whose_item_vanished_from_sta_sh_while_it_was_late_is_sent_again(make_rig):
    rig = make_rig(call_gap_seconds=3)
    post = rig.post()
    rig.run_due()
    rig.site.forget_items()
    rig.advance(3)
    rig.run_due()
    assert rig.read(post).status is DeviationStatus.PUBLISHING
    rig.change(post, retry_count=0, late_policy=LatePolicy.HOLD, max_lateness_minutes=1)
    rig.advance(600)
    rig.run_for(60)
    assert rig.read(post).status is DeviationStatus.PUBLISHED


def test_publishing_late_is_the_rule_without_an_allowance(rig):
    post = rig.post(due_at=NOON - timedelta(days=3))
    rig.run_due()
    assert rig.read(post).status is DeviationStatus.PUBLISHED
