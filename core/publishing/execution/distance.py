"""Keeping an account's posts apart when they go out, also those that come late together."""

from datetime import datetime, timedelta

from sqlalchemy import select

from core.db.base import table_of
from core.publishing.execution.ledger import Ledger
from core.publishing.models import Deviation
from core.publishing.spacing import anchor

_D = table_of(Deviation).c


def free_at(ledger: Ledger) -> datetime | None:
    """When the account's distance to its last post is over; ``None`` when that is now.

    Waiting is not a try. What was begun is finished, and what a person published now does not wait.
    """
    work = ledger.work
    minutes = work.row.min_gap_minutes
    if not minutes or work.row.ignores_gap or work.is_begun:
        return None
    gap = timedelta(minutes=minutes)
    last = select(_D.actual_publish_at, _D.published_at).where(
        _D.user_id == work.user_id,
        _D.account_id == work.account.id,
        _D.published_at > ledger.now - gap,
        _D.published_at <= ledger.now,  # one from the future: the clock was put back meanwhile
        _D.imported_at.is_(None),
    )
    free = [anchor(row.actual_publish_at, row.published_at) + gap for row in ledger.connection.execute(last)]
    return max((at for at in free if at > ledger.now), default=None)
