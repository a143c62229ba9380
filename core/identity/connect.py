"""Linking an account: to the site with a state and a PKCE challenge, and back with a code.

The state is a single-use token of ten minutes, bound to the person; its row carries the verifier, sealed.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.identity.account_errors import AccountTaken, ConnectRefused, SiteNotConfigured
from core.identity.accounts import make_default
from core.identity.models import Account, AccountState, InstanceUser, VerificationToken
from core.identity.providers import OAuthSite, RemoteIdentity, TokenPair
from core.identity.refresh import expiring_topic, pair_values, reconnect_topic
from core.system.actors import Actor
from core.system.audit import record
from core.system.notifications import mark_read

LIFETIME = timedelta(minutes=10)
PURPOSE = "connect"
# Where browsers leave for the site and come back to.
START_PATH = "/auth/deviantart/start"
CALLBACK_PATH = "/auth/deviantart/callback"


@dataclass(frozen=True, slots=True)
class Connected:
    """The account that was linked; ``is_new`` is false when it was connected again."""

    account_id: str
    username: str
    provider: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Journey:
    provider: str
    verifier: str
    redirect_uri: str
    with_extras: bool


def redirect_uri(public_url: str) -> str:
    """The address to register with the site's application; it must match to the letter."""
    return public_url + CALLBACK_PATH


def begin(
    session: Session,
    actor: Actor,
    sites: Mapping[str, OAuthSite],
    provider: str,
    redirect_uri: str,
    *,
    with_extras: bool = True,
    now: datetime,
) -> str:
    """Where to send the browser so that the person can let this installation in.

    ``with_extras`` also asks for scopes that are useful but not needed.
    """
    site = _site(sites, provider)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(64)
    session.execute(delete(VerificationToken).where(VerificationToken.expires <= now))
    session.add(
        VerificationToken(
            identifier=f"{PURPOSE}:{actor.user_id}:{provider}",
            token=_digest(state),
            expires=now + LIFETIME,
            payload=json.dumps({"verifier": verifier, "redirect_uri": redirect_uri, "with_extras": with_extras}),
        )
    )
    session.flush()
    return site.authorize_url(
        state=state, code_challenge=challenge_of(verifier), redirect_uri=redirect_uri, with_extras=with_extras
    )


def begin_without_extras(
    session: Session, actor: Actor, sites: Mapping[str, OAuthSite], state: str, *, now: datetime
) -> str | None:
    """Where to send a browser that came back because the site does not know one of the scopes; the state is spent.

    ``None`` when nothing can be left out any more.
    """
    journey = _take(session, actor, state, now)
    if not journey.with_extras:
        return None
    return begin(session, actor, sites, journey.provider, journey.redirect_uri, with_extras=False, now=now)


def abandon(session: Session, actor: Actor, state: str) -> None:
    """The person said no at the site: the state is good for nothing any more."""
    session.execute(
        delete(VerificationToken).where(
            VerificationToken.token == _digest(state),
            VerificationToken.identifier.startswith(f"{PURPOSE}:{actor.user_id}:"),
        )
    )


def finish(
    database: Database, sites: Mapping[str, OAuthSite], actor: Actor, state: str, code: str, *, now: datetime
) -> Connected:
    """Trade the code for tokens and link the account they belong to.

    Makes calls, so no transaction may be open. Raises ``ConnectRefused`` for a state that is not this
    person's, was used or is too old, ``AccountTaken``, and the errors of ``OAuthSite``.
    """
    with database.session() as session:
        journey = _take(session, actor, state, now)
    site = _site(sites, journey.provider)
    pair = site.exchange(code=code, code_verifier=journey.verifier, redirect_uri=journey.redirect_uri, now=now)
    identity = site.whoami(pair.access_token)
    with database.session() as session:
        return link(session, actor, journey.provider, identity, pair, now=now)


def link(
    session: Session, actor: Actor, provider: str, identity: RemoteIdentity, pair: TokenPair, *, now: datetime
) -> Connected:
    """Store the pair with the account it belongs to, new or known. Raises ``AccountTaken``."""
    account = session.scalar(
        select(Account)
        .where(Account.provider == provider, Account.provider_account_id == identity.account_id)
        .with_for_update()
    )
    if account is not None and account.user_id != actor.user_id:
        # The tokens just given are left to end by themselves: revoking them would cut off the other person too.
        raise AccountTaken(
            f"{identity.username} is linked by somebody else here. They can disconnect it first, "
            "or you can sign in to the site with another account."
        )
    is_new = account is None
    if account is None:
        account = Account(user_id=actor.user_id, provider=provider, provider_account_id=identity.account_id)
        session.add(account)
    before = None if is_new else account.state.value
    _bring_up_to_date(account, identity, pair, now)
    session.flush()
    _choose_default(session, account)
    _name_in_the_house(session, actor, identity)
    for topic in (reconnect_topic(account.id), expiring_topic(account.id)):
        mark_read(session, actor.user_id, topic=topic, now=now)
    record(
        session, actor, "account.connected" if is_new else "account.reconnected", account.id,
        before=None if before is None else {"state": before},
        after={"state": AccountState.CONNECTED.value, "provider": provider, "username": identity.username}, now=now,
    )  # fmt: skip
    return Connected(account.id, account.username, provider, is_new)


def challenge_of(verifier: str) -> str:
    """The S256 challenge (RFC 7636, section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _take(session: Session, actor: Actor, state: str, now: datetime) -> _Journey:
    # Taken away and read in one statement: of two who come with the same state, one gets in.
    row = session.execute(
        delete(VerificationToken)
        .where(
            VerificationToken.token == _digest(state),
            VerificationToken.identifier.startswith(f"{PURPOSE}:{actor.user_id}:"),
        )
        .returning(VerificationToken.identifier, VerificationToken.expires, VerificationToken.payload)
    ).one_or_none()
    if row is None or row.expires <= now or row.payload is None:
        raise ConnectRefused("This way back is too old or was used already. Start again with the button on Accounts.")
    kept = json.loads(row.payload)
    provider = row.identifier.rsplit(":", 1)[1]
    return _Journey(provider, kept["verifier"], kept["redirect_uri"], kept.get("with_extras", False))


def _bring_up_to_date(account: Account, identity: RemoteIdentity, pair: TokenPair, now: datetime) -> None:
    for name, value in pair_values(pair, now).items():
        setattr(account, name, value)
    account.username = identity.username
    account.avatar_url = identity.avatar_url


def _choose_default(session: Session, account: Account) -> None:
    other = select(Account.id).where(
        Account.user_id == account.user_id, Account.is_default.is_(True), Account.id != account.id
    )
    if session.scalar(other.limit(1)) is None:
        make_default(session, account)


def _name_in_the_house(session: Session, actor: Actor, identity: RemoteIdentity) -> None:
    """The first identity a person links is the one they are known by here, unless somebody else is already."""
    membership = session.scalar(select(InstanceUser).where(InstanceUser.user_id == actor.user_id))
    if membership is None or membership.da_user_id is not None:
        return
    taken = session.scalar(select(InstanceUser.id).where(InstanceUser.da_user_id == identity.account_id))
    if taken is None:
        membership.da_user_id = identity.account_id
        membership.da_username = identity.username
        membership.da_avatar = identity.avatar_url
        session.flush()


def _site(sites: Mapping[str, OAuthSite], provider: str) -> OAuthSite:
    site = sites.get(provider)
    if site is None:
        raise SiteNotConfigured("This site is not set up here. The Accounts page says how to do it.")
    return site


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
