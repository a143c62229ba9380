"""Reading a calendar: what stands between instants, shelf by shelf, and no more than is shown.

The database counts and chooses: it sorts what falls between two bounds onto its shelf, numbers each shelf and
gives back the first few with the number of all. Only these are read in full, so a month of thousands of posts
costs as much as one of hundreds.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, text, union_all
from sqlalchemy.orm import Session

from core.identity.models import Account
from core.publishing.access import LEASE_SECONDS
from core.publishing.automations.forecast import Forecast, PlannedPost
from core.publishing.automations.models import Automation
from core.publishing.calendar.entries import AutomationView, Entry, Kind, entry_of, foreseen
from core.publishing.listing import DeviationView, views_of
from core.publishing.models import POOL, QUEUE, Deviation, DeviationStatus
from core.publishing.states import IN_PROGRESS
from core.system.actors import Actor

# When, which post, and what the planner says of it, when nothing else is known of it yet.
_Placed = tuple[datetime, str, PlannedPost | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show; ``None`` and no kinds mean: all."""

    account_id: str | None = None
    automation_id: str | None = None
    kinds: frozenset[Kind] = frozenset()

    def has(self, *kinds: Kind) -> bool:
        return not self.kinds or bool(self.kinds & set(kinds))


@dataclass(frozen=True, slots=True)
class Shelf:
    """What stands between two bounds: the entries that are shown, in order, and how many there are."""

    entries: tuple[Entry, ...]
    total: int

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.entries)


def read_shelves(
    session: Session,
    actor: Actor,
    bounds: Sequence[datetime],
    wanted: Wanted,
    *,
    forecast: Forecast | None = None,
    each: int,
    skip: int = 0,
    now: datetime,
    lease_seconds: float = LEASE_SECONDS,
) -> tuple[Shelf, ...]:
    """The shelves between ``bounds``, which ascend; on each at most ``each`` entries after the first ``skip``.

    ``forecast`` is what automations will do; without it nothing is foreseen.
    """
    placed, totals = _placed(session, actor, bounds, wanted, skip + each)
    for post in _foreseen(forecast, bounds, wanted):
        place = bisect_right(bounds, post.actual_publish_at) - 1
        placed[place].append((post.actual_publish_at, post.deviation_id, post))
        totals[place] += 1
    chosen = [sorted(shelf, key=lambda one: one[:2])[skip : skip + each] for shelf in placed]
    ids = list(dict.fromkeys(one[1] for shelf in chosen for one in shelf))
    views = {view.id: view for view in views_of(session, ids, now=now, lease_seconds=lease_seconds)}
    names = _names(session, actor, views) if ids else _Names(views)
    return tuple(Shelf(names.entries(shelf), total) for shelf, total in zip(chosen, totals, strict=True))


def automations_of(session: Session, actor: Actor) -> tuple[AutomationView, ...]:
    """The person's automations in their own order."""
    query = select(Automation.id, Automation.name, Automation.color).where(Automation.user_id == actor.user_id)
    ordered = query.order_by(Automation.sort_order, Automation.created_at, Automation.id)
    return tuple(AutomationView(row.id, row.name, row.color) for row in session.execute(ordered))


def count_unplanned(session: Session, actor: Actor) -> int:
    """Drafts without a time."""
    return session.scalar(select(func.count()).select_from(Deviation).where(*_pool(actor))) or 0


def list_unplanned(
    session: Session, actor: Actor, *, limit: int, now: datetime, lease_seconds: float = LEASE_SECONDS
) -> tuple[DeviationView, ...]:
    """Drafts without a time, the newest first."""
    query = select(Deviation.id).where(*_pool(actor)).order_by(Deviation.created_at.desc(), Deviation.id.desc())
    return views_of(session, list(session.scalars(query.limit(limit))), now=now, lease_seconds=lease_seconds)


@dataclass(frozen=True, slots=True)
class _Names:
    """Puts entries together from what was read."""

    views: Mapping[str, DeviationView]
    automations: Mapping[str, AutomationView] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)

    def entries(self, shelf: Sequence[_Placed]) -> tuple[Entry, ...]:
        found = (self._entry(*one) for one in shelf)
        return tuple(entry for entry in found if entry is not None)

    def _entry(self, at: datetime, deviation_id: str, post: PlannedPost | None) -> Entry | None:
        view = self.views.get(deviation_id)
        if post is not None:
            return foreseen(post, view, self.automations, self.accounts)
        return entry_of(view, at, self.automations) if view is not None else None


def _names(session: Session, actor: Actor, views: Mapping[str, DeviationView]) -> _Names:
    query = select(Account.id, Account.username).where(Account.user_id == actor.user_id)
    accounts = {row.id: row.username for row in session.execute(query)}
    return _Names(views, {one.id: one for one in automations_of(session, actor)}, accounts)


def _placed(
    session: Session, actor: Actor, bounds: Sequence[datetime], wanted: Wanted, limit: int
) -> tuple[list[list[_Placed]], list[int]]:
    """The first ``limit`` of each shelf, with the number of all on it."""
    shelves: list[list[_Placed]] = [[] for _ in bounds[1:]]
    totals = [0] * (len(bounds) - 1)
    branches = _branches(actor, bounds[0], bounds[-1], wanted)
    if not branches:
        return shelves, totals
    found = union_all(*branches).subquery()
    # The same column as a number of its shelf: the first one that ends after it.
    place = case(*((found.c.at < end, number) for number, end in enumerate(bounds[1:])))
    sorted_in = select(found.c.id, found.c.at, place.label("place")).subquery()
    number = func.row_number().over(partition_by=sorted_in.c.place, order_by=(sorted_in.c.at, sorted_in.c.id))
    total = func.count().over(partition_by=sorted_in.c.place)
    ranked = select(sorted_in, number.label("number"), total.label("total")).subquery()
    for row in session.execute(select(ranked).where(ranked.c.number <= limit)):
        shelves[row.place].append((row.at, row.id, None))
        totals[row.place] = row.total
    return shelves, totals


def _branches(actor: Actor, start: datetime, end: datetime, wanted: Wanted) -> list[Select[Any]]:
    """One query for each column that says when, so that each finds its index."""
    found = []
    if wanted.has(Kind.SCHEDULED, Kind.HELD, Kind.UNDER_WAY):
        # The partial index wants the words of its condition.
        queued = [text(QUEUE), *_kinds_in_queue(wanted)]
        found.append(_between(actor, Deviation.actual_publish_at, start, end, wanted, queued))
    if wanted.has(Kind.PUBLISHED):
        out = [Deviation.status == DeviationStatus.PUBLISHED, Deviation.deleted_at.is_(None)]
        found.append(_between(actor, Deviation.published_at, start, end, wanted, out))
    if wanted.has(Kind.FAILED):
        failed = [Deviation.status == DeviationStatus.FAILED, Deviation.deleted_at.is_(None)]
        found.append(_between(actor, Deviation.actual_publish_at, start, end, wanted, failed))
    if wanted.has(Kind.DRAFT):
        tentative = [Deviation.status == DeviationStatus.DRAFT, Deviation.deleted_at.is_(None)]
        found.append(_between(actor, Deviation.scheduled_at, start, end, wanted, tentative))
    return found


def _between(
    actor: Actor, column: Any, start: datetime, end: datetime, wanted: Wanted, conditions: Sequence[Any]
) -> Select[Any]:
    query = select(Deviation.id, column.label("at")).where(
        Deviation.user_id == actor.user_id, column >= start, column < end, *conditions
    )
    if wanted.account_id is not None:
        query = query.where(Deviation.account_id == wanted.account_id)
    if wanted.automation_id is not None:
        query = query.where(Deviation.automation_id == wanted.automation_id)
    return query


def _kinds_in_queue(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Which of the queue, when not all of it is wanted."""
    waiting = Deviation.status == DeviationStatus.SCHEDULED
    of_kind = {
        Kind.SCHEDULED: waiting & Deviation.hold_reason.is_(None),
        Kind.HELD: waiting & Deviation.hold_reason.is_not(None),
        Kind.UNDER_WAY: Deviation.status.in_(sorted(IN_PROGRESS)),
    }
    asked = [condition for kind, condition in of_kind.items() if wanted.has(kind)]
    return [] if len(asked) == len(of_kind) else [or_(*asked)]


def _foreseen(forecast: Forecast | None, bounds: Sequence[datetime], wanted: Wanted) -> list[PlannedPost]:
    if forecast is None or not wanted.has(Kind.FORESEEN):
        return []
    return [
        post
        for post in forecast.posts
        if bounds[0] <= post.actual_publish_at < bounds[-1]
        and wanted.account_id in (None, post.account_id)
        and wanted.automation_id in (None, post.automation_id)
    ]


def _pool(actor: Actor) -> list[Any]:
    return [Deviation.user_id == actor.user_id, text(POOL)]
