"""What the list shows, read in one transaction; and keeping rows in their places while only their states change."""

from dataclasses import dataclass
from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identity import accounts
from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing import listing
from core.publishing.listing import Counts, DeviationPage, DeviationView
from core.runtime import get_runtime
from core.ui.content.query import PAGE_SIZE, Query

_KEPT = "content.kept"


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of posts with everything around it."""

    page: DeviationPage
    counts: Counts
    accounts: tuple[Account, ...]
    now: datetime

    @property
    def rows(self) -> tuple[DeviationView, ...]:
        return self.page.rows

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(row.id for row in self.page.rows)


@dataclass(frozen=True, slots=True)
class _Kept:
    query: Query
    page: DeviationPage


def read_list(user: SignedIn, query: Query) -> Listed:
    """Read the list; after ``keep_places`` the same rows as before in their places, as they are now."""
    runtime, now = get_runtime(), utc_now()
    kept: _Kept | None = st.session_state.pop(_KEPT, None)
    with runtime.database.read() as session:
        if kept is not None and kept.query == query:
            page = refreshed(session, kept.page, now)
        else:
            page = listing.list_deviations(
                session,
                user.actor,
                query.wanted,
                order=query.order,
                page=query.page,
                page_size=PAGE_SIZE,
                now=now,
                lease_seconds=runtime.settings.lease_seconds,
            )
        counts = listing.count_by_status(session, user.actor)
        linked = tuple(accounts.list_accounts(session, user.actor))
    return Listed(page, counts, linked, now)


def refreshed(session: Session, page: DeviationPage, now: datetime) -> DeviationPage:
    """The same rows, as they are now; what is gone meanwhile is left out."""
    ids = [row.id for row in page.rows]
    rows = listing.views_of(session, ids, now=now, lease_seconds=get_runtime().settings.lease_seconds)
    return DeviationPage(rows, page.total, page.number, page.size)


def keep_places(query: Query, page: DeviationPage) -> None:
    """Let the next run show these rows again, so that nothing moves under a person's hand."""
    st.session_state[_KEPT] = _Kept(query, page)
