"""Access tokens that are good when they are used: refreshed before they end, by one at a time."""

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, column, exists, or_, select, table
from sqlalchemy.sql.elements import ColumnElement

from core.db.engine import Database
from core.db.types import PrefixedId, UtcDateTime
from core.identity import pacing
from core.identity.account_errors import AccountError, AccountNeedsReconnect, RefreshUnderWay
from core.identity.models import Account, AccountState
from core.identity.providers import OAuthSite, OAuthUnreachable
from core.identity.refresh import Tokens, read_tokens, refresh
from core.identity.token_warnings import warn_of_endings

REFRESH_AHEAD = timedelta(minutes=5)
# When the site cannot be asked, an access token is used until shortly before its end.
LAST_USE_AHEAD = timedelta(seconds=30)
POLL_SECONDS = 0.1

# The token keeper
KEEP_AHEAD = timedelta(minutes=10)
WORK_AHEAD = timedelta(hours=1)
RENEW_AFTER = timedelta(days=7)
RENEW_BEFORE_END = timedelta(days=30)
ACCOUNTS_PER_TICK = 200
KEEPER_THREADS = 8
SILENCES_PER_TICK = 3  # a site that did not answer this often is left alone until the next tick

log = structlog.get_logger(__name__)
_A = Account.metadata.tables["accounts"]
# Posts belong to a higher context; all that is needed here is which accounts have some due.
_POSTS = table(
    "deviations",
    column("account_id", PrefixedId("acc")),
    column("status"),
    column("due_at", UtcDateTime()),
    column("deleted_at", UtcDateTime()),
)
_QUEUED = ("scheduled", "uploading", "publishing")


def usable_token(
    database: Database,
    account_id: str,
    sites: Mapping[str, OAuthSite],
    *,
    now: datetime,
    holder: str,
    wait_seconds: float = 0.0,
) -> str:
    """The account's access token, refreshed first when it ends within five minutes.

    Makes a call, so no transaction may be open. ``holder`` names the process in the lease. Raises
    ``AccountNotFound``, ``AccountNeedsReconnect``, ``SiteNotConfigured``, ``OAuthUnreachable``, and
    ``RefreshUnderWay`` when another is still refreshing after ``wait_seconds``.
    """
    patience = time.monotonic() + wait_seconds
    while True:
        seen = read_tokens(database, account_id)
        if seen.is_good_for(REFRESH_AHEAD, now) and seen.access_token:
            return seen.access_token
        try:
            return _refresh_or_keep(database, seen, sites, now=now, holder=holder)
        except RefreshUnderWay:
            if time.monotonic() >= patience:
                return _stored_by_another(database, account_id, seen, now=now)
            time.sleep(POLL_SECONDS)


def force_refresh(
    database: Database,
    account_id: str,
    sites: Mapping[str, OAuthSite],
    *,
    used_token: str,
    now: datetime,
    holder: str,
) -> str:
    """A token to try after the site refused ``used_token`` although it had not ended.

    When another pair was stored since, that one is returned without a call. Raises as ``usable_token``.
    """
    seen = read_tokens(database, account_id)
    if seen.access_token and seen.access_token != used_token:
        return seen.access_token
    try:
        return refresh(database, seen, sites, now=now, holder=holder)
    except RefreshUnderWay:
        return _stored_by_another(database, account_id, seen, now=now)


def _refresh_or_keep(
    database: Database, seen: Tokens, sites: Mapping[str, OAuthSite], *, now: datetime, holder: str
) -> str:
    try:
        return refresh(database, seen, sites, now=now, holder=holder)
    except OAuthUnreachable as error:
        # Asked for fewer calls, the one that the token is wanted for should wait as well.
        if not error.throttled and seen.is_good_for(LAST_USE_AHEAD, now) and seen.access_token:
            return seen.access_token
        raise


def _stored_by_another(database: Database, account_id: str, seen: Tokens, *, now: datetime) -> str:
    current = read_tokens(database, account_id)
    if current.sealed != seen.sealed and current.is_good_for(LAST_USE_AHEAD, now) and current.access_token:
        return current.access_token
    raise RefreshUnderWay


def refresh_due_accounts(
    database: Database, sites: Mapping[str, OAuthSite], *, now: datetime, holder: str = "token-keeper"
) -> int:
    """Refresh what will be needed soon or is getting old, and warn of what ends; how many were refreshed.

    Soon: the access token ends within ten minutes and a post is due within the hour. Old: the refresh
    token is a week old or ends within 30 days. At most 200 accounts a tick, eight at a time.
    """
    due = _due_accounts(database, tuple(sites), now=now)
    refreshed = 0
    if due:
        keeper = _Keeper(database, sites, now, holder)
        with ThreadPoolExecutor(min(KEEPER_THREADS, len(due)), thread_name_prefix="token-keeper") as threads:
            refreshed = sum(threads.map(keeper.refresh_one, due))
    warn_of_endings(database, now=now)  # afterwards: what could be renewed needs no warning
    return refreshed


class _Keeper:
    """One tick over many accounts, from several threads."""

    def __init__(self, database: Database, sites: Mapping[str, OAuthSite], now: datetime, holder: str) -> None:
        self._database = database
        self._sites = sites
        self._now = now
        self._holder = holder
        self._silences: Counter[str] = Counter()
        self._lock = threading.Lock()

    def refresh_one(self, account_id: str) -> bool:
        """Refresh one account; ``False`` when it did not come to it. Never raises: one must not stop the others."""
        try:
            seen = read_tokens(self._database, account_id)
            if self._is_silent(seen.provider):
                return False
            try:
                refresh(self._database, seen, self._sites, now=self._now, holder=self._holder)
            except OAuthUnreachable as error:
                if error.throttled:
                    self._slow_down(account_id, error.retry_after)
                with self._lock:
                    self._silences[seen.provider] += 1
                return False
        except (RefreshUnderWay, AccountNeedsReconnect):
            return False  # somebody else is at it, or its owner has just been told
        except AccountError as error:
            log.warning("Account was not refreshed", account_id=account_id, reason=str(error))
            return False
        except Exception:
            log.exception("Refreshing an account failed", account_id=account_id)
            return False
        return True

    def _slow_down(self, account_id: str, retry_after: float | None) -> None:
        with self._database.connection() as connection:
            pacing.record_throttled(connection, account_id, now=self._now, floor_seconds=0, retry_after=retry_after)

    def _is_silent(self, provider: str) -> bool:
        with self._lock:
            return self._silences[provider] >= SILENCES_PER_TICK


def _due_accounts(database: Database, providers: Sequence[str], *, now: datetime) -> list[str]:
    query = (
        select(_A.c.id)
        .where(
            _A.c.state == AccountState.CONNECTED,
            _A.c.provider.in_(providers),
            _A.c.refresh_token.is_not(None),
            or_(_A.c.next_call_at.is_(None), _A.c.next_call_at <= now),  # asked to wait, it waits for this too
            or_(
                and_(_A.c.expires_at <= now + KEEP_AHEAD, _has_work_soon(now)),
                _A.c.last_refresh_token_refresh <= now - RENEW_AFTER,
                and_(
                    _A.c.refresh_token_expires_at <= now + RENEW_BEFORE_END,
                    # Once a day is enough for a site that gives shorter lives than these.
                    _A.c.last_refresh_token_refresh <= now - timedelta(days=1),
                ),
            ),
        )
        .order_by(_A.c.expires_at)
        .limit(ACCOUNTS_PER_TICK)
    )
    with database.read() as session:
        return list(session.scalars(query))


def _has_work_soon(now: datetime) -> ColumnElement[bool]:
    return exists().where(
        _POSTS.c.account_id == _A.c.id,
        _POSTS.c.status.in_(_QUEUED),
        _POSTS.c.deleted_at.is_(None),
        _POSTS.c.due_at <= now + WORK_AHEAD,
    )
