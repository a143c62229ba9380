"""A person's accounts: which is the default, what was agreed to, and leaving."""

import pytest
from sqlalchemy import select

from core.db.engine import Database
from core.identity import accounts
from core.identity.account_errors import AccountNeedsReconnect, AccountNotFound
from core.identity.models import Account, AccountState, User
from core.system.actors import Actor
from core.system.models import AuditEvent
from core.system.notifications import notify
from tests.factories import HOUR, NOON, make_account, make_deviation, make_user
from tests.identity_accounts.support import PROVIDER, FakeSite, raising, read_account, silent, unread


@pytest.fixture
def alice(database: Database) -> User:
    with database.session() as session:
        return make_user(session)


def account_of(database: Database, user: User, **fields: object) -> Account:
    with database.session() as session:
        return make_account(session, user, **fields)


def disconnect(database: Database, site: FakeSite, user: User, account: Account) -> bool:
    return accounts.disconnect(database, {PROVIDER: site}, Actor.person(user.id), account.id, now=NOON)


def test_the_default_comes_first_and_disconnected_ones_last(database: Database, alice: User) -> None:
    account_of(database, alice, username="gone", state=AccountState.DISCONNECTED)
    account_of(database, alice, username="Beta")
    account_of(database, alice, username="zeta", is_default=True)
    account_of(database, alice, username="alpha")
    with database.read() as session:
        listed = accounts.list_accounts(session, Actor.person(alice.id))
    assert [account.username for account in listed] == ["zeta", "alpha", "Beta", "gone"]


def test_charlie_finds_nothing_of_alices(database: Database, alice: User) -> None:
    account = account_of(database, alice)
    with database.session() as session:
        charlie = Actor.person(make_user(session, "charlie").id)
        assert accounts.list_accounts(session, charlie) == []
        assert accounts.find_default(session, charlie) is None
        with pytest.raises(AccountNotFound):
            accounts.get_account(session, charlie, account.id)
        with pytest.raises(AccountNotFound):
            accounts.set_default(session, charlie, account.id, now=NOON)
        with pytest.raises(AccountNotFound):
            accounts.record_agreements(session, charlie, account.id, submission=True, terms=True, now=NOON)
    with pytest.raises(AccountNotFound):
        accounts.disconnect(database, {}, charlie, account.id, now=NOON)


def test_a_new_default_replaces_the_old_one(database: Database, alice: User) -> None:
    first, second = account_of(database, alice, is_default=True), account_of(database, alice)
    actor = Actor.person(alice.id)
    with database.session() as session:
        accounts.set_default(session, actor, second.id, now=NOON)
    with database.read() as session:
        default = accounts.find_default(session, actor)
        assert default is not None
        assert default.id == second.id
    assert not read_account(database, first.id).is_default


def test_a_disconnected_account_cannot_be_the_default(database: Database, alice: User) -> None:
    account = account_of(database, alice, state=AccountState.DISCONNECTED)
    with database.session() as session, pytest.raises(AccountNeedsReconnect):
        accounts.set_default(session, Actor.person(alice.id), account.id, now=NOON)


def test_agreeing_keeps_the_first_moment_and_taking_back_clears_it(database: Database, alice: User) -> None:
    account = account_of(database, alice, agreed_submission_at=None, agreed_terms_at=None)
    actor = Actor.person(alice.id)
    for hours, submission, terms in ((0, True, False), (1, True, True), (2, True, True), (3, False, True)):
        with database.session() as session:
            accounts.record_agreements(
                session, actor, account.id, submission=submission, terms=terms, now=NOON + hours * HOUR
            )
    stored = read_account(database, account.id)
    assert stored.agreed_submission_at is None
    assert stored.agreed_terms_at == NOON + HOUR
    with database.read() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == account.id)).all()
    assert [event.action for event in events] == ["account.agreements_changed"] * 3  # the third changed nothing


def test_disconnecting_forgets_the_tokens_and_tells_the_site(database: Database, alice: User) -> None:
    account, site = account_of(database, alice, is_default=True), FakeSite()
    assert disconnect(database, site, alice, account)
    stored = read_account(database, account.id)
    assert (stored.state, stored.access_token, stored.refresh_token) == (AccountState.DISCONNECTED, None, None)
    assert (stored.expires_at, stored.is_default) == (None, False)
    assert site.revoked == [account.refresh_token]


def test_disconnecting_works_without_the_site(database: Database, alice: User) -> None:
    account, site = account_of(database, alice), FakeSite(before=raising(silent(spent=False)))
    assert not disconnect(database, site, alice, account)
    assert read_account(database, account.id).state is AccountState.DISCONNECTED


def test_the_tokens_are_gone_before_the_site_is_told(database: Database, alice: User) -> None:
    account, site = account_of(database, alice), FakeSite()
    seen: list[str | None] = []
    site.before = lambda: seen.append(read_account(database, account.id).access_token)
    disconnect(database, site, alice, account)
    assert seen == [None]


def test_another_account_inherits_the_default(database: Database, alice: User) -> None:
    account = account_of(database, alice, is_default=True)
    account_of(database, alice, state=AccountState.DISCONNECTED)
    heir = account_of(database, alice)
    disconnect(database, FakeSite(), alice, account)
    assert read_account(database, heir.id).is_default


def test_disconnecting_keeps_posts_scheduled_and_takes_back_notices(database: Database, alice: User) -> None:
    account = account_of(database, alice)
    with database.session() as session:
        post = make_deviation(session, alice, account, status="scheduled")
        notify(session, alice.id, f"account.reconnect:{account.id}", "Reconnect", now=NOON)
    disconnect(database, FakeSite(), alice, account)
    with database.read() as session:
        kept = session.get_one(type(post), post.id)
    assert (kept.status, kept.due_at, kept.account_id) == (post.status, post.due_at, account.id)
    assert unread(database) == []


def test_disconnecting_twice_is_once(database: Database, alice: User) -> None:
    account, site = account_of(database, alice), FakeSite()
    disconnect(database, site, alice, account)
    assert disconnect(database, site, alice, account)
    assert len(site.revoked) == 1
