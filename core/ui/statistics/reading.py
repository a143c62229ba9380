"""What the Statistics screen shows, read once for many clicks."""

from datetime import timedelta

import streamlit as st

from core.clock import utc_now
from core.identity.accounts import list_accounts
from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing.listing import DeviationView, views_of
from core.publishing.statistics.history import Statistics, read_statistics
from core.runtime import get_runtime
from core.system.actors import Actor

# Counts come hourly at most; changing the order of a table must not add up ten thousand works again.
_FRESH = timedelta(minutes=1)


def statistics_of(user: SignedIn, days: int) -> Statistics:
    """The figures of the last ``days`` days, at most a minute old."""
    return _statistics(get_runtime().settings.resolved_database_url, user.actor.user_id, days, user.timezone)


@st.cache_data(ttl=_FRESH, max_entries=50, show_spinner=False)
def _statistics(database_url: str, user_id: str, days: int, timezone: str) -> Statistics:
    # The address keeps installations of one process (as in tests) apart.
    with get_runtime().database.read() as session:
        return read_statistics(session, Actor.person(user_id), days=days, zone=timezone, now=utc_now())


def accounts_of(user: SignedIn) -> list[Account]:
    with get_runtime().database.read() as session:
        return list_accounts(session, user.actor)


def covers_of(ids: list[str]) -> dict[str, DeviationView]:
    """The posts ``ids``, which are known to be the person's, for their pictures."""
    with get_runtime().database.read() as session:
        return {view.id: view for view in views_of(session, ids, now=utc_now())}
