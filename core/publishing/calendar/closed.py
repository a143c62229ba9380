"""When automations post nothing: a person's blackout windows as the calendar shows them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.identity.models import Account
from core.publishing.automations.limits import Blackouts
from core.publishing.automations.models import BlackoutWindow
from core.publishing.zones import zone_named
from core.system.actors import Actor


@dataclass(frozen=True, slots=True)
class Closed:
    """A time in which automations post nothing, for one account or for all of the person's (``None``)."""

    start: datetime
    end: datetime
    name: str
    account_name: str | None


def closed_times(
    session: Session, actor: Actor, start: datetime, end: datetime, *, zone: str, account_id: str | None = None
) -> tuple[Closed, ...]:
    """The windows that touch the time from ``start`` to ``end``, by their start; weekly ones in ``zone``.

    With ``account_id`` only those that count for this account.
    """
    query = select(BlackoutWindow, Account.username).outerjoin(Account, Account.id == BlackoutWindow.account_id)
    query = query.where(BlackoutWindow.user_id == actor.user_id, BlackoutWindow.enabled)
    if account_id is not None:
        query = query.where(BlackoutWindow.account_id.is_(None) | (BlackoutWindow.account_id == account_id))
    windows: defaultdict[str | None, list[BlackoutWindow]] = defaultdict(list)
    for window, username in session.execute(query):
        windows[username].append(window)
    found = [
        Closed(one.start, one.end, one.name, username)
        for username, some in windows.items()
        for one in Blackouts(some, zone_named(zone)).between(start, end)
    ]
    return tuple(sorted(found, key=lambda one: (one.start, one.end, one.name)))
