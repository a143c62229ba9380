"""A person's linked accounts: look, choose the default, agree to the site's terms, disconnect."""

from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.errors import AtelierError
from core.identity.account_errors import AccountNeedsReconnect, AccountNotFound
from core.identity.models import Account, AccountState
from core.identity.providers import OAuthSite
from core.identity.refresh import expiring_topic, reconnect_topic
from core.system.actors import Actor
from core.system.audit import record
from core.system.notifications import mark_read

log = structlog.get_logger(__name__)


def list_accounts(session: Session, actor: Actor) -> list[Account]:
    """The person's accounts: the default first, then by name; disconnected ones last."""
    accounts = session.scalars(select(Account).where(Account.user_id == actor.user_id))
    return sorted(
        accounts,
        key=lambda one: (one.state is AccountState.DISCONNECTED, not one.is_default, one.username.casefold(), one.id),
    )


def get_account(session: Session, actor: Actor, account_id: str, *, lock: bool = False) -> Account:
    """One of the person's accounts; raises ``AccountNotFound`` for anybody else's. ``lock`` is for changing it."""
    query = select(Account).where(Account.id == account_id, Account.user_id == actor.user_id)
    account = session.scalar(query.with_for_update() if lock else query)
    if account is None:
        raise AccountNotFound("There is no such account. Reload the page.")
    return account


def find_default(session: Session, actor: Actor) -> Account | None:
    """The account that new posts go out with; ``None`` when nothing is connected."""
    return session.scalar(select(Account).where(Account.user_id == actor.user_id, Account.is_default.is_(True)))


def set_default(session: Session, actor: Actor, account_id: str, *, now: datetime) -> Account:
    """Let new posts go out with this account."""
    account = get_account(session, actor, account_id, lock=True)
    if account.state is AccountState.DISCONNECTED:
        raise AccountNeedsReconnect(f"{account.username} is disconnected. Connect it first.")
    if not account.is_default:
        make_default(session, account)
        record(session, actor, "account.made_default", account.id, after={"is_default": True}, now=now)
    return account


def make_default(session: Session, account: Account) -> None:
    """Make ``account`` its owner's only default."""
    session.execute(
        update(Account)
        .where(Account.user_id == account.user_id, Account.is_default.is_(True), Account.id != account.id)
        .values(is_default=False)
    )
    account.is_default = True
    session.flush()


def record_agreements(
    session: Session, actor: Actor, account_id: str, *, submission: bool, terms: bool, now: datetime
) -> Account:
    """Note what the account's owner agrees to: the site's submission policy and its terms of service.

    The first agreement's time stays; taking one back clears it.
    """
    account = get_account(session, actor, account_id, lock=True)
    before = _agreements(account)
    account.agreed_submission_at = (account.agreed_submission_at or now) if submission else None
    account.agreed_terms_at = (account.agreed_terms_at or now) if terms else None
    session.flush()
    after = _agreements(account)
    if after != before:
        record(session, actor, "account.agreements_changed", account.id, before=before, after=after, now=now)
    return account


def disconnect(
    database: Database, sites: Mapping[str, OAuthSite], actor: Actor, account_id: str, *, now: datetime
) -> bool:
    """Forget the account's tokens, then end the access at the site; ``False`` when the site could not be told.

    Makes a call, so no transaction may be open. Scheduled posts keep their times and wait.
    """
    with database.session() as session:
        account = get_account(session, actor, account_id, lock=True)
        if account.state is AccountState.DISCONNECTED:
            return True
        token, provider = account.refresh_token or account.access_token, account.provider
        _wipe(session, account)
        record(
            session, actor, "account.disconnected", account.id,
            after={"state": AccountState.DISCONNECTED.value, "username": account.username}, now=now,
        )  # fmt: skip
        for topic in (reconnect_topic(account.id), expiring_topic(account.id)):
            mark_read(session, account.user_id, topic=topic, now=now)
    return _revoke(sites.get(provider), token, account_id)


def _wipe(session: Session, account: Account) -> None:
    account.access_token = account.refresh_token = account.id_token = None
    account.expires_at = account.refresh_token_expires_at = None
    account.refresh_lock_id = account.refresh_locked_at = None
    account.state, account.state_reason = AccountState.DISCONNECTED, None
    if account.is_default:
        account.is_default = False
        _choose_default(session, account.user_id, other_than=account.id)
    session.flush()


def _choose_default(session: Session, user_id: str, *, other_than: str) -> None:
    others = select(Account).where(
        Account.user_id == user_id, Account.id != other_than, Account.state != AccountState.DISCONNECTED
    )
    heir = session.scalars(others.order_by(Account.created_at, Account.id).limit(1)).one_or_none()
    if heir is not None:
        heir.is_default = True


def _revoke(site: OAuthSite | None, token: str | None, account_id: str) -> bool:
    if site is None or token is None:
        return False
    try:
        site.revoke(token)
    except AtelierError as error:
        log.warning("The site could not be told of a disconnect", account_id=account_id, reason=str(error))
        return False
    return True


def _agreements(account: Account) -> dict[str, str | None]:
    return {
        "agreed_submission_at": account.agreed_submission_at.isoformat() if account.agreed_submission_at else None,
        "agreed_terms_at": account.agreed_terms_at.isoformat() if account.agreed_terms_at else None,
    }
