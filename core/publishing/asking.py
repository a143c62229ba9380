"""Asking a site something for a person who waits in front of a screen, behind everything that publishing needs.

The account's pace is shared with its posts. A call for a screen takes a slot only when one is free
within a few seconds and no post of the account comes due before the slot after it; else it is
refused at once, and whoever asked shows what is known from before.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.identity import pacing, tokens
from core.identity.account_errors import AccountNeedsReconnect, SiteNotConfigured
from core.identity.models import Account, AccountState
from core.publishing.models import Deviation
from core.publishing.providers import ErrorCategory, ProviderError
from core.publishing.site import Site
from core.publishing.states import QUEUED

PATIENCE_SECONDS = 4.0
TOKEN_WAIT_SECONDS = 5.0
POLL_SECONDS = 0.1
HOLDER = "screen"
# A post that is due for longer than this and was not put off has nobody who publishes it: it holds up nothing.
ABANDONED_AFTER = timedelta(minutes=10)

T = TypeVar("T")
Call = Callable[[Site, str], T]


@dataclass(frozen=True, slots=True)
class Line:
    """What a call goes through: ``floor_seconds`` is the shortest pause between two calls of one account."""

    database: Database
    sites: Mapping[str, Site]
    floor_seconds: float
    patience_seconds: float = PATIENCE_SECONDS


def ask(line: Line, account: Account, call: Call[T], *, now: datetime) -> T:
    """Make one call with the account's token: ``call`` is given the site and the token.

    Waits a few seconds for the account's pace; no transaction may be open. A token that is refused is
    renewed, and the call made once more. Raises ``ProviderError`` (``RATE_LIMITED`` when no slot was
    free), ``SiteNotConfigured`` and the errors of ``tokens.usable_token``.
    """
    site = line.sites.get(account.provider)
    if site is None:
        raise SiteNotConfigured("The account's site is not set up here. The Accounts page says how to do it.")
    if account.state is not AccountState.CONNECTED:
        raise AccountNeedsReconnect(f"{account.username} must be connected again first. Go to Accounts.")
    clock = _Clock(now)
    token = tokens.usable_token(
        line.database, account.id, line.sites, now=now, holder=HOLDER, wait_seconds=TOKEN_WAIT_SECONDS
    )
    _take_slot(line, account, clock)
    try:
        answer = _call(line, account, call, site, token, clock)
    except ProviderError as error:
        # A missing scope is 403: another token would not have it either.
        if error.category is not ErrorCategory.AUTH or error.http_status != 401:
            raise
        token = tokens.force_refresh(
            line.database, account.id, line.sites, used_token=token, now=clock(), holder=HOLDER
        )
        _take_slot(line, account, clock)
        answer = _call(line, account, call, site, token, clock)
    return answer


class _Clock:
    """``now`` as it was given, and what has passed since."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._started = time.monotonic()

    def __call__(self) -> datetime:
        return self._now + timedelta(seconds=time.monotonic() - self._started)


def _call(line: Line, account: Account, call: Call[T], site: Site, token: str, clock: _Clock) -> T:
    try:
        answer = call(site, token)
    except ProviderError as error:
        _slow_down(line, account.id, error, clock)
        raise
    if (account.call_gap_seconds or 0) > line.floor_seconds:
        with line.database.connection() as connection:
            pacing.record_success(connection, account.id, floor_seconds=line.floor_seconds)
    return answer


def _take_slot(line: Line, account: Account, clock: _Clock) -> None:
    """Wait for a slot without standing in line for it: whoever publishes reserves, and is never put back."""
    patience = clock() + timedelta(seconds=line.patience_seconds)
    while True:
        now = clock()
        with line.database.read() as session:
            free_at = pacing.peek_next_call(session, account.id, now=now)
        if free_at > max(patience, now):
            raise _busy(account, (free_at - now).total_seconds())
        if free_at <= now + pacing.RESOLUTION and _take(line, account, now):
            return
        if clock() >= patience:
            raise _busy(account, max(line.floor_seconds, account.call_gap_seconds or 0.0))
        time.sleep(min(POLL_SECONDS, max((free_at - now).total_seconds(), 0.02)))


def _take(line: Line, account: Account, now: datetime) -> bool:
    gap = max(line.floor_seconds, account.call_gap_seconds or 0.0)
    with line.database.read() as session:
        if _has_post_due(session, account.id, now - ABANDONED_AFTER, now + timedelta(seconds=gap)):
            return False
    with line.database.connection() as connection:
        return pacing.take_call(connection, account.id, now=now, floor_seconds=line.floor_seconds)


def _has_post_due(session: Session, account_id: str, since: datetime, until: datetime) -> bool:
    due = exists().where(
        Deviation.account_id == account_id,
        Deviation.status.in_(sorted(QUEUED)),
        Deviation.deleted_at.is_(None),
        Deviation.hold_reason.is_(None),
        Deviation.due_at.between(since, until),
    )
    return bool(session.scalar(select(due)))


def _busy(account: Account, seconds: float) -> ProviderError:
    return ProviderError(
        f"Calls for {account.username} are spaced, and its posts go first. Try again in {max(round(seconds), 1)} s.",
        ErrorCategory.RATE_LIMITED,
        retry_after=seconds,
    )


def _slow_down(line: Line, account_id: str, error: ProviderError, clock: _Clock) -> None:
    note = {
        ErrorCategory.RATE_LIMITED: pacing.record_throttled,
        ErrorCategory.OUTAGE: pacing.record_outage,
    }.get(error.category)
    if note is not None:
        with line.database.connection() as connection:
            note(connection, account_id, now=clock(), floor_seconds=line.floor_seconds, retry_after=error.retry_after)
