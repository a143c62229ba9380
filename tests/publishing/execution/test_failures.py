"""What goes wrong on the way, and what is made of it."""

from datetime import timedelta

import pytest

from core.publishing.models import DeviationStatus, HoldReason
from core.publishing.providers import ErrorCategory
from core.system.models import IntentState, Notification
from tests.factories import NOON


def test_a_passing_failure_is_tried_again_later(rig):
    post = rig.post()
    rig.site.fail("submit", ErrorCategory.TRANSIENT, http_status=500)
    rig.run_due()
    row = rig.read(post)
    assert (row.status, row.retry_count, row.error_category) == (DeviationStatus.SCHEDULED, 1, "transient")
    assert row.due_at == NOON + timedelta(seconds=3)
    rig.run_for(10)
    row = rig.read(post)
    assert row.status is DeviationStatus.PUBLISHED
    assert (row.retry_count, row.error_message, row.error_category) == (0, None, None)


def test_after_the_last_try_it_has_failed_and_its_person_is_told_once(rig):
    post = rig.post(title="Fox")
    rig.site.fail("submit", ErrorCategory.TRANSIENT, times=5, http_status=500)
    rig.run_for(200)
    row = rig.read(post)
    assert row.status is DeviationStatus.FAILED
    assert row.error_message == "The site said transient."
    assert len(rig.attempts()) == 5
    assert [note.title for note in rig.all(Notification, Notification.id)] == ["“Fox” could not be published"]


@pytest.mark.parametrize("category", [ErrorCategory.VALIDATION, ErrorCategory.POLICY])
def test_what_a_person_must_change_is_not_tried_again(rig, category):
    post = rig.post()
    rig.site.fail("publish", category, http_status=400, provider_code=5)
    rig.run_for(60)
    assert rig.read(post).status is DeviationStatus.FAILED
    assert len(rig.site.publications) == 0


def test_a_missing_agreement_holds_the_post(rig):
    post = rig.post()
    rig.site.fail("publish", ErrorCategory.POLICY, http_status=400, provider_code=0)
    rig.run_for(60)
    row = rig.read(post)
    assert (row.status, row.hold_reason) == (DeviationStatus.PUBLISHING, HoldReason.AGREEMENT)
    rig.change(post, hold_reason=None)
    rig.run_due()
    assert rig.read(post).status is DeviationStatus.PUBLISHED
    assert len(rig.site.submissions) == 1


def test_tries_are_counted_per_kind_of_trouble_in_a_row(rig):
    post = rig.post()
    rig.site.fail("submit", ErrorCategory.NETWORK, times=20)
    rig.site.fail("submit", ErrorCategory.TRANSIENT)
    rig.run_for(12_000, step=30)
    assert rig.read(post).status is DeviationStatus.PUBLISHED


def test_a_rate_limit_slows_the_whole_account_and_honours_the_stated_wait(rig):
    post, other = rig.post(), rig.post(due_at=NOON + timedelta(seconds=1))
    rig.site.fail("submit", ErrorCategory.RATE_LIMITED, http_status=429, retry_after=90)
    rig.run_due()
    assert rig.read(post).due_at >= NOON + timedelta(seconds=90)
    rig.advance(60)
    assert rig.run_due() == 0
    rig.run_for(300)
    assert {rig.read(post).status, rig.read(other).status} == {DeviationStatus.PUBLISHED}


def test_a_lost_answer_is_looked_up_and_found(rig):
    post = rig.post()
    rig.site.fail("publish", ErrorCategory.NETWORK, after=True, effect_possible=True)
    rig.run_due()
    row = rig.read(post)
    assert row.status is DeviationStatus.PUBLISHING
    assert rig.intents()[-1].state is IntentState.UNKNOWN
    rig.run_for(60)
    row = rig.read(post)
    assert (row.status, row.deviation_id) == (DeviationStatus.PUBLISHED, "REMOTE-1")
    assert len(rig.site.publications) == 1
    assert [(a.step, a.outcome) for a in rig.attempts()] == [
        ("submit", "done"),
        ("publish", "unknown"),
        ("lookup", "done"),
    ]


def test_a_lost_call_is_looked_up_not_found_and_made_again_with_the_same_item(rig):
    post = rig.post()
    rig.site.fail("publish", ErrorCategory.TRANSIENT, http_status=502, effect_possible=True)
    rig.run_for(60)
    assert rig.read(post).status is DeviationStatus.PUBLISHED
    assert len(rig.site.gallery) == len(rig.site.submissions) == 1


def test_nothing_is_looked_up_before_the_provider_had_time_to_show_it(rig):
    rig.post()
    rig.site.fail("publish", ErrorCategory.NETWORK, after=True, effect_possible=True)
    rig.run_due()
    rig.advance(10)
    assert rig.run_due() == 0


def test_a_gallery_that_lags_leads_to_already_published_and_then_to_the_address(rig):
    post = rig.post()
    rig.site.fail("publish", ErrorCategory.NETWORK, after=True, effect_possible=True)
    rig.site.hidden = True
    rig.run_for(40)
    rig.site.hidden = False
    rig.run_for(200)
    row = rig.read(post)
    assert (row.status, row.deviation_id) == (DeviationStatus.PUBLISHED, "REMOTE-1")
    assert len(rig.site.gallery) == 1


def test_published_without_ever_finding_the_address_says_so(rig):
    post = rig.post()
    rig.site.fail("publish", ErrorCategory.NETWORK, after=True, effect_possible=True)
    rig.site.hidden = True
    rig.run_for(3600, step=20)
    row = rig.read(post)
    assert row.status is DeviationStatus.PUBLISHED
    assert row.deviation_url is None
    assert "could not be found" in row.error_message
    assert len(rig.site.gallery) == 1


def test_an_item_that_is_gone_is_sent_again(make_rig):
    rig = make_rig(call_gap_seconds=3)
    post = rig.post()
    rig.run_due()
    rig.site.forget_items()
    rig.run_for(60)
    assert rig.read(post).status is DeviationStatus.PUBLISHED
    assert (len(rig.site.submissions), len(rig.site.gallery)) == (2, 1)


def test_an_item_gone_after_a_doubtful_publish_is_not_sent_again_at_once(rig):
    """It may be on show already and only missing from the gallery for a while."""
    post = rig.post()
    rig.site.fail("publish", ErrorCategory.NETWORK, effect_possible=True)
    rig.run_due()
    rig.site.forget_items()
    rig.advance(25)
    rig.run_due()
    assert rig.read(post).files[0].stash_item_id is not None
    assert len(rig.site.submissions) == 1


def test_two_posts_with_one_title_are_not_taken_for_each_other(rig):
    first = rig.post(title="Untitled")
    rig.run_due()
    rig.advance(30)
    second = rig.post(title="Untitled", due_at=rig.now)
    rig.site.fail("publish", ErrorCategory.NETWORK, after=True, effect_possible=True)
    rig.run_for(60)
    assert (rig.read(first).deviation_id, rig.read(second).deviation_id) == ("REMOTE-1", "REMOTE-2")


def test_a_file_that_is_gone_from_the_store_fails_with_a_clear_message(rig):
    post = rig.post()
    rig.ports.store.delete(rig.read(post).files[0].storage_key)
    rig.run_due()
    row = rig.read(post)
    assert row.status is DeviationStatus.FAILED
    assert "no longer in the store" in row.error_message


def test_a_provider_that_is_not_configured_here_keeps_the_post_for_later(rig):
    post = rig.post()
    rig.ports.sites.clear()
    rig.run_due()
    row = rig.read(post)
    assert (row.status, row.error_category) == (DeviationStatus.SCHEDULED, "outage")


def test_a_surprise_in_our_own_code_is_looked_up_like_a_lost_answer(rig, monkeypatch):
    post = rig.post()
    real = rig.site.publish

    def publish_and_break(token, publication):
        real(token, publication)
        raise KeyError("deviationid")

    monkeypatch.setattr(rig.site, "publish", publish_and_break)
    rig.run_due()
    monkeypatch.setattr(rig.site, "publish", real)
    rig.run_for(60)
    assert (rig.read(post).status, len(rig.site.gallery)) == (DeviationStatus.PUBLISHED, 1)
