"""One page of a gallery: read it, sort it, write each new work in a transaction of its own, count it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.clock import Clock
from core.db.engine import Database
from core.identity.models import Account
from core.media.imports import Known, NotTaken, Stored, discard
from core.media.probe import ProbeLimits
from core.media.storage import ObjectStore
from core.publishing.asking import Call, Line, T, ask
from core.publishing.models import Deviation
from core.publishing.statistics.models import GalleryImport, GalleryImportStatus
from core.publishing.takeover import outcomes, writing
from core.publishing.takeover.fetching import NO_PICTURE, Fetcher, Picture
from core.publishing.takeover.known import Sorted, sort_works
from core.publishing.takeover.providers import GalleryPage, GalleryWork, WorkDescription
from core.publishing.takeover.runs import asked_to_bring_back

log = structlog.get_logger(__name__)

# Writes one work; whether it came in.
Write = Callable[[Session, GalleryImport], bool]


class Stopped(Exception):
    """This takeover is not ours to walk any more."""


@dataclass(slots=True)
class Page:
    """The next page of one takeover, held under ``lock``; ``taken`` counts the works that came in."""

    line: Line
    store: ObjectStore
    clock: Clock
    limits: ProbeLimits
    import_id: str
    lock: str
    taken: int = 0

    @property
    def database(self) -> Database:
        return self.line.database

    def walk(self) -> None:
        """Take the page over. Raises :class:`Stopped`, and what asking the site raises."""
        with self.database.read() as session:
            run = session.get_one(GalleryImport, self.import_id)
            account = session.get(Account, run.account_id)
            bring_back = asked_to_bring_back(session, run.id)
        if account is None:
            raise Stopped
        listed: GalleryPage = self._ask(account, lambda site, token: site.gallery_page(token, offset=run.next_offset))
        with self.database.read() as session:
            found = sort_works(session, run.user_id, account.id, listed.works, bring_back=bring_back)
        described = self._descriptions(account, found.fresh)
        self._take(run, account, found, described)
        with self.database.session() as session:
            outcomes.count_page(session, self._held(session), account.username, listed, now=self.clock())

    def _ask(self, account: Account, call: Call[T]) -> T:
        # Nobody waits at a screen: rather let the account's pace pass than read a page twice.
        gap = max(self.line.floor_seconds, account.call_gap_seconds or 0.0)
        return ask(replace(self.line, patience_seconds=gap + 2.0), account, call, now=self.clock())

    def _descriptions(self, account: Account, works: Sequence[GalleryWork]) -> dict[str, WorkDescription]:
        if not works:
            return {}
        ids = [work.deviation_id for work in works]
        found = self._ask(account, lambda site, token: site.descriptions(token, ids))
        return {one.deviation_id: one for one in found}

    def _take(self, run: GalleryImport, account: Account, found: Sorted, described: dict[str, WorkDescription]) -> None:
        site = self.line.sites[account.provider]
        fetcher = Fetcher(self.database, self.store, site, run.user_id, self.limits)
        for deviation_id in found.binned:
            self._write(partial(self._bring_back, deviation_id))
        for work in found.fresh:
            picture = fetcher.fetch(work) if run.with_pictures else None
            self._write(partial(self._add, work, described.get(work.deviation_id), picture), picture)
        if run.with_pictures:
            for work, deviation_id in found.bare:
                picture = fetcher.fetch(work)
                if isinstance(picture, Stored | Known):
                    self._write(partial(self._complete, deviation_id, work, picture), picture)

    def _write(self, write: Write, picture: Picture = None) -> None:
        """One work in one transaction. A picture whose row never came is removed, unless the commit is in doubt."""
        is_at_commit = False
        try:
            with self.database.session() as session:
                run = self._held(session)
                came_in = write(session, run)
                run.imported += came_in
                session.flush()
                is_at_commit = True
            self.taken += came_in
        except IntegrityError:
            # Somebody else wrote this very work at the same moment: it is here, which is all that was wanted.
            log.info("A work was here already.", import_id=self.import_id)
            self._forget(picture)
        except BaseException:
            if not is_at_commit:
                self._forget(picture)
            raise

    def _forget(self, picture: Picture) -> None:
        if isinstance(picture, Stored):
            discard(self.store, picture.place)

    def _held(self, session: Session) -> GalleryImport:
        """The run, locked and extended; raises :class:`Stopped` when it is not ours or was paused."""
        query = select(GalleryImport).where(
            GalleryImport.id == self.import_id,
            GalleryImport.lock_id == self.lock,
            GalleryImport.status == GalleryImportStatus.RUNNING,
        )
        run = session.scalar(query.with_for_update())
        if run is None:
            raise Stopped
        run.locked_at = self.clock()
        return run

    def _add(
        self,
        work: GalleryWork,
        described: WorkDescription | None,
        picture: Picture,
        session: Session,
        run: GalleryImport,
    ) -> bool:
        now = self.clock()
        row = writing.write_work(session, run, work, described, now=now)
        if isinstance(picture, NotTaken):
            row.error_message = picture.reason
        elif picture is not None and not writing.give_picture(session, row, work, picture, now=now):
            row.error_message = NO_PICTURE
        return True

    def _complete(
        self, deviation_id: str, work: GalleryWork, picture: Stored | Known, session: Session, _run: GalleryImport
    ) -> bool:
        row = session.get(Deviation, deviation_id, with_for_update=True)
        if row is not None and row.deleted_at is None:
            writing.give_picture(session, row, work, picture, now=self.clock())
        return False

    def _bring_back(self, deviation_id: str, session: Session, _run: GalleryImport) -> bool:
        row = session.get(Deviation, deviation_id, with_for_update=True)
        if row is None or row.deleted_at is None:
            return False
        writing.bring_back(session, row, now=self.clock())
        return True
