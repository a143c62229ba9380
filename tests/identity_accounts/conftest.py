"""An account whose access token ends in two minutes, and the site it belongs to."""

import pytest

from core.db.crypto import Keyring, install_keyring
from core.db.engine import Database
from core.identity.models import Account
from tests.factories import NOON, make_account, make_user
from tests.identity_accounts.support import MINUTE, FakeSite


@pytest.fixture(autouse=True)
def _keyring() -> None:
    install_keyring(Keyring(["a key for tests"]))


@pytest.fixture
def account(database: Database) -> Account:
    with database.session() as session:
        return make_account(session, make_user(session), expires_at=NOON + 2 * MINUTE)


@pytest.fixture
def site(account: Account) -> FakeSite:
    return FakeSite(valid={account.refresh_token or ""})
