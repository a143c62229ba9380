"""What a page of a takeover came to: the next one, the end, another try, or a person's turn."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.db.engine import Database
from core.errors import AtelierError
from core.identity.account_errors import AccountNeedsReconnect, AccountNotFound, RefreshUnderWay
from core.identity.providers import OAuthRefused
from core.publishing.providers import ErrorCategory, ProviderError
from core.publishing.statistics.models import GalleryImport, GalleryImportStatus
from core.publishing.takeover.providers import GalleryPage
from core.system import audit
from core.system.actors import Actor
from core.system.notifications import notify

log = structlog.get_logger(__name__)

MOST_TRIES = 8
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
# A moment, so that others of this person's calls come in between.
BUSY_WAIT = timedelta(seconds=5)
_FOR_GOOD = frozenset({ErrorCategory.VALIDATION, ErrorCategory.POLICY, ErrorCategory.GONE})


def count_page(session: Session, run: GalleryImport, username: str, page: GalleryPage, *, now: datetime) -> None:
    """Count a page that was walked to its end, and go on to the next, or finish."""
    run.found += len(page.works)
    # Read twice after a crash, a work is found by the first walk and known to the second; it counts as taken over.
    run.known = max(run.found - run.imported, 0)
    run.attempts, run.error_message, run.due_at = 0, None, now
    if page.next_offset is not None:
        run.next_offset = page.next_offset
        return
    _end(session, run, GalleryImportStatus.DONE, now=now)
    notify(
        session, run.user_id, f"gallery.taken_over:{run.id}", f"The gallery of {username} is taken over",
        body=f"{run.imported:,} works are new here, {run.known:,} were here already.",
        link="content?view=published", now=now,
    )  # fmt: skip


def after_error(database: Database, import_id: str, lock: str, error: AtelierError, *, now: datetime) -> None:
    """Decide what a page that came to nothing means for the takeover."""
    with database.session() as session:
        query = select(GalleryImport).where(GalleryImport.id == import_id, GalleryImport.lock_id == lock)
        run = session.scalar(query.with_for_update())
        if run is None or run.status is not GalleryImportStatus.RUNNING:
            return
        if _is_busy(error):
            run.due_at = now + max(BUSY_WAIT, timedelta(seconds=getattr(error, "retry_after", None) or 0))
            return
        run.error_message = str(error)
        if _needs_person(error):
            _end(session, run, GalleryImportStatus.PAUSED, now=now)
            return
        run.attempts += 1
        is_final = isinstance(error, ProviderError) and error.category in _FOR_GOOD
        if is_final or run.attempts >= MOST_TRIES:
            log.warning("A takeover was given up.", import_id=run.id, attempts=run.attempts)
            _end(session, run, GalleryImportStatus.FAILED, now=now)
            return
        run.due_at = now + min(FIRST_WAIT * 2 ** (run.attempts - 1), LONGEST_WAIT)


def _is_busy(error: AtelierError) -> bool:
    """Waiting for the account's pace is no failed try."""
    is_limited = isinstance(error, ProviderError) and error.category is ErrorCategory.RATE_LIMITED
    return is_limited or isinstance(error, RefreshUnderWay)


def _needs_person(error: AtelierError) -> bool:
    is_refused = isinstance(error, ProviderError) and error.category is ErrorCategory.AUTH
    return is_refused or isinstance(error, AccountNeedsReconnect | AccountNotFound | OAuthRefused)


def _end(session: Session, run: GalleryImport, status: GalleryImportStatus, *, now: datetime) -> None:
    before, run.status = run.status, status
    if status is not GalleryImportStatus.PAUSED:
        run.finished_at = now
    session.flush()
    audit.record(
        session, Actor.sidecar(run.user_id), f"gallery_import.{status.value}", run.id,
        before={"status": before.value}, after={"status": status.value}, reason=run.error_message, now=now,
    )  # fmt: skip
