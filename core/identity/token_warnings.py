"""Telling people in time that an account's access ends, once per connection."""

from datetime import datetime, timedelta

from sqlalchemy import select

from core.db.engine import Database
from core.identity.models import Account, AccountState
from core.identity.refresh import ACCOUNTS_PAGE, expiring_topic, require_reconnect
from core.system.notifications import notify

WARN_AHEAD = timedelta(days=14)

_A = Account.__table__


def warn_of_endings(database: Database, *, now: datetime) -> int:
    """Warn of refresh tokens that end within 14 days, hold accounts whose token has ended; how many were told."""
    ending = (
        select(_A.c.id)
        .where(
            _A.c.state == AccountState.CONNECTED,
            _A.c.refresh_token_expires_at <= now + WARN_AHEAD,
            _A.c.refresh_token_warning_email_sent.is_(False) | (_A.c.refresh_token_expires_at <= now),
        )
        .limit(200)
    )
    with database.read() as session:  # nothing to say is the rule: do not open a write for it
        ids = list(session.scalars(ending))
    for account_id in ids:
        _tell(database, account_id, now=now)
    return len(ids)


def _tell(database: Database, account_id: str, *, now: datetime) -> None:
    with database.session() as session:
        # A person or another process may have come first: decide from the row, in the transaction that writes.
        account = session.scalar(select(Account).where(Account.id == account_id).with_for_update())
        if account is None or account.state is not AccountState.CONNECTED or account.refresh_token_expires_at is None:
            return
        left = account.refresh_token_expires_at - now
        if left <= timedelta(0):
            reason = "The saved access has ended. Connect the account again."
            account.refresh_token_expired_email_sent = True
            require_reconnect(session, account.id, account.user_id, account.username, reason, now=now)
        elif left <= WARN_AHEAD and not account.refresh_token_warning_email_sent:
            account.refresh_token_warning_email_sent = True
            notify(
                session,
                account.user_id,
                expiring_topic(account.id),
                f"The access to {account.username} ends in {max(left.days, 1)} days",
                body="It could not be renewed by itself. Reconnect the account so that scheduled posts keep going out.",
                link=ACCOUNTS_PAGE,
                level="warning",
                now=now,
            )
