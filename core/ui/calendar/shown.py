"""Everything the Calendar shows, read in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identity import accounts
from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing.automations.forecast import Forecast
from core.publishing.calendar.closed import Closed, closed_times
from core.publishing.calendar.entries import AutomationView, Entry, Kind
from core.publishing.calendar.foresight import Foresight, foresee
from core.publishing.calendar.periods import Span, day_bounds, hour_bounds
from core.publishing.calendar.reading import (
    Shelf,
    automations_of,
    count_unplanned,
    list_unplanned,
    read_shelves,
)
from core.publishing.listing import Counts, DeviationView, count_by_status
from core.publishing.zones import zone_named
from core.runtime import get_runtime
from core.ui.calendar.query import Query

PER_DAY, PER_HOUR, PER_PAGE = 3, 3, 50
DRAFTS_SHOWN = 24
# Further ahead the drafts have long been used up, or nobody can say any more.
FORESIGHT = timedelta(days=92)
_MOST = 10_000
_KEPT = "calendar.foresight"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown. ``shelves`` are days, hours in a week, and one page in lists."""

    shelves: tuple[Shelf, ...]
    closed: tuple[Closed, ...]
    automations: tuple[AutomationView, ...]
    accounts: tuple[Account, ...]
    drafts: tuple[DeviationView, ...]
    unplanned: int
    counts: Counts
    now: datetime

    @property
    def total(self) -> int:
        return sum(shelf.total for shelf in self.shelves)


def read_shown(user: SignedIn, query: Query) -> Shown:
    """Read what ``query`` asks for."""
    runtime, now = get_runtime(), utc_now()
    zone = zone_named(user.timezone)
    bounds, each, skip = _layout(query, zone)
    lease_seconds = runtime.settings.lease_seconds
    with runtime.database.read() as session:
        forecast = _forecast(session, user, query, bounds[-1], now)
        return Shown(
            shelves=read_shelves(
                session, user.actor, bounds, query.wanted, forecast=forecast, each=each, skip=skip, now=now,
                lease_seconds=lease_seconds,
            ),
            closed=closed_times(
                session, user.actor, bounds[0], bounds[-1], zone=user.timezone, account_id=query.account_id
            ),
            automations=automations_of(session, user.actor),
            accounts=tuple(accounts.list_accounts(session, user.actor)),
            drafts=list_unplanned(session, user.actor, limit=DRAFTS_SHOWN, now=now, lease_seconds=lease_seconds)
            if query.shows_drafts
            else (),
            unplanned=count_unplanned(session, user.actor),
            counts=count_by_status(session, user.actor),
            now=now,
        )  # fmt: skip


def read_everything(user: SignedIn, query: Query) -> tuple[Entry, ...]:
    """All entries of the period, for a file."""
    runtime, now = get_runtime(), utc_now()
    days = day_bounds(query.period.dates, zone_named(user.timezone))
    bounds = (days[0], days[-1])
    with runtime.database.read() as session:
        (shelf,) = read_shelves(
            session, user.actor, bounds, query.wanted, forecast=_forecast(session, user, query, bounds[-1], now),
            each=_MOST, now=now, lease_seconds=runtime.settings.lease_seconds,
        )  # fmt: skip
    return shelf.entries


def _layout(query: Query, zone: ZoneInfo) -> tuple[tuple[datetime, ...], int, int]:
    """The bounds of the shelves, how much stands on each, and how much was on the pages before."""
    dates = query.period.dates
    if query.span is Span.MONTH:
        return day_bounds(dates, zone), PER_DAY, 0
    if query.span is Span.WEEK:
        return hour_bounds(dates, zone), PER_HOUR, 0
    days = day_bounds(dates, zone)
    return (days[0], days[-1]), PER_PAGE, (query.page - 1) * PER_PAGE


def _forecast(session: Session, user: SignedIn, query: Query, end: datetime, now: datetime) -> Forecast | None:
    """What automations will do in the period, if anybody wants to see it; kept while somebody leafs through it."""
    if end <= now or not query.wanted.has(Kind.FORESEEN):
        return None
    until = min(end, now + FORESIGHT)
    kept: dict[str, Foresight] = st.session_state.setdefault(_KEPT, {})
    kept[user.user_id] = foresee(session, user.actor, kept.get(user.user_id), until=until, now=now)
    return kept[user.user_id].forecast


def today_of(user: SignedIn) -> date:
    """The day it is for this person."""
    return utc_now().astimezone(zone_named(user.timezone)).date()
