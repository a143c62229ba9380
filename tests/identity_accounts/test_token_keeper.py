"""The keeper of tokens: refreshes before it is urgent, warns once, never lets one account stop the others."""

from datetime import datetime, timedelta

import pytest

from core.db.engine import Database
from core.identity import tokens
from core.identity.models import Account, AccountState, User
from tests.factories import DAY, HOUR, NOON, make_account, make_deviation, make_user
from tests.identity_accounts.support import (
    PROVIDER,
    FakeSite,
    raising,
    read_account,
    silent,
    unread,
)


@pytest.fixture
def alice(database: Database) -> User:
    with database.session() as session:
        return make_user(session)


def account_of(database: Database, user: User, site: FakeSite, **fields: object) -> Account:
    with database.session() as session:
        account = make_account(session, user, **{"last_refresh_token_refresh": NOON - DAY, **fields})
    site.valid.add(account.refresh_token or "")
    return account


def schedule(database: Database, user: User, account: Account, at: datetime) -> None:
    with database.session() as session:
        make_deviation(session, user, account, status="scheduled", scheduled_at=at)


def tick(database: Database, site: FakeSite, now: datetime = NOON) -> int:
    return tokens.refresh_due_accounts(database, {PROVIDER: site}, now=now)


@pytest.fixture
def fake() -> FakeSite:
    return FakeSite()


def test_an_account_with_a_post_within_the_hour_gets_a_fresh_token(
    database: Database, alice: User, fake: FakeSite
) -> None:
    account = account_of(database, alice, fake, expires_at=NOON + timedelta(minutes=9))
    schedule(database, alice, account, NOON + timedelta(minutes=50))
    assert tick(database, fake) == 1
    assert read_account(database, account.id).access_token == "fresh-1"


def test_without_a_post_due_soon_nothing_is_refreshed(database: Database, alice: User, fake: FakeSite) -> None:
    account = account_of(database, alice, fake, expires_at=NOON - HOUR)
    schedule(database, alice, account, NOON + 3 * HOUR)
    assert tick(database, fake) == 0
    assert fake.refreshes == 0


def test_a_good_token_is_left_alone(database: Database, alice: User, fake: FakeSite) -> None:
    account = account_of(database, alice, fake)
    schedule(database, alice, account, NOON)
    assert tick(database, fake) == 0


def test_a_refresh_token_older_than_a_week_is_renewed(database: Database, alice: User, fake: FakeSite) -> None:
    account_of(database, alice, fake, last_refresh_token_refresh=NOON - 7 * DAY)
    assert tick(database, fake) == 1


def test_a_refresh_token_that_ends_within_a_month_is_renewed(database: Database, alice: User, fake: FakeSite) -> None:
    account_of(database, alice, fake, refresh_token_expires_at=NOON + 29 * DAY)
    assert tick(database, fake) == 1
    assert tick(database, fake) == 0


def test_accounts_to_reconnect_are_left_to_their_owner(database: Database, alice: User, fake: FakeSite) -> None:
    account_of(database, alice, fake, state=AccountState.RECONNECT, last_refresh_token_refresh=NOON - 9 * DAY)
    assert tick(database, fake) == 0


def test_one_refused_account_does_not_stop_the_others(database: Database, alice: User, fake: FakeSite) -> None:
    old = {"last_refresh_token_refresh": NOON - 8 * DAY}
    broken = account_of(database, alice, fake, **old)
    for _ in range(3):
        account_of(database, alice, fake, **old)
    fake.valid.discard(broken.refresh_token or "")
    assert tick(database, fake) == 3
    assert read_account(database, broken.id).state is AccountState.RECONNECT


def test_a_site_that_does_not_answer_is_left_alone_until_the_next_tick(
    database: Database, alice: User, fake: FakeSite
) -> None:
    for _ in range(40):
        account_of(database, alice, fake, last_refresh_token_refresh=NOON - 8 * DAY)
    asked: list[int] = []

    def no_answer() -> None:
        asked.append(1)
        raise silent(spent=False)

    fake.before = no_answer
    assert tick(database, fake) == 0
    assert len(asked) < 40
    fake.before = lambda: None
    assert tick(database, fake) == 40


def test_an_access_that_ends_in_two_weeks_and_cannot_be_renewed_is_announced_once(
    database: Database, alice: User, fake: FakeSite
) -> None:
    account = account_of(database, alice, fake, refresh_token_expires_at=NOON + 14 * DAY)
    fake.before = raising(silent(spent=False))
    tick(database, fake)
    tick(database, fake, NOON + DAY)
    assert unread(database) == [f"account.expiring:{account.id}"]
    assert read_account(database, account.id).refresh_token_warning_email_sent


def test_a_refresh_that_works_withdraws_the_warning_and_arms_it_again(
    database: Database, alice: User, fake: FakeSite
) -> None:
    account = account_of(database, alice, fake, refresh_token_expires_at=NOON + 10 * DAY)
    fake.before = raising(silent(spent=False))
    tick(database, fake)
    fake.before = lambda: None
    tick(database, fake, NOON + DAY)
    assert unread(database) == []
    assert not read_account(database, account.id).refresh_token_warning_email_sent


def test_what_could_be_renewed_is_not_announced(database: Database, alice: User, fake: FakeSite) -> None:
    account_of(database, alice, fake, refresh_token_expires_at=NOON + 10 * DAY)
    tick(database, fake)
    assert unread(database) == []


def test_an_ended_access_holds_the_account_and_tells_once(database: Database, alice: User, fake: FakeSite) -> None:
    account = account_of(database, alice, fake, refresh_token_expires_at=NOON - HOUR)
    fake.before = raising(silent(spent=False))
    tick(database, fake)
    tick(database, fake, NOON + HOUR)
    stored = read_account(database, account.id)
    assert stored.state is AccountState.RECONNECT
    assert stored.refresh_token_expired_email_sent
    assert unread(database) == [f"account.reconnect:{account.id}"]


def test_an_error_nobody_expected_does_not_stop_the_others(database: Database, alice: User, fake: FakeSite) -> None:
    for _ in range(3):
        account_of(database, alice, fake, last_refresh_token_refresh=NOON - 8 * DAY)
    failures = iter([True])

    def once() -> None:
        if next(failures, False):
            raise ValueError("Nobody expected this.")

    fake.before = once
    assert tick(database, fake) == 2
    with database.read() as session:
        assert session.query(Account).filter(Account.refresh_lock_id.is_not(None)).count() == 0
