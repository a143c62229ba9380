"""Refreshing over HTTP: many workers, one account, a token that works once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.adapters.deviantart.sites import SANDBOX, DeviantArt
from core.clock import utc_now
from core.db.crypto import Keyring, install_keyring
from core.db.engine import Database
from core.identity import tokens
from core.identity.account_errors import AccountNeedsReconnect
from core.identity.models import Account, AccountState
from tests.factories import make_account, make_user
from tests.sandbox.support import ControlClient


@pytest.fixture
def account(database: Database, control: ControlClient) -> Account:
    """Linked to the sandbox, with an access token that has just ended."""
    install_keyring(Keyring(["a key for tests"]))
    grant = control.post("/grant", username="alice")
    with database.session() as session:
        return make_account(
            session,
            make_user(session),
            provider=SANDBOX,
            access_token=grant["access_token"],
            refresh_token=grant["refresh_token"],
            expires_at=utc_now(),
        )


def test_eight_workers_at_the_same_moment_make_exactly_one_refresh(
    database: Database, control: ControlClient, site: DeviantArt, account: Account
) -> None:
    control.post("/latency", seconds=0.05)
    start = threading.Barrier(8)

    def work(number: int) -> str:
        start.wait()
        token = tokens.usable_token(
            database, account.id, {SANDBOX: site}, now=utc_now(), holder=f"worker-{number}", wait_seconds=30
        )
        site.check_token(token)
        return token

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(work, range(8)))) == 1
    assert [attempt["outcome"] for attempt in control.state("refreshes")] == ["ok"]


def test_revoked_at_the_site_ends_in_a_reconnect(
    database: Database, control: ControlClient, site: DeviantArt, account: Account
) -> None:
    control.post("/revoke", username="alice")
    with pytest.raises(AccountNeedsReconnect):
        tokens.usable_token(database, account.id, {SANDBOX: site}, now=utc_now(), holder="worker")
    with database.read() as session:
        assert session.get_one(Account, account.id).state is AccountState.RECONNECT


def test_a_token_refused_early_is_replaced(
    database: Database, control: ControlClient, site: DeviantArt, account: Account
) -> None:
    fresh = tokens.usable_token(database, account.id, {SANDBOX: site}, now=utc_now(), holder="worker")
    control.post("/expire", username="alice")
    newer = tokens.force_refresh(
        database, account.id, {SANDBOX: site}, used_token=fresh, now=utc_now(), holder="worker"
    )
    site.check_token(newer)
