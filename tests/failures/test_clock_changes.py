"""The clock of the machine is set while posts are on their way."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from core.clock import utc_now
from core.db.engine import Database
from core.identity import pacing, tokens
from core.identity.models import Account
from core.jobs.clock_watch import ClockWatch
from core.publishing.execution import claims
from core.publishing.models import Deviation, DeviationStatus
from core.publishing.providers import ErrorCategory
from core.system import heartbeats
from tests.factories import DAY, HOUR, NOON, make_account, make_user
from tests.failures.sidecars import House, until
from tests.identity_accounts.support import FakeSite as OAuthOnly

LEASE = 45
PUBLISHED = DeviationStatus.PUBLISHED


def put_back(rig, hours=2):
    """What the sidecar does when it notices."""
    rig.advance(-hours * 3600)
    with rig.database.connection() as connection:
        claims.forget_waits(connection, now=rig.now, beyond=timedelta())
        pacing.forget_waits(connection, now=rig.now, beyond=timedelta())


def next_call(rig):
    with rig.database.read() as session:
        return session.get_one(Account, rig.account.id).next_call_at


@pytest.mark.parametrize(("set_by", "noticed"), [(-7200, True), (7200, True), (3, False), (0, False)])
def test_a_clock_that_was_set_is_noticed_once(set_by, noticed):
    steady, wall = [100.0], [NOON]
    watch = ClockWatch(lambda: wall[0], lambda: steady[0])
    steady[0], wall[0] = 102.0, NOON + timedelta(seconds=2 + set_by)
    assert watch.jump() == (timedelta(seconds=set_by) if noticed else timedelta())
    assert watch.jump() == timedelta()


def test_a_lease_from_the_future_is_taken_back(rig):
    post = rig.post()
    rig.claim(worker="dead")
    rig.advance(-7200)
    assert claims.release_stale(rig.database, now=rig.now, lease_seconds=LEASE) == [post]


def test_a_live_worker_keeps_its_post_when_the_clock_is_put_back(rig):
    post = rig.post()
    rig.claim()
    rig.advance(-7200)
    claims.extend_leases(rig.database, rig.worker, [post], now=rig.now)
    assert claims.release_stale(rig.database, now=rig.now, lease_seconds=LEASE) == []


def test_what_was_put_off_by_a_clock_that_ran_ahead_goes_out_at_once(make_rig):
    rig = make_rig(call_gap_seconds=3)
    post = rig.post()
    rig.advance(7200)
    rig.run_due()
    rig.site.fail("publish", ErrorCategory.RATE_LIMITED, http_status=429, retry_after=600)
    rig.advance(3)
    rig.run_due()
    put_back(rig)
    rig.run_for(60)
    assert (rig.read(post).status, len(rig.site.gallery)) == (PUBLISHED, 1)


def test_a_doubt_from_the_future_is_settled_and_finds_what_it_looks_for(rig):
    post = rig.post()
    rig.advance(7200)
    rig.site.fail("publish", ErrorCategory.NETWORK, after=True, effect_possible=True)
    rig.run_due()
    rig.site.gallery[:] = [_shown_at(rig.site.gallery[0], NOON)]  # DeviantArt's clock was right all the time
    put_back(rig)
    rig.run_for(30)
    assert (rig.read(post).status, rig.read(post).deviation_id) == (PUBLISHED, "REMOTE-1")
    assert len(rig.site.publications) == 1


def test_a_promise_of_the_future_stays_when_the_clock_is_put_back(rig):
    post = rig.post(due_at=NOON + 5 * HOUR)
    put_back(rig)
    assert rig.read(post).due_at == NOON + 5 * HOUR


def test_put_forward_in_the_middle_of_a_call_nothing_is_shown_twice(rig, monkeypatch):
    post = rig.post()
    work = rig.claim(worker="slow")[0]
    real = rig.site.publish

    def jumping(token, publication):
        rig.advance(7200)
        claims.release_stale(rig.database, now=rig.now, lease_seconds=LEASE)
        monkeypatch.setattr(rig.site, "publish", real)
        rig.run_due()  # another worker, while this call is under way
        return real(token, publication)

    monkeypatch.setattr(rig.site, "publish", jumping)
    rig.ports.runner(lambda: False).run(work)
    rig.run_for(60)
    assert (rig.read(post).status, len(rig.site.gallery)) == (PUBLISHED, 1)


def test_a_slot_a_year_ahead_comes_back_however_it_got_there(rig):
    post = rig.post()
    with rig.database.session() as session:
        session.get_one(Account, rig.account.id).next_call_at = NOON + 365 * DAY
    assert rig.claim() == []
    with rig.database.connection() as connection:
        assert pacing.forget_waits(connection, now=rig.now, beyond=timedelta(hours=25)) == 1
    assert next_call(rig) == NOON
    rig.run_due()
    assert rig.read(post).status is PUBLISHED


def test_a_slot_that_deviantart_asked_for_stays(rig):
    with rig.database.connection() as connection:
        pacing.record_throttled(connection, rig.account.id, now=NOON, floor_seconds=3, retry_after=20 * 3600)
    with rig.database.connection() as connection:
        assert pacing.forget_waits(connection, now=rig.now, beyond=timedelta(hours=25)) == 0
    assert next_call(rig) == NOON + 20 * HOUR


def test_coming_back_keeps_the_pace_that_was_learned(rig):
    with rig.database.session() as session:
        account = session.get_one(Account, rig.account.id)
        account.next_call_at, account.call_gap_seconds = NOON + 2 * HOUR, 120
    with rig.database.connection() as connection:
        pacing.forget_waits(connection, now=rig.now, beyond=timedelta())
    assert next_call(rig) == NOON + timedelta(seconds=120)


def test_a_refresh_that_died_before_the_clock_was_put_back_is_done_by_another(database: Database) -> None:
    with database.session() as session:
        account = make_account(
            session, make_user(session), expires_at=NOON, refresh_lock_id="dead", refresh_locked_at=NOON + 2 * HOUR
        )
    site = OAuthOnly(valid={account.refresh_token or ""})
    assert tokens.usable_token(database, account.id, {account.provider: site}, now=NOON, holder="alive") == "fresh-1"


def test_a_pulse_from_the_future_is_not_taken_for_life(database: Database) -> None:
    with database.session() as session:
        heartbeats.beat(session, "dead", heartbeats.WORKER, started_at=NOON, now=NOON + 2 * HOUR)
    with database.read() as session:
        assert not heartbeats.is_alive(session, heartbeats.WORKER, now=NOON)
        assert [pulse.is_alive for pulse in heartbeats.list_pulses(session, now=NOON)] == [False]


@pytest.mark.parametrize("hours", [-2, 2], ids=["back", "forward"])
def test_the_sidecar_works_on_when_the_clock_of_the_machine_is_set(house: House, hours: int) -> None:
    posts = house.add_posts(6)
    house.site.seconds = 0.3
    with house.sidecar() as sidecar:
        until(lambda: sidecar.is_leading and house.site.publications)
        with time_machine.travel(utc_now() + timedelta(hours=hours), tick=True):
            _make_due(house, posts, utc_now() - timedelta(minutes=1))
            later = house.add_posts(3)
            until(lambda: house.all_published(posts + later))
            _is_heard_of(house)
    house.assert_each_shown_once(posts + later)


def _is_heard_of(house: House) -> None:
    """The heart beats by the new clock."""

    def beats() -> bool:
        with house.database.read() as session:
            return heartbeats.is_alive(session, heartbeats.SCHEDULER, now=utc_now())

    until(beats)


def _make_due(house: House, posts: list[str], at: datetime) -> None:
    """Posts that wait for their first try are promised for a time that has come by the new clock, too."""
    with house.database.session() as session:
        session.execute(
            update(Deviation)
            .where(Deviation.id.in_(posts), Deviation.status == DeviationStatus.SCHEDULED)
            .values(due_at=at, actual_publish_at=at)
        )


def _shown_at(shown, at):
    return replace(shown, published_at=at)


def test_a_machine_whose_clock_is_a_little_ahead_keeps_its_posts(rig):
    post = rig.post()
    rig.claim(worker="ahead")
    rig.advance(-120)
    assert claims.release_stale(rig.database, now=rig.now, lease_seconds=LEASE) == []
    assert rig.read(post).execution_lock_id == "ahead"
