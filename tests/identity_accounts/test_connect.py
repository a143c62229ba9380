"""Linking an account: PKCE, a state that is good once, and whose account it is."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from core.db.engine import Database
from core.identity import connect
from core.identity.account_errors import AccountTaken, ConnectRefused, SiteNotConfigured
from core.identity.models import Account, AccountState, InstanceUser, User, VerificationToken
from core.identity.providers import OAuthRefused, RemoteIdentity
from core.system.actors import Actor
from core.system.models import AuditEvent
from core.system.notifications import notify
from tests.factories import DAY, HOUR, NOON, make_actor
from tests.identity_accounts.support import MINUTE, PROVIDER, FakeSite, change_account, read_account, unread

BACK = "http://localhost:8501/auth/deviantart/callback"
MOON = RemoteIdentity("remote-moon", "moonlit", "https://site.test/moon.png")
SUN = RemoteIdentity("remote-sun", "sunlit", None)


@pytest.fixture
def oauth() -> FakeSite:
    return FakeSite(identities={"moon-code": MOON, "sun-code": SUN})


@pytest.fixture
def person(database: Database) -> Callable[[str], Actor]:
    def make(name: str) -> Actor:
        with database.session() as session:
            return make_actor(session, name)

    return make


@pytest.fixture
def alice(person: Callable[[str], Actor]) -> Actor:
    return person("alice")


def leave(database: Database, actor: Actor, site: FakeSite) -> dict[str, str]:
    """Begin, and give what the site gets to see."""
    with database.session() as session:
        url = connect.begin(session, actor, {PROVIDER: site}, PROVIDER, BACK, now=NOON)
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def come_back(
    database: Database, actor: Actor, site: FakeSite, state: str, code: str = "moon-code", *, after: timedelta = MINUTE
) -> connect.Connected:
    return connect.finish(database, {PROVIDER: site}, actor, state, code, now=NOON + after)


def link(database: Database, actor: Actor, site: FakeSite, code: str = "moon-code") -> connect.Connected:
    return come_back(database, actor, site, leave(database, actor, site)["state"], code)


def test_the_verifier_sent_later_belongs_to_the_challenge_sent_first(
    database: Database, alice: Actor, oauth: FakeSite
) -> None:
    sent = leave(database, alice, oauth)
    come_back(database, alice, oauth, sent["state"])
    exchanged = oauth.exchanged[0]
    assert connect.challenge_of(exchanged["code_verifier"]) == sent["code_challenge"]
    assert exchanged["redirect_uri"] == sent["redirect_uri"] == BACK


def test_the_challenge_is_that_of_the_standard() -> None:
    # RFC 7636, appendix B
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert connect.challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_neither_state_nor_verifier_is_stored_readably(database: Database, alice: Actor, oauth: FakeSite) -> None:
    sent = leave(database, alice, oauth)
    with database.connection() as connection:
        token, payload = connection.exec_driver_sql("SELECT token, payload FROM verification_tokens").one()
    assert sent["state"] not in token
    assert payload.startswith("v1:")


def test_a_first_account_is_stored_and_becomes_the_default(database: Database, alice: Actor, oauth: FakeSite) -> None:
    done = link(database, alice, oauth)
    account = read_account(database, done.account_id)
    assert (account.username, account.provider_account_id) == ("moonlit", "remote-moon")
    assert account.avatar_url == "https://site.test/moon.png"
    assert (account.user_id, account.state, account.is_default) == (alice.user_id, AccountState.CONNECTED, True)
    assert account.access_token == "fresh-1"
    assert account.last_refresh_token_refresh == NOON + MINUTE
    assert done.is_new


def test_a_second_account_does_not_become_the_default(database: Database, alice: Actor, oauth: FakeSite) -> None:
    link(database, alice, oauth)
    second = link(database, alice, oauth, "sun-code")
    assert not read_account(database, second.account_id).is_default


def test_the_first_identity_names_the_person_in_the_house(database: Database, alice: Actor, oauth: FakeSite) -> None:
    link(database, alice, oauth)
    link(database, alice, oauth, "sun-code")
    with database.read() as session:
        membership = session.scalars(select(InstanceUser).where(InstanceUser.user_id == alice.user_id)).one()
    assert (membership.da_user_id, membership.da_username) == ("remote-moon", "moonlit")


def test_a_state_is_good_once(database: Database, alice: Actor, oauth: FakeSite) -> None:
    state = leave(database, alice, oauth)["state"]
    come_back(database, alice, oauth, state)
    with pytest.raises(ConnectRefused, match="used already"):
        come_back(database, alice, oauth, state)


def test_a_state_is_good_for_ten_minutes(database: Database, alice: Actor, oauth: FakeSite) -> None:
    state = leave(database, alice, oauth)["state"]
    with pytest.raises(ConnectRefused):
        come_back(database, alice, oauth, state, after=10 * MINUTE)
    assert oauth.exchanged == []


def test_a_state_is_good_for_the_person_who_began(
    database: Database, alice: Actor, oauth: FakeSite, person: Callable[[str], Actor]
) -> None:
    state = leave(database, alice, oauth)["state"]
    with pytest.raises(ConnectRefused):
        come_back(database, person("charlie"), oauth, state)
    assert come_back(database, alice, oauth, state).username == "moonlit"


def test_an_invented_state_is_refused_before_anything_is_asked(
    database: Database, alice: Actor, oauth: FakeSite
) -> None:
    with pytest.raises(ConnectRefused):
        come_back(database, alice, oauth, "invented")
    assert oauth.exchanged == []


def test_after_a_no_at_the_site_the_state_is_gone(database: Database, alice: Actor, oauth: FakeSite) -> None:
    state = leave(database, alice, oauth)["state"]
    with database.session() as session:
        connect.abandon(session, alice, state)
    with pytest.raises(ConnectRefused):
        come_back(database, alice, oauth, state)


def test_beginning_tidies_up_what_nobody_came_back_with(database: Database, alice: Actor, oauth: FakeSite) -> None:
    leave(database, alice, oauth)
    with database.session() as session:
        connect.begin(session, alice, {PROVIDER: oauth}, PROVIDER, BACK, now=NOON + HOUR)
        assert len(session.scalars(select(VerificationToken)).all()) == 1


def test_a_refused_code_links_nothing(database: Database, alice: Actor, oauth: FakeSite) -> None:
    state = leave(database, alice, oauth)["state"]
    with pytest.raises(OAuthRefused):
        come_back(database, alice, oauth, state, "wrong-code")
    with database.read() as session:
        assert session.scalars(select(Account).where(Account.user_id == alice.user_id)).all() == []


def test_an_account_of_somebody_else_here_is_refused_and_stays_theirs(
    database: Database, alice: Actor, oauth: FakeSite, person: Callable[[str], Actor]
) -> None:
    bob = person("bob")
    theirs = link(database, bob, oauth)
    before = read_account(database, theirs.account_id)
    with pytest.raises(AccountTaken, match="somebody else here"):
        link(database, alice, oauth)
    after = read_account(database, theirs.account_id)
    assert (after.user_id, after.access_token) == (bob.user_id, before.access_token)
    assert oauth.revoked == []  # that would have cut Bob off


def test_connecting_again_mends_the_account_and_takes_back_its_notices(
    database: Database, alice: Actor, oauth: FakeSite
) -> None:
    first = link(database, alice, oauth)
    change_account(
        database, first.account_id, state=AccountState.RECONNECT, state_reason="no", access_token=None,
        refresh_token_warning_email_sent=True, refresh_token_expired_email_sent=True,
        refresh_lock_id="dead", refresh_locked_at=NOON - DAY,
    )  # fmt: skip
    with database.session() as session:
        for topic in ("reconnect", "expiring"):
            notify(session, alice.user_id, f"account.{topic}:{first.account_id}", "Reconnect", now=NOON)
    again = link(database, alice, oauth)
    account = read_account(database, first.account_id)
    assert (again.account_id, again.is_new) == (first.account_id, False)
    assert (account.state, account.state_reason, account.refresh_lock_id) == (AccountState.CONNECTED, None, None)
    assert not account.refresh_token_warning_email_sent
    assert not account.refresh_token_expired_email_sent
    assert account.is_default
    assert unread(database) == []


def test_linking_is_on_record_without_any_secret(database: Database, alice: Actor, oauth: FakeSite) -> None:
    done = link(database, alice, oauth)
    with database.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.subject_id == done.account_id)).one()
    assert (event.action, event.actor_id) == ("account.connected", alice.user_id)
    assert "fresh" not in str(event.after)


def test_a_site_that_is_not_set_up_is_named_as_such(database: Database, alice: Actor) -> None:
    with database.session() as session, pytest.raises(SiteNotConfigured):
        connect.begin(session, alice, {}, PROVIDER, BACK, now=NOON)


def test_a_person_who_left_takes_their_accounts_along(database: Database, alice: Actor, oauth: FakeSite) -> None:
    done = link(database, alice, oauth)
    with database.session() as session:
        session.delete(session.get_one(User, alice.user_id))
    with database.read() as session:
        assert session.get(Account, done.account_id) is None
