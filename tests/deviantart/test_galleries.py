"""Gallery folders: fresh for five minutes, stale for two hours when the site cannot be asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from core.adapters.deviantart.sites import SANDBOX
from core.db.crypto import Keyring, install_keyring
from core.db.engine import Database
from core.identity.account_errors import AccountNeedsReconnect, AccountNotFound
from core.identity.models import Account
from core.publishing.galleries import Galleries, cached_galleries, galleries
from core.publishing.providers import ErrorCategory, GalleryFolder, ProviderError
from core.system.actors import Actor
from tests.factories import DAY, HOUR, NOON, make_account, make_user
from tests.identity_accounts.support import FakeSite, read_account

MINUTE = timedelta(minutes=1)


@dataclass
class FolderSite(FakeSite):
    """Knows folders; ``error`` is raised instead when set."""

    folders: Sequence[GalleryFolder] = ()
    error: ProviderError | None = None
    asked: int = 0

    def list_folders(self, token: str) -> list[GalleryFolder]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return list(self.folders)


@dataclass
class House:
    """Alice's account, and reading its folders."""

    database: Database
    account: Account
    site: FolderSite = field(default_factory=FolderSite)

    def read(self, after: timedelta = timedelta(0), *, refresh: bool = False) -> Galleries:
        return galleries(
            self.database, {SANDBOX: self.site}, Actor.person(self.account.user_id), self.account.id,  # type: ignore[dict-item]  # folders are all it is asked for
            now=NOON + after, floor_seconds=3, refresh=refresh,
        )  # fmt: skip


@pytest.fixture
def house(database: Database) -> House:
    install_keyring(Keyring(["a key for tests"]))
    with database.session() as session:
        account = make_account(session, make_user(session), expires_at=NOON + DAY)
    found = House(database, account)
    found.site.folders = [GalleryFolder("F1", "Featured", None, 3), GalleryFolder("F0", "Foxes", "F1", None)]
    return found


def limited(retry_after: float | None = None) -> ProviderError:
    return ProviderError("Slow down.", ErrorCategory.RATE_LIMITED, http_status=429, retry_after=retry_after)


def test_folders_are_stored_in_the_order_of_the_site(house: House) -> None:
    assert house.read().folders == house.site.folders
    with house.database.read() as session:
        stored = cached_galleries(session, Actor.person(house.account.user_id), house.account.id)
    assert (stored.folders, stored.cached_at) == (house.site.folders, NOON)


def test_within_five_minutes_the_site_is_not_asked_again(house: House) -> None:
    house.read()
    house.read(timedelta(minutes=4, seconds=59))
    assert house.site.asked == 1
    house.read(5 * MINUTE)
    assert house.site.asked == 2


def test_asking_for_a_refresh_asks_the_site(house: House) -> None:
    house.read()
    house.read(MINUTE, refresh=True)
    assert house.site.asked == 2


def test_a_folder_removed_at_the_site_disappears(house: House) -> None:
    house.read()
    house.site.folders = [GalleryFolder("F0", "Renamed", None, 1)]
    house.read(6 * MINUTE)
    assert house.read(7 * MINUTE).folders == house.site.folders


@pytest.mark.parametrize("category", [ErrorCategory.RATE_LIMITED, ErrorCategory.OUTAGE, ErrorCategory.NETWORK])
def test_when_the_site_cannot_be_asked_the_last_two_hours_are_shown_with_the_reason(
    house: House, category: ErrorCategory
) -> None:
    house.read()
    house.site.error = ProviderError("Not now.", category)
    shown = house.read(HOUR)
    assert (shown.folders, shown.cached_at, shown.problem) == (house.site.folders, NOON, "Not now.")


def test_older_than_two_hours_is_not_shown(house: House) -> None:
    house.read()
    house.site.error = limited()
    with pytest.raises(ProviderError):
        house.read(2 * HOUR)


def test_a_limit_slows_the_account_down_for_everybody(house: House) -> None:
    house.site.error = limited(retry_after=900)
    with pytest.raises(ProviderError):
        house.read()
    account = read_account(house.database, house.account.id)
    assert account.next_call_at is not None
    assert account.next_call_at >= NOON + timedelta(seconds=899)


def test_folders_wait_for_the_accounts_pace_instead_of_breaking_it(house: House) -> None:
    house.read()
    shown = house.read(timedelta(seconds=1), refresh=True)
    assert house.site.asked == 1
    assert "Try again in 2 s" in (shown.problem or "")


def test_a_refused_token_that_cannot_be_renewed_asks_for_a_reconnect(house: House) -> None:
    house.site.error = ProviderError("No.", ErrorCategory.AUTH, http_status=401)
    with pytest.raises(AccountNeedsReconnect):
        house.read()


def test_charlie_reads_nothing_of_alices(house: House) -> None:
    house.read()
    with house.database.session() as session:
        charlie = Actor.person(make_user(session, "charlie").id)
        assert cached_galleries(session, charlie, house.account.id).folders == []
    with pytest.raises(AccountNotFound):
        galleries(house.database, {}, charlie, house.account.id, now=NOON, floor_seconds=3)
