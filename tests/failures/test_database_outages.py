"""The database goes away for a while, at the worst moments."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.db.engine import Database, DatabaseUnavailableError
from core.identity import tokens
from core.identity.models import Account, AccountState
from core.publishing.execution import claims
from core.publishing.execution.runner import Runner
from core.publishing.models import DeviationStatus, PublishAttempt
from core.system import heartbeats
from core.system.models import Heartbeat, IntentState
from tests.factories import NOON, make_account, make_user
from tests.failures.outages import outage
from tests.failures.sidecars import House, until
from tests.identity_accounts.support import FakeSite as OAuthOnly
from tests.identity_accounts.support import unread
from tests.support.databases import only_postgresql


def test_a_new_pair_of_tokens_outlives_an_outage_that_begins_while_the_site_gives_it(database: Database) -> None:
    """The old refresh token is spent by then: losing the new one would cut the account off."""
    with database.session() as session:
        account = make_account(session, make_user(session), expires_at=NOON + timedelta(minutes=2))
    site = OAuthOnly(valid={account.refresh_token or ""})
    with outage(database) as away:
        site.after = lambda: away.begin_for(0.6)
        token = tokens.usable_token(database, account.id, {account.provider: site}, now=NOON, holder="worker")
    with database.read() as session:
        stored = session.get_one(Account, account.id)
    assert (stored.access_token, stored.state, stored.refresh_lock_id) == (token, AccountState.CONNECTED, None)
    assert unread(database) == []


def test_what_a_call_brought_is_kept_through_an_outage(rig, monkeypatch):
    """The gallery never shows it, so only the answer itself can tell the address."""
    post = rig.post()
    real = rig.site.publish
    with outage(rig.database) as away:

        def publish(token, publication):
            shown = real(token, publication)
            away.begin_for(0.6)
            return shown

        monkeypatch.setattr(rig.site, "publish", publish)
        rig.site.hidden = True
        with pytest.raises(DatabaseUnavailableError):
            rig.run_due()
    assert rig.read(post).files[0].remote_deviation_id == "REMOTE-1"
    rig.advance(50)
    claims.release_stale(rig.database, now=rig.now, lease_seconds=45)
    rig.run_due()
    row = rig.read(post)
    assert (row.status, row.deviation_id, len(rig.site.publications)) == (DeviationStatus.PUBLISHED, "REMOTE-1", 1)


def test_an_item_sent_before_an_outage_is_not_sent_again(rig, monkeypatch):
    post = rig.post()
    real = rig.site.submit
    with outage(rig.database) as away:

        def submit(token, submission):
            item_id = real(token, submission)
            away.begin_for(0.6)
            return item_id

        monkeypatch.setattr(rig.site, "submit", submit)
        with pytest.raises(DatabaseUnavailableError):
            rig.run_due()
    monkeypatch.setattr(rig.site, "submit", real)
    rig.advance(50)
    claims.release_stale(rig.database, now=rig.now, lease_seconds=45)
    rig.run_due()
    assert (rig.read(post).status, len(rig.site.submissions)) == (DeviationStatus.PUBLISHED, 1)
    assert {intent.state for intent in rig.intents()} == {IntentState.DONE}


def test_the_sidecar_outlives_an_outage_in_the_middle_of_its_work(house: House) -> None:
    posts = house.add_posts(24)
    house.site.seconds = 0.15
    with outage(house.database) as away, house.sidecar() as sidecar:
        until(lambda: len(house.site.gallery) >= 4)
        away.begin_for(1.5)
        until(lambda: house.all_published(posts))
        until(lambda: sidecar.is_leading)  # the last posts may be out before it has looked for its lock again
    house.assert_each_shown_once(posts)


def test_a_sidecar_that_starts_during_an_outage_leads_when_it_is_over(house: House) -> None:
    posts = house.add_posts(2)
    with outage(house.database) as away:
        away.begin()
        with house.sidecar() as sidecar:
            time.sleep(0.5)
            assert not sidecar.is_leading
            away.end()
            until(lambda: house.all_published(posts))


@only_postgresql
def test_leadership_that_is_lost_with_its_connection_is_won_back_and_the_work_goes_on(house: House) -> None:
    posts = house.add_posts(8)
    house.site.seconds = 0.3
    with outage(house.database) as away, house.sidecar() as sidecar:
        until(lambda: sidecar.is_leading)
        assert away.cut(like="%pg_try_advisory_lock%") + away.cut(like="SELECT 1") > 0
        until(lambda: house.all_published(posts))
        until(lambda: sidecar.is_leading)
    house.assert_each_shown_once(posts)


@only_postgresql
def test_another_sidecar_takes_over_and_nothing_is_shown_twice(house: House) -> None:
    posts = house.add_posts(16)
    house.site.seconds = 0.3
    with outage(house.database) as away, house.sidecar() as first:
        until(lambda: first.is_leading)
        with house.sidecar() as second:
            for _ in range(3):
                away.cut()
                until(lambda: first.is_leading != second.is_leading)
            until(lambda: house.all_published(posts))
    house.assert_each_shown_once(posts)


def test_posts_keep_their_lease_although_the_pulse_cannot_be_written(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DatabaseUnavailableError("The database did not answer.")

    posts = house.add_posts(1)
    house.site.seconds = 5  # much longer than the lease
    with house.sidecar() as sidecar:
        until(lambda: sidecar.is_leading)
        monkeypatch.setattr(heartbeats, "beat", refuse)
        until(lambda: house.all_published(posts))
    assert len(house.site.publications) == 1
    assert not any(one.step == "lookup" for one in _attempts(house))


def test_a_run_that_breaks_off_loses_its_lease_and_the_post_goes_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, broken = Runner._between_calls, []

    def break_once(self: Runner, work: object, result: object) -> object:
        if not broken and result is not None:
            broken.append(work)
            raise RuntimeError("broken")
        return real(self, work, result)  # type: ignore[arg-type]

    monkeypatch.setattr(Runner, "_between_calls", break_once)
    posts = house.add_posts(1)
    with house.sidecar():
        until(lambda: house.all_published(posts))
    assert broken
    house.assert_each_shown_once(posts)


def test_a_sidecar_that_leads_has_a_pulse(house: House) -> None:
    with house.sidecar() as sidecar:
        until(lambda: sidecar.is_leading)
        with house.database.read() as session:
            assert session.scalars(select(Heartbeat.is_leader)).all() == [True]


def _attempts(house: House) -> list[PublishAttempt]:
    with house.database.read() as session:
        return list(session.scalars(select(PublishAttempt)))
