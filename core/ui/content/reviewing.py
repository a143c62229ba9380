"""Judging what programs delivered: one by one with the keyboard, or many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identity import accounts
from core.identity.models import Account
from core.identity.sessions import SignedIn
from core.publishing import listing, review, trash
from core.publishing.detail import DeviationDetail, get_detail
from core.publishing.listing import DeviationPage, Order
from core.publishing.models import DeviationStatus
from core.publishing.reports import BatchReport
from core.publishing.searching import DeviationFilter
from core.runtime import get_runtime
from core.ui.content.actions import Action, Doing
from core.ui.content.notices import Undo
from core.ui.content.query import PAGE_SIZE

AT = "at"
WAITING = DeviationFilter(statuses=(DeviationStatus.REVIEW,))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits to be judged, oldest first, and the one being looked at."""

    page: DeviationPage
    detail: DeviationDetail | None
    accounts: tuple[Account, ...]
    now: datetime

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(row.id for row in self.page.rows)

    @property
    def place(self) -> int:
        """Where the one being looked at stands on this page, from 0."""
        return self.ids.index(self.detail.view.id) if self.detail else 0


def read_waiting(user: SignedIn, *, page: int, at: str | None, with_detail: bool) -> Waiting:
    """Read the page and the post ``at``, or the first one when that is not there any more."""
    runtime, now = get_runtime(), utc_now()
    with runtime.database.read() as session:
        found = listing.list_deviations(
            session, user.actor, WAITING, order=Order.OLDEST, page=page, page_size=PAGE_SIZE, now=now
        )
        ids = [row.id for row in found.rows]
        here = at if at in ids else next(iter(ids), None)
        detail = get_detail(session, user.actor, here, now=now) if here and with_detail else None
        linked = tuple(accounts.list_accounts(session, user.actor))
    return Waiting(found, detail, linked, now)


def step_to(ids: Sequence[str], place: int) -> None:
    """Look at the post at ``place`` next; the last one when there are fewer."""
    if ids:
        st.query_params[AT] = ids[max(0, min(place, len(ids) - 1))]
    else:
        st.query_params.pop(AT, None)


def _approve(session: Session, doing: Doing, ids: Sequence[str]) -> tuple[BatchReport, Undo | None]:
    report = review.approve(session, doing.actor, ids, now=doing.now)
    done = [item.id for item in report.changed]
    return report, lambda session: review.undo_approve(session, doing.actor, done, now=utc_now())


def _reject(session: Session, doing: Doing, ids: Sequence[str]) -> tuple[BatchReport, Undo | None]:
    report = review.reject(session, doing.actor, ids, now=doing.now)
    gone = [item.id for item in report.changed]
    return report, lambda session: trash.restore(session, doing.actor, gone, now=utc_now())


APPROVE = Action("Approve", ":material/check:", "approved", _approve)
REJECT = Action("Reject", ":material/close:", "rejected and moved to the trash", _reject)
