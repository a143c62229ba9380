"""Who may work on which post."""

import threading
from datetime import timedelta

import pytest

from core.identity.models import Account, AccountState
from core.publishing.execution import claims
from core.publishing.models import DeviationStatus, HoldReason
from core.publishing.providers import ErrorCategory
from tests.factories import HOUR, NOON


def test_a_claimed_post_cannot_be_claimed_again(rig):
    rig.post()
    assert len(rig.claim(worker="a")) == 1
    assert rig.claim(worker="b") == []


def test_one_account_is_worked_for_by_one_worker_at_a_time(rig):
    rig.post()
    rig.post()
    assert len(rig.claim(worker="a")) == 1
    assert rig.claim(worker="b") == []


def test_different_accounts_are_claimed_together(rig):
    rig.post()
    rig.post(account=rig.other_account())
    assert len(rig.claim()) == 2


def test_the_longest_due_comes_first(rig):
    rig.post(due_at=NOON - HOUR)
    early = rig.post(due_at=NOON - 2 * HOUR)
    assert [work.id for work in rig.claim()] == [early]


@pytest.mark.parametrize(
    "values",
    [
        {"status": DeviationStatus.DRAFT},
        {"deleted_at": NOON},
        {"hold_reason": HoldReason.LATE},
        {"due_at": NOON + timedelta(seconds=1)},
    ],
    ids=["cancelled", "in the trash", "held", "not due"],
)
def test_what_is_not_to_go_out_is_not_claimed_even_if_handed_over(rig, values):
    post = rig.post()
    rig.change(post, **values)
    assert rig.claim() == []
    assert claims.claim(rig.database, "worker", [post], now=NOON) == []


@pytest.mark.parametrize("state", [AccountState.RECONNECT, AccountState.DISCONNECTED])
def test_posts_of_an_account_that_must_be_reconnected_wait_and_keep_their_time(rig, state):
    post = rig.post()
    with rig.database.session() as session:
        session.get_one(Account, rig.account.id).state = state
    assert rig.claim() == []
    assert rig.read(post).actual_publish_at == NOON


def test_a_silent_workers_post_is_taken_back_and_its_late_writes_change_nothing(rig):
    post = rig.post()
    paused = rig.claim(worker="paused")[0]
    rig.advance(60)
    assert claims.release_stale(rig.database, now=rig.now, lease_seconds=45) == [post]
    rig.run_due()
    published = rig.read(post)
    rig.ports.runner(lambda: False).run(paused)
    after = rig.read(post)
    assert (after.status, after.deviation_id) == (published.status, published.deviation_id)
    assert len(rig.site.gallery) == 1


def test_what_a_taken_over_worker_had_already_published_is_remembered(rig, monkeypatch):
    """Its answer arrives after the lease ran out: the file keeps the id, the new holder need not ask."""
    post = rig.post()
    work = rig.claim(worker="slow")[0]
    real = rig.site.publish

    def slowly(token, publication):
        shown = real(token, publication)
        rig.advance(60)
        claims.release_stale(rig.database, now=rig.now, lease_seconds=45)
        return shown

    monkeypatch.setattr(rig.site, "publish", slowly)
    rig.ports.runner(lambda: False).run(work)
    assert rig.read(post).files[0].remote_deviation_id == "REMOTE-1"
    monkeypatch.setattr(rig.site, "publish", real)
    rig.run_for(60)
    assert rig.read(post).status is DeviationStatus.PUBLISHED
    assert len(rig.site.publications) == 1


def test_a_heartbeat_keeps_the_lease(rig):
    post = rig.post()
    rig.claim()
    rig.advance(40)
    assert claims.extend_leases(rig.database, rig.worker, [post], now=rig.now) == 1
    rig.advance(40)
    assert claims.release_stale(rig.database, now=rig.now, lease_seconds=45) == []


def test_whoever_is_alone_takes_all_other_leases_back_at_once(rig):
    post = rig.post()
    rig.claim(worker="dead")
    assert claims.release_others(rig.database, "me", now=rig.now) == [post]
    assert len(rig.claim(worker="me")) == 1


def test_a_crash_after_the_intent_leads_to_a_look_before_a_second_call(rig):
    post = rig.post()
    work = rig.claim(worker="dead")[0]
    real = rig.site.publish

    class Killed(BaseException):
        pass

    def killed_after_the_effect(token, publication):
        real(token, publication)
        raise Killed

    rig.site.publish = killed_after_the_effect
    with pytest.raises(Killed):
        rig.ports.runner(lambda: False).run(work)
    rig.site.publish = real
    claims.release_others(rig.database, rig.worker, now=rig.now)
    rig.run_for(60)
    assert (rig.read(post).status, len(rig.site.publications)) == (DeviationStatus.PUBLISHED, 1)
    assert rig.attempts()[-1].step == "lookup"


def test_racing_workers_share_the_posts_without_overlap(rig):
    posts = {rig.post(account=rig.other_account()) for _ in range(12)}
    taken: list[str] = []
    lock = threading.Lock()

    def take(worker: str) -> None:
        for _ in range(500):  # who meets rows that others are taking goes away with none
            works = rig.claim(worker=worker, limit=3)
            with lock:
                taken.extend(work.id for work in works)
                if len(taken) >= len(posts):
                    return

    threads = [threading.Thread(target=take, args=(f"worker-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(posts)


def test_a_throttled_account_is_not_claimed_before_its_slot(rig):
    rig.post()
    rig.site.fail("submit", ErrorCategory.RATE_LIMITED, http_status=429, retry_after=120)
    rig.run_due()
    rig.post(due_at=rig.now)
    rig.advance(100)
    assert rig.claim() == []


def test_a_heartbeat_does_not_keep_the_lease_of_a_run_that_broke_off(rig):
    post = rig.post()
    rig.claim()
    rig.advance(40)
    assert claims.extend_leases(rig.database, rig.worker, [], now=rig.now) == 0
    rig.advance(10)
    assert claims.release_stale(rig.database, now=rig.now, lease_seconds=45) == [post]


def test_a_heartbeat_does_not_extend_what_another_worker_holds(rig):
    post = rig.post()
    rig.claim(worker="other")
    assert claims.extend_leases(rig.database, rig.worker, [post], now=rig.now) == 0
