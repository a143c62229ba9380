"""What can be done to posts from a list: one entry for each, with how to take it back."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.identity.sessions import SignedIn
from core.publishing import cancelling, deviations, listing, scheduling, trash
from core.publishing.access import load_posts
from core.publishing.errors import PublishingError
from core.publishing.models import DeviationStatus
from core.publishing.reports import BatchReport, ItemOutcome, ItemResult
from core.publishing.scheduling import SchedulePlan
from core.runtime import get_runtime
from core.system.actors import Actor
from core.ui.content.homes import give_default_account
from core.ui.content.notices import Undo, leave, notice_of, working
from core.ui.content.query import View
from core.ui.errors import guarded

# Not for secrets: only to keep posts from going out on the very minute.
rng = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Doing:
    """Who acts, when, and how long a silent worker keeps its post."""

    actor: Actor
    now: datetime
    lease_seconds: float


Run = Callable[[Session, Doing, Sequence[str]], tuple[BatchReport, Undo | None]]


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do to posts; ``done`` completes *3 posts were …*."""

    label: str
    icon: str
    done: str
    run: Run

    @property
    def text(self) -> str:
        return f"{self.icon} {self.label}"


def perform(user: SignedIn, action: Action, ids: Sequence[str]) -> None:
    """Do it, leave a notice, and run the screen again; refusals of all posts at once are shown on the spot."""
    settings = get_runtime().settings
    doing = Doing(user.actor, utc_now(), settings.lease_seconds)
    with guarded():
        with working(len(ids)), get_runtime().database.session() as session:
            report, undo = action.run(session, doing, ids)
        leave(notice_of(report, action.done, undo=undo))
        st.rerun()


def undo_with(user: SignedIn, run: Callable[[Session, Doing], BatchReport]) -> Undo:
    """An undo that acts when it is asked to, not when it was offered."""
    lease_seconds = get_runtime().settings.lease_seconds
    return lambda session: run(session, Doing(user.actor, utc_now(), lease_seconds))


def _later(doing: Doing, run: Callable[[Session, Doing], BatchReport]) -> Undo:
    return lambda session: run(session, Doing(doing.actor, utc_now(), doing.lease_seconds))


def _publish_now(session: Session, doing: Doing, ids: Sequence[str]) -> tuple[BatchReport, Undo | None]:
    were_drafts = _all_were(session, doing, ids, DeviationStatus.DRAFT)
    give_default_account(session, doing.actor, ids, now=doing.now, lease_seconds=doing.lease_seconds)
    report = scheduling.publish_now(session, doing.actor, ids, now=doing.now, lease_seconds=doing.lease_seconds)
    return report, _later(doing, _cancelling(_changed(report))) if were_drafts else None


def _cancel(session: Session, doing: Doing, ids: Sequence[str]) -> tuple[BatchReport, Undo | None]:
    views = listing.views_of(session, _own(session, doing, ids), now=doing.now)
    times = {view.id: view.scheduled_at for view in views if view.scheduled_at and view.scheduled_at > doing.now}
    report = cancelling.cancel(session, doing.actor, ids, now=doing.now, lease_seconds=doing.lease_seconds)
    again = {one: times[one] for one in _changed(report) if one in times}
    return report, _later(doing, lambda session, doing: _put_back(session, doing, again)) if again else None


def _retry(session: Session, doing: Doing, ids: Sequence[str]) -> tuple[BatchReport, Undo | None]:
    give_default_account(session, doing.actor, ids, now=doing.now, lease_seconds=doing.lease_seconds)
    return scheduling.retry(session, doing.actor, ids, now=doing.now, lease_seconds=doing.lease_seconds), None


def _take_back(session: Session, doing: Doing, ids: Sequence[str]) -> tuple[BatchReport, Undo | None]:
    return cancelling.take_back(session, doing.actor, ids, now=doing.now, lease_seconds=doing.lease_seconds), None


def _duplicate(session: Session, doing: Doing, ids: Sequence[str]) -> tuple[BatchReport, Undo | None]:
    results, made = [], []
    for one in ids:
        try:
            copy = deviations.duplicate(session, doing.actor, one, now=doing.now)
        except PublishingError as error:
            results.append(ItemResult(one, None, ItemOutcome.SKIPPED, str(error)))
        else:
            made.append(copy.id)
            results.append(ItemResult(one, copy.title, ItemOutcome.CHANGED))
    return BatchReport(tuple(results)), _later(doing, lambda session, doing: _trash(session, doing, made)[0])


def _trash(session: Session, doing: Doing, ids: Sequence[str]) -> tuple[BatchReport, Undo | None]:
    report = trash.delete(session, doing.actor, ids, now=doing.now, lease_seconds=doing.lease_seconds)
    gone = _changed(report)
    return report, _later(doing, lambda session, doing: _restore(session, doing, gone)[0])


def _restore(session: Session, doing: Doing, ids: Sequence[str]) -> tuple[BatchReport, Undo | None]:
    report = trash.restore(session, doing.actor, ids, now=doing.now)
    back = _changed(report)
    return report, _later(doing, lambda session, doing: _trash(session, doing, back)[0])


def _purge(session: Session, doing: Doing, ids: Sequence[str]) -> tuple[BatchReport, Undo | None]:
    return trash.purge(session, doing.actor, ids, now=doing.now), None


def _cancelling(ids: Sequence[str]) -> Callable[[Session, Doing], BatchReport]:
    return lambda session, doing: cancelling.cancel(
        session, doing.actor, ids, now=doing.now, lease_seconds=doing.lease_seconds
    )


def cancel_again(user: SignedIn, ids: Sequence[str]) -> Undo:
    """The undo of scheduling drafts."""
    return undo_with(user, _cancelling(ids))


def _put_back(session: Session, doing: Doing, times: Mapping[str, datetime]) -> BatchReport:
    """Schedule posts again at the times they had; each gets a new random delay."""
    items: list[ItemResult] = []
    for one, at in times.items():
        try:
            report = scheduling.schedule(
                session, doing.actor, [one], SchedulePlan(at), rng=rng, now=doing.now, lease_seconds=doing.lease_seconds
            )
            items.extend(report.items)
        except PublishingError as error:
            items.append(ItemResult(one, None, ItemOutcome.SKIPPED, str(error)))
    return BatchReport(tuple(items))


def _changed(report: BatchReport) -> list[str]:
    return [item.id for item in report.changed]


def _own(session: Session, doing: Doing, ids: Sequence[str]) -> list[str]:
    return list(load_posts(session, doing.actor, ids, lock=False))


def _all_were(session: Session, doing: Doing, ids: Sequence[str], status: DeviationStatus) -> bool:
    views = listing.views_of(session, _own(session, doing, ids), now=doing.now)
    return all(view.status is status for view in views)


PUBLISH_NOW = Action("Publish now", ":material/send:", "put first in line", _publish_now)
CANCEL = Action("Cancel", ":material/event_busy:", "taken back to drafts", _cancel)
RETRY = Action("Retry", ":material/replay:", "put first in line again", _retry)
TAKE_BACK = Action("Back to drafts", ":material/edit_note:", "taken back to drafts", _take_back)
DUPLICATE = Action("Duplicate", ":material/content_copy:", "copied to drafts", _duplicate)
TRASH = Action("Move to trash", ":material/delete:", "moved to the trash", _trash)
RESTORE = Action("Restore", ":material/restore_from_trash:", "taken out of the trash", _restore)
PURGE = Action("Delete for good", ":material/delete_forever:", "deleted for good", _purge)

# In the order of a menu; the first is the one most wanted.
ACTIONS: Mapping[View, tuple[Action, ...]] = {
    View.DRAFT: (PUBLISH_NOW, DUPLICATE, TRASH),
    View.SCHEDULED: (PUBLISH_NOW, CANCEL, DUPLICATE, TRASH),
    View.PUBLISHED: (DUPLICATE, TRASH),
    View.FAILED: (RETRY, TAKE_BACK, DUPLICATE, TRASH),
    View.TRASH: (RESTORE, PURGE),
}
