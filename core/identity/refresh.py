"""One refresh of one account's tokens: lease, call, store.

A refresh token works once. Whoever refreshes first takes a dated lease on the account's row, no
transaction is open during the call, and the new pair is stored before anybody uses it. The sealed
text of the refresh token serves as the version of the pair: every sealing differs, so "still the
same" means that nobody stored another pair in between.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, Text, and_, or_, select, type_coerce, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from core.clock import SKEW
from core.db.engine import Database, DatabaseUnavailableError
from core.identity.account_errors import AccountNeedsReconnect, AccountNotFound, RefreshUnderWay, SiteNotConfigured
from core.identity.models import Account, AccountState
from core.identity.providers import OAuthRefused, OAuthSite, OAuthUnreachable, TokenPair
from core.system.actors import Actor
from core.system.audit import record
from core.system.notifications import mark_read, notify

LEASE = timedelta(seconds=60)
ACCOUNTS_PAGE = "/accounts"
# Seconds between the tries to store a new pair while the database is away: two minutes in all.
PAUSES = (0.5, 1, 2, *[4] * 30)

log = structlog.get_logger(__name__)
_A = Account.metadata.tables["accounts"]
_SEALED = type_coerce(_A.c.refresh_token, Text)
_TOKENS = select(
    _A.c.id,
    _A.c.user_id,
    _A.c.provider,
    _A.c.username,
    _A.c.state,
    _A.c.state_reason,
    _A.c.access_token,
    _A.c.expires_at,
    _SEALED.label("sealed"),
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What is stored of an account's access; ``sealed`` is the version of the pair."""

    account_id: str
    user_id: str
    provider: str
    username: str
    access_token: str | None
    expires_at: datetime | None
    sealed: str | None

    def is_good_for(self, ahead: timedelta, now: datetime) -> bool:
        return self.access_token is not None and self.expires_at is not None and self.expires_at > now + ahead


def reconnect_topic(account_id: str) -> str:
    return f"account.reconnect:{account_id}"


def expiring_topic(account_id: str) -> str:
    return f"account.expiring:{account_id}"


def read_tokens(database: Database, account_id: str) -> Tokens:
    """The stored access. Raises ``AccountNotFound``, or ``AccountNeedsReconnect`` when it cannot be used."""
    with database.read() as session:
        row = session.execute(_TOKENS.where(_A.c.id == account_id)).one_or_none()
    if row is None:
        raise AccountNotFound("This account is not linked here any more.")
    if row.state is not AccountState.CONNECTED:
        raise AccountNeedsReconnect(row.state_reason or f"{row.username} is not connected. Connect it on Accounts.")
    return Tokens(row.id, row.user_id, row.provider, row.username, row.access_token, row.expires_at, row.sealed)


def refresh(database: Database, seen: Tokens, sites: Mapping[str, OAuthSite], *, now: datetime, holder: str) -> str:
    """Refresh the pair that ``seen`` describes; the new access token, stored already.

    Raises ``RefreshUnderWay`` when somebody else holds the lease or was first, ``AccountNeedsReconnect``
    when the site refuses, ``OAuthUnreachable`` when it does not answer.
    """
    site = sites.get(seen.provider)
    if site is None:
        raise SiteNotConfigured(f"{seen.username} belongs to {seen.provider}, which is not set up here.")
    lock_id = f"{holder[:40]}:{secrets.token_hex(8)}"
    refresh_token = _take_lease(database, seen, lock_id, now)
    try:
        pair = site.refresh(refresh_token, now=now)
    except OAuthRefused as error:
        _cut_off(database, seen, lock_id, str(error), now)
        raise AccountNeedsReconnect(str(error)) from error
    except OAuthUnreachable as error:
        _release(database, seen, lock_id)
        log.warning(
            "Refresh got no answer", account_id=seen.account_id, token_spent_possible=error.token_spent_possible
        )
        raise
    except Exception:
        _release(database, seen, lock_id)
        raise
    _store_surely(database, seen, pair, now)
    return pair.access_token


def _take_lease(database: Database, seen: Tokens, lock_id: str, now: datetime) -> str:
    # A lease from the future was taken before the clock was put back.
    held = _A.c.refresh_locked_at.between(now - LEASE, now + SKEW)
    free = or_(_A.c.refresh_lock_id.is_(None), ~held)
    with database.connection() as connection:
        taken = connection.execute(
            update(_A)
            .where(_unchanged(seen), _A.c.state == AccountState.CONNECTED, free)
            .values(refresh_lock_id=lock_id, refresh_locked_at=now)
            .returning(_A.c.refresh_token)
        ).one_or_none()
    if taken is None:
        raise RefreshUnderWay
    if taken.refresh_token is None:
        reason = "The saved access has ended and cannot be renewed. Connect the account again."
        _cut_off(database, seen, lock_id, reason, now)
        raise AccountNeedsReconnect(reason)
    return str(taken.refresh_token)


def _store_surely(database: Database, seen: Tokens, pair: TokenPair, now: datetime) -> None:
    """Store the pair through an outage of the database: it is known here alone, and the old one is spent."""
    for pause in PAUSES:
        try:
            return _store(database, seen, pair, now)
        except DatabaseUnavailableError:
            log.warning("A new pair of tokens could not be stored yet.", account_id=seen.account_id)
            time.sleep(pause)
    return _store(database, seen, pair, now)


def _store(database: Database, seen: Tokens, pair: TokenPair, now: datetime) -> None:
    """Write the new pair and give the lease back, in one transaction.

    The lease is not asked for: should it have run out and another been refused meanwhile, this
    pair is the one that works. Only a pair stored by somebody else, or a disconnect, stands above it.
    """
    values = pair_values(pair, now)
    if pair.refresh_token is None:  # a site that gives no new one lets the old one live on
        del values["refresh_token"], values["refresh_token_expires_at"]
    with database.session() as session:
        stored = session.execute(
            update(_A)
            .where(_unchanged(seen), _A.c.state != AccountState.DISCONNECTED)
            .values(values)
            .returning(_A.c.id)
        ).one_or_none()
        if stored is not None:
            mark_read(session, seen.user_id, topic=reconnect_topic(seen.account_id), now=now)
            mark_read(session, seen.user_id, topic=expiring_topic(seen.account_id), now=now)
    if stored is None:
        raise RefreshUnderWay  # what is stored now is newer than ours: the caller reads it
    log.info("Access was renewed", account_id=seen.account_id, provider=seen.provider)


def pair_values(pair: TokenPair, now: datetime) -> dict[str, object]:
    """The columns that a good pair sets; the warnings are armed again."""
    return {
        "access_token": pair.access_token,
        "refresh_token": pair.refresh_token,
        "expires_at": pair.expires_at,
        "refresh_token_expires_at": pair.refresh_expires_at,
        "token_type": pair.token_type,
        "scope": pair.scope,
        "state": AccountState.CONNECTED,
        "state_reason": None,
        "last_refresh_token_refresh": now,
        "refresh_token_warning_email_sent": False,
        "refresh_token_expired_email_sent": False,
        "refresh_lock_id": None,
        "refresh_locked_at": None,
    }


def _cut_off(database: Database, seen: Tokens, lock_id: str, reason: str, now: datetime) -> None:
    """The site said no: the account waits for its owner, and its posts with it."""
    mine = and_(_unchanged(seen), _A.c.refresh_lock_id == lock_id)
    with database.session() as session:
        changed = session.execute(
            update(_A)
            .where(mine, _A.c.state == AccountState.CONNECTED)
            .values(refresh_lock_id=None, refresh_locked_at=None)
            .returning(_A.c.id)
        ).one_or_none()
        if changed is not None:
            require_reconnect(session, seen.account_id, seen.user_id, seen.username, reason, now=now)


def require_reconnect(
    session: Session, account_id: str, user_id: str, username: str, reason: str, *, now: datetime
) -> None:
    """Put an account on ``reconnect`` and tell its owner once. Scheduled posts keep their times and wait."""
    session.execute(update(_A).where(_A.c.id == account_id).values(state=AccountState.RECONNECT, state_reason=reason))
    notify(
        session,
        user_id,
        reconnect_topic(account_id),
        f"Reconnect {username}",
        body=f"{reason} Its scheduled posts keep their times and go out once it is connected.",
        link=ACCOUNTS_PAGE,
        level="error",
        now=now,
    )
    record(
        session, Actor.sidecar(user_id), "account.reconnect_needed", account_id,
        before={"state": AccountState.CONNECTED.value}, after={"state": AccountState.RECONNECT.value},
        reason=reason, now=now,
    )  # fmt: skip
    log.warning("Account needs to be reconnected", account_id=account_id)


def _release(database: Database, seen: Tokens, lock_id: str) -> None:
    with database.connection() as connection:
        _give_back(connection, seen.account_id, lock_id)


def _give_back(connection: Connection, account_id: str, lock_id: str) -> None:
    connection.execute(
        update(_A)
        .where(_A.c.id == account_id, _A.c.refresh_lock_id == lock_id)
        .values(refresh_lock_id=None, refresh_locked_at=None)
    )


def _unchanged(seen: Tokens) -> ColumnElement[bool]:
    return and_(_A.c.id == seen.account_id, _SEALED.is_not_distinct_from(seen.sealed))
