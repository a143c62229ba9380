"""Walking through galleries page by page, one walker a gallery.

Killed anywhere, the next walk reads the same page again: what was written by then is known, and the
counts are right, for a page is only counted at its end.
"""

import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update

from core.clock import SKEW, Clock
from core.db.engine import Database
from core.identity.account_errors import AccountError
from core.identity.providers import OAuthRefused, OAuthUnreachable
from core.media.probe import ProbeLimits
from core.media.storage import ObjectStore
from core.publishing.asking import Line
from core.publishing.providers import ProviderError
from core.publishing.statistics.models import GalleryImport, GalleryImportStatus
from core.publishing.takeover import outcomes
from core.publishing.takeover.page import Page, Stopped

# Longer than the slowest picture: whoever is silent for so long is gone.
LEASE = timedelta(minutes=2)
BUDGET_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Walker:
    """Takes over galleries for one process."""

    line: Line
    store: ObjectStore
    clock: Clock
    limits: ProbeLimits

    def walk_due(self, *, budget_seconds: float = BUDGET_SECONDS) -> int:
        """Walk every takeover that is due, a page each in turn, for about so long; how many works came in."""
        ends = time.monotonic() + budget_seconds
        taken = 0
        while ids := self._due():
            taken += sum(self.walk_page(import_id) for import_id in ids)
            if time.monotonic() >= ends:
                break
        return taken

    def walk_page(self, import_id: str) -> int:
        """Take over the next page of one gallery; how many works came in. Raises only what the database raises."""
        lock = self._claim(import_id)
        if lock is None:
            return 0
        page = Page(self.line, self.store, self.clock, self.limits, import_id, lock)
        try:
            page.walk()
        except Stopped:
            pass
        except (ProviderError, AccountError, OAuthRefused, OAuthUnreachable) as error:
            outcomes.after_error(self._database, import_id, lock, error, now=self.clock())
        finally:
            self._release(import_id, lock)
        return page.taken

    @property
    def _database(self) -> Database:
        return self.line.database

    def _due(self) -> list[str]:
        with self._database.read() as session:
            query = select(GalleryImport.id).where(*_claimable(self.clock()))
            return list(session.scalars(query.order_by(GalleryImport.due_at)))

    def _claim(self, import_id: str) -> str | None:
        now, lock = self.clock(), secrets.token_hex(8)
        with self._database.session() as session:
            claimed = session.execute(
                update(GalleryImport)
                .where(GalleryImport.id == import_id, *_claimable(now))
                .values(lock_id=lock, locked_at=now)
                .returning(GalleryImport.id)
            ).one_or_none()
        return lock if claimed else None

    def _release(self, import_id: str, lock: str) -> None:
        with self._database.session() as session:
            mine = GalleryImport.id == import_id, GalleryImport.lock_id == lock
            session.execute(update(GalleryImport).where(*mine).values(lock_id=None, locked_at=None))


def _claimable(now: datetime) -> list[ColumnElement[bool]]:
    is_free = or_(
        GalleryImport.lock_id.is_(None),
        GalleryImport.locked_at < now - LEASE,
        GalleryImport.locked_at > now + SKEW,  # taken before the clock was put back
    )
    return [GalleryImport.status == GalleryImportStatus.RUNNING, GalleryImport.due_at <= now, is_free]
