"""Access tokens when they are used: fresh, refreshed once, and honest when that fails."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from core.db.engine import Database
from core.identity import tokens
from core.identity.account_errors import AccountNeedsReconnect, AccountNotFound, RefreshUnderWay, SiteNotConfigured
from core.identity.models import Account, AccountState, User
from core.identity.providers import OAuthUnreachable
from core.system.models import AuditEvent
from tests.factories import HOUR, NOON, make_deviation
from tests.identity_accounts.support import (
    MINUTE,
    PROVIDER,
    FakeSite,
    Killed,
    change_account,
    raising,
    read_account,
    silent,
    unread,
)


def use(
    database: Database, account: Account, site: FakeSite, *, now: datetime = NOON, holder: str = "one", wait: float = 0
) -> str:
    return tokens.usable_token(database, account.id, {PROVIDER: site}, now=now, holder=holder, wait_seconds=wait)


def test_a_good_token_is_used_without_a_call(database: Database, account: Account, site: FakeSite) -> None:
    assert use(database, account, site, now=NOON - 10 * MINUTE) == account.access_token
    assert site.refreshes == 0


def test_a_token_that_ends_within_five_minutes_is_refreshed_and_the_pair_stored(
    database: Database, account: Account, site: FakeSite
) -> None:
    assert use(database, account, site) == "fresh-1"
    stored = read_account(database, account.id)
    assert (stored.access_token, stored.refresh_token) == ("fresh-1", "refreshed-1")
    assert stored.expires_at == NOON + HOUR
    assert stored.refresh_token_expires_at == NOON + timedelta(days=90)
    assert stored.last_refresh_token_refresh == NOON
    assert stored.refresh_lock_id is None


def test_the_stored_pair_is_sealed(database: Database, account: Account, site: FakeSite) -> None:
    use(database, account, site)
    with database.connection() as connection:
        raw = connection.exec_driver_sql("SELECT access_token, refresh_token FROM accounts").one()
    assert all(value.startswith("v1:") for value in raw)


def test_no_transaction_is_open_while_the_site_works(database: Database, account: Account, site: FakeSite) -> None:
    # On SQLite this would wait for ever behind an open write.
    site.before = lambda: change_account(database, account.id, session_state="written during the call")
    use(database, account, site)
    assert read_account(database, account.id).session_state == "written during the call"


def test_eight_at_the_same_moment_make_one_refresh(database: Database, account: Account, site: FakeSite) -> None:
    start = threading.Barrier(8)

    def one(number: int) -> str:
        start.wait()
        return use(database, account, site, holder=f"worker-{number}", wait=30)

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(one, range(8))) == {"fresh-1"}
    assert (site.refreshes, site.refused) == (1, 0)


def test_whoever_meets_a_live_lease_is_told_to_come_back(database: Database, account: Account, site: FakeSite) -> None:
    change_account(database, account.id, refresh_lock_id="other", refresh_locked_at=NOON - timedelta(seconds=59))
    with pytest.raises(RefreshUnderWay):
        use(database, account, site)
    assert site.refreshes == 0


def test_a_lease_left_by_the_dead_runs_out(database: Database, account: Account, site: FakeSite) -> None:
    change_account(database, account.id, refresh_lock_id="dead", refresh_locked_at=NOON - timedelta(seconds=61))
    assert use(database, account, site) == "fresh-1"


def test_a_crash_before_the_call_costs_nothing(database: Database, account: Account, site: FakeSite) -> None:
    site.before = raising(Killed())
    with pytest.raises(Killed):
        use(database, account, site)
    site.before = lambda: None
    with pytest.raises(RefreshUnderWay):
        use(database, account, site, now=NOON + MINUTE)
    assert use(database, account, site, now=NOON + 2 * MINUTE) == "fresh-1"


def test_a_crash_between_refresh_and_store_asks_for_a_new_connection_once(
    database: Database, account: Account, site: FakeSite
) -> None:
    site.after = raising(Killed())
    with pytest.raises(Killed):
        use(database, account, site)
    site.after = lambda: None
    for minutes in (2, 3, 4):
        with pytest.raises(AccountNeedsReconnect):
            use(database, account, site, now=NOON + minutes * MINUTE)
    assert site.refused == 1
    assert read_account(database, account.id).state is AccountState.RECONNECT
    assert unread(database) == [f"account.reconnect:{account.id}"]


def test_a_refusal_holds_the_account_and_leaves_its_posts_scheduled(
    database: Database, account: Account, site: FakeSite
) -> None:
    with database.session() as session:
        owner = session.get_one(User, account.user_id)
        post = make_deviation(session, owner, account, status="scheduled")
    site.valid.clear()
    with pytest.raises(AccountNeedsReconnect, match="no longer accepts"):
        use(database, account, site)
    stored = read_account(database, account.id)
    assert stored.state is AccountState.RECONNECT
    assert stored.state_reason
    assert stored.refresh_lock_id is None
    with database.read() as session:
        kept = session.get_one(type(post), post.id)
        assert (kept.status, kept.due_at) == (post.status, post.due_at)
        assert session.query(AuditEvent).filter_by(subject_id=account.id).one().action == "account.reconnect_needed"


def test_a_pair_that_arrives_after_the_lease_was_lost_still_counts(
    database: Database, account: Account, site: FakeSite
) -> None:
    def meanwhile() -> None:
        site.after = lambda: None
        with pytest.raises(AccountNeedsReconnect):
            use(database, account, site, now=NOON + 2 * MINUTE, holder="impatient")

    site.after = meanwhile
    assert use(database, account, site) == "fresh-1"
    stored = read_account(database, account.id)
    assert (stored.state, stored.access_token) == (AccountState.CONNECTED, "fresh-1")
    assert unread(database) == []


def test_a_pair_that_arrives_after_a_disconnect_is_dropped(
    database: Database, account: Account, site: FakeSite
) -> None:
    site.after = lambda: change_account(database, account.id, state=AccountState.DISCONNECTED, access_token=None)
    with pytest.raises(AccountNeedsReconnect):
        use(database, account, site)
    assert read_account(database, account.id).access_token is None


def test_an_unreachable_site_leaves_the_old_token_in_use_until_it_ends(
    database: Database, account: Account, site: FakeSite
) -> None:
    site.before = raising(silent(spent=False))
    assert use(database, account, site) == account.access_token
    with pytest.raises(OAuthUnreachable):
        use(database, account, site, now=NOON + 2 * MINUTE)
    stored = read_account(database, account.id)
    assert (stored.state, stored.refresh_lock_id) == (AccountState.CONNECTED, None)


def test_after_a_lost_answer_the_old_refresh_token_is_tried_again(
    database: Database, account: Account, site: FakeSite
) -> None:
    site.before = raising(silent(spent=True))  # lost before it was spent, as it turns out
    assert use(database, account, site) == account.access_token
    site.before = lambda: None
    assert use(database, account, site, now=NOON + MINUTE) == "fresh-1"


def test_a_lost_answer_that_spent_the_token_ends_in_a_reconnect(
    database: Database, account: Account, site: FakeSite
) -> None:
    site.after = raising(silent(spent=True))
    assert use(database, account, site) == account.access_token
    with pytest.raises(AccountNeedsReconnect):
        use(database, account, site, now=NOON + MINUTE)
    assert unread(database) == [f"account.reconnect:{account.id}"]


def test_an_account_without_a_refresh_token_needs_a_person(
    database: Database, account: Account, site: FakeSite
) -> None:
    change_account(database, account.id, refresh_token=None)
    with pytest.raises(AccountNeedsReconnect):
        use(database, account, site)
    assert read_account(database, account.id).state is AccountState.RECONNECT


def test_a_disconnected_account_has_no_token(database: Database, account: Account, site: FakeSite) -> None:
    change_account(database, account.id, state=AccountState.DISCONNECTED)
    with pytest.raises(AccountNeedsReconnect):
        use(database, account, site)
    assert site.refreshes == 0


def test_a_missing_account_is_not_found(database: Database, site: FakeSite) -> None:
    with pytest.raises(AccountNotFound):
        tokens.usable_token(database, "acc_00000000000000000000000001", {PROVIDER: site}, now=NOON, holder="one")


def test_an_account_of_a_site_that_is_not_set_up_says_so(database: Database, account: Account) -> None:
    with pytest.raises(SiteNotConfigured):
        tokens.usable_token(database, account.id, {}, now=NOON, holder="one")


def test_a_refused_token_is_refreshed_although_it_has_not_ended(
    database: Database, account: Account, site: FakeSite
) -> None:
    change_account(database, account.id, expires_at=NOON + HOUR)
    assert force(database, account, site, used_token=account.access_token or "") == "fresh-1"


def test_a_refused_token_that_was_replaced_meanwhile_costs_no_call(
    database: Database, account: Account, site: FakeSite
) -> None:
    assert force(database, account, site, used_token="older") == account.access_token
    assert site.refreshes == 0


def test_eight_refused_at_the_same_moment_make_one_refresh(
    database: Database, account: Account, site: FakeSite
) -> None:
    start = threading.Barrier(8)

    def one(_: int) -> str | None:
        start.wait()
        try:
            return force(database, account, site, used_token=account.access_token or "")
        except RefreshUnderWay:
            return None

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(one, range(8)))
    assert answers - {None} == {"fresh-1"}
    assert (site.refreshes, site.refused) == (1, 0)


def force(database: Database, account: Account, site: FakeSite, *, used_token: str) -> str:
    return tokens.force_refresh(database, account.id, {PROVIDER: site}, used_token=used_token, now=NOON, holder="one")
