"""Publish calls of which nobody knows what became: an end to every doubt, and never a second picture."""

from datetime import timedelta

import pytest

from core.identity.models import Account, AccountState
from core.identity.providers import TokenPair
from core.publishing import cancelling, editing, scheduling, trash
from core.publishing.changes import DeviationChanges
from core.publishing.errors import OutcomeUnknown
from core.publishing.execution import claims
from core.publishing.models import DeviationStatus, HoldReason
from core.publishing.providers import ErrorCategory
from core.system.actors import Actor
from core.system.models import IntentState, Notification

PUBLISHED, FAILED = DeviationStatus.PUBLISHED, DeviationStatus.FAILED


def act(rig, service, post):
    """What a person's click on one post comes to: the reason why not, or ``None``."""
    with rig.database.session() as session:
        (item,) = service(session, Actor.person(rig.user.id), [post], now=rig.now).items
    return item.reason


def unsettled(rig):
    return [intent for intent in rig.intents() if intent.state in (IntentState.OPEN, IntentState.UNKNOWN)]


def lose_answers(rig, *, times=1, after=False):
    rig.site.fail("publish", ErrorCategory.TRANSIENT, http_status=500, effect_possible=True, times=times, after=after)


def test_a_site_that_always_breaks_off_is_given_up_on_and_a_retry_is_possible(rig):
    post = rig.post()
    lose_answers(rig, times=1000)
    rig.run_for(2 * 3600, step=20)
    assert rig.read(post).status is FAILED
    assert len([one for one in rig.attempts() if one.step == "publish"]) == 12
    assert [note.topic for note in rig.all(Notification, Notification.id)] == [f"post.failed:{post}"]
    assert not unsettled(rig)  # looked for a dozen times: it is not there
    rig.site.faults.clear()
    assert act(rig, scheduling.retry, post) is None
    rig.run_for(60)
    assert (rig.read(post).status, len(rig.site.gallery)) == (PUBLISHED, 1)


def test_a_refusal_after_a_lost_answer_counts_once_the_gallery_has_been_looked_at_often_enough(rig):
    post = rig.post()
    lose_answers(rig)
    rig.site.fail("publish", ErrorCategory.VALIDATION, http_status=400, provider_code=5, times=10)
    rig.run_for(300)
    assert rig.read(post).status is FAILED
    assert [one.step for one in rig.attempts()].count("lookup") == 3
    rig.site.faults.clear()
    with rig.database.session() as session:  # what was refused can be changed
        editing.edit(session, Actor.person(rig.user.id), post, DeviationChanges(display_resolution=3), now=rig.now)
    assert act(rig, scheduling.retry, post) is None
    rig.run_for(60)
    assert (rig.read(post).status, len(rig.site.gallery)) == (PUBLISHED, 1)


def test_a_refusal_after_a_lost_answer_that_went_through_is_no_failure(rig):
    """The gallery shows late what the first call did, and the second call was refused for another reason."""
    post = rig.post()
    lose_answers(rig, after=True)
    rig.site.fail("publish", ErrorCategory.VALIDATION, http_status=400, times=10)
    rig.site.hidden = True
    rig.run_for(30)
    rig.site.hidden = False
    rig.run_for(60)
    row = rig.read(post)
    assert (row.status, row.deviation_id, row.error_message) == (PUBLISHED, "REMOTE-1", None)


def test_an_agreement_asked_for_after_a_lost_answer_leaves_the_person_free_to_go_on(rig):
    post = rig.post()
    lose_answers(rig)
    rig.site.fail("publish", ErrorCategory.POLICY, http_status=400, provider_code=0, times=10)
    rig.run_for(300)
    assert rig.read(post).hold_reason is HoldReason.AGREEMENT
    rig.site.faults.clear()
    assert act(rig, scheduling.publish_now, post) is None
    rig.run_for(60)
    assert (rig.read(post).status, len(rig.site.gallery)) == (PUBLISHED, 1)


def test_a_gallery_that_cannot_be_read_for_a_while_is_asked_again(rig):
    post = rig.post()
    lose_answers(rig, after=True)
    rig.site.fail("newest", ErrorCategory.TRANSIENT, http_status=500, times=8)
    rig.run_for(3600, step=10)
    assert (rig.read(post).status, rig.read(post).deviation_id) == (PUBLISHED, "REMOTE-1")
    assert len(rig.site.publications) == 1


def test_what_could_never_be_looked_up_is_looked_up_first_when_it_is_retried(rig):
    post = rig.post()
    lose_answers(rig, after=True)
    rig.site.fail("newest", ErrorCategory.AUTH, http_status=403, times=3)
    _keep_the_token(rig)
    rig.run_for(120)
    assert rig.read(post).status is FAILED
    assert unsettled(rig)
    with rig.database.session() as session, pytest.raises(OutcomeUnknown, match="looked up before anything is sent"):
        editing.edit(session, Actor.person(rig.user.id), post, DeviationChanges(title="Other"), now=rig.now)
    assert act(rig, scheduling.retry, post) is None
    rig.run_for(60)
    assert (rig.read(post).status, rig.read(post).deviation_id) == (PUBLISHED, "REMOTE-1")
    assert len(rig.site.publications) == 1
    assert not unsettled(rig)


def test_a_doubtful_post_of_a_lost_account_can_be_thrown_away_and_the_person_is_told_what_may_be(rig):
    post = rig.post()
    lose_answers(rig)
    rig.run_due()
    assert "being looked up" in act(rig, trash.delete, post)
    with rig.database.session() as session:
        session.get_one(Account, rig.account.id).state = AccountState.RECONNECT
    with rig.database.session() as session:
        (item,) = trash.delete(session, Actor.person(rig.user.id), [post], now=rig.now).items
    assert item.reason is None
    assert any("may already be public" in warning for warning in item.warnings)


def test_a_doubtful_post_of_a_lost_account_can_be_cancelled_and_is_looked_up_before_it_goes_out(rig):
    post = rig.post()
    lose_answers(rig, after=True)
    rig.run_due()
    with rig.database.session() as session:
        session.get_one(Account, rig.account.id).state = AccountState.RECONNECT
    assert act(rig, cancelling.cancel, post) is None
    with rig.database.session() as session:
        session.get_one(Account, rig.account.id).state = AccountState.CONNECTED
    assert act(rig, scheduling.publish_now, post) is None
    rig.run_for(60)
    assert (rig.read(post).status, len(rig.site.publications)) == (PUBLISHED, 1)


def test_two_doubtful_posts_of_one_title_are_both_shown_and_each_knows_its_own_address(rig):
    """The first never arrived, the second did: the gallery shows one “Untitled”, and it is not the first."""
    first = rig.post(title="Untitled")
    lose_answers(rig)
    rig.run_due()
    second = rig.post(title="Untitled", due_at=rig.now)
    lose_answers(rig, after=True)
    rig.run_due()
    rig.run_for(600)
    addresses = {rig.read(first).deviation_id, rig.read(second).deviation_id}
    assert addresses == {shown.deviation_id for shown in rig.site.gallery}
    assert len(addresses) == 2


def test_a_gallery_that_lags_for_minutes_still_gives_the_address(rig):
    post = rig.post()
    lose_answers(rig, after=True)
    rig.site.hidden = True
    rig.run_for(270)
    rig.site.hidden = False
    rig.run_for(600)
    assert rig.read(post).deviation_id == "REMOTE-1"


def test_an_answer_that_came_after_the_lease_leaves_no_doubt_behind(rig, monkeypatch):
    """The slow worker's answer is remembered; the gallery shows nothing yet when the next worker looks."""
    post = rig.post()
    work = rig.claim(worker="slow")[0]
    real = rig.site.publish

    def slowly(token, publication):
        shown = real(token, publication)
        rig.advance(60)
        claims.release_stale(rig.database, now=rig.now, lease_seconds=45)
        return shown

    monkeypatch.setattr(rig.site, "publish", slowly)
    rig.site.hidden = True
    rig.ports.runner(lambda: False).run(work)
    monkeypatch.setattr(rig.site, "publish", real)
    rig.run_for(60)
    row = rig.read(post)
    assert (row.status, row.deviation_id, len(rig.site.publications)) == (PUBLISHED, "REMOTE-1", 1)
    assert not unsettled(rig)
    assert act(rig, trash.delete, post) is None


def _keep_the_token(rig):
    """Let the site renew tokens without a word."""

    def renew(refresh_token, *, now):
        return TokenPair("new", "newer", now + timedelta(days=9), now + timedelta(days=90), "Bearer", "basic")

    rig.site.refresh = renew


def test_with_a_pause_between_calls_a_lost_call_is_made_again_after_one_look(make_rig):
    """The look takes the account's slot: its result must survive until the next one, or it is taken again for ever."""
    rig = make_rig(call_gap_seconds=3)
    post = rig.post()
    lose_answers(rig)
    rig.run_for(120, step=3)
    assert (rig.read(post).status, len(rig.site.gallery)) == (PUBLISHED, 1)
    assert [one.step for one in rig.attempts()] == ["submit", "publish", "lookup", "publish"]


def test_two_lost_calls_in_a_row_are_each_looked_up(make_rig):
    rig = make_rig(call_gap_seconds=3)
    rig.post()
    lose_answers(rig, times=2)
    rig.run_for(300, step=3)
    steps = ["submit", "publish", "lookup", "publish", "lookup", "publish"]
    assert [one.step for one in rig.attempts()] == steps


def test_a_crash_in_the_repeated_call_leads_to_another_look(make_rig):
    rig = make_rig(call_gap_seconds=3)
    post = rig.post()
    lose_answers(rig)
    while [one.step for one in rig.attempts()] != ["submit", "publish", "lookup"]:
        rig.run_due()
        rig.advance(3)
    real = rig.site.publish

    class Killed(BaseException):
        pass

    def killed_after_the_effect(token, publication):
        real(token, publication)
        raise Killed

    rig.site.publish = killed_after_the_effect
    rig.advance(3)
    with pytest.raises(Killed):
        rig.run_due()
    rig.site.publish = real
    claims.release_others(rig.database, "next", now=rig.now)
    rig.run_for(60, step=3)
    assert (rig.read(post).status, len(rig.site.publications)) == (PUBLISHED, 1)


def test_an_item_that_is_gone_after_a_lost_answer_is_sent_again_only_if_its_person_says_so(rig):
    """Half-published work is in no gallery; sent again by itself, it could be there twice."""
    post = rig.post()
    lose_answers(rig)
    rig.run_due()
    rig.site.forget_items()
    rig.run_for(600)
    row = rig.read(post)
    assert (row.status, row.error_category, len(rig.site.submissions)) == (FAILED, "gone", 1)
    assert "Look whether it is in your gallery" in row.error_message
    assert act(rig, scheduling.retry, post) is None
    rig.run_for(60)
    assert (rig.read(post).status, len(rig.site.gallery)) == (PUBLISHED, 1)


def test_of_two_lost_answers_with_one_title_the_hidden_one_does_not_take_the_others_address(rig):
    hidden = rig.post(title="Untitled")
    lose_answers(rig, after=True)
    rig.run_due()
    rig.site.gallery.clear()  # half-published: it is there, and in no list
    shown = rig.post(title="Untitled", due_at=rig.now)
    lose_answers(rig, after=True)
    rig.run_due()
    rig.run_for(1800)
    assert rig.read(hidden).deviation_id is None
    assert rig.read(shown).deviation_id in {None, "REMOTE-2"}
    assert rig.read(hidden).status is rig.read(shown).status is PUBLISHED
    assert len(rig.site.publications) == 4
