"""How a person's published works do: totals, days, works, and what they have in common."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.publishing.automations.models import Automation
from core.publishing.days import days_around
from core.publishing.errors import DeviationNotFound
from core.publishing.models import Deviation
from core.publishing.statistics.growth import METRICS, raw_id, read_growth
from core.publishing.statistics.models import DeviationStatistics, StatisticsTurn
from core.system.actors import Actor

RANGES = (7, 30, 90, 365)  # days


@dataclass(frozen=True, slots=True)
class Total:
    """One metric over all works: as it stands, gained in the range, and in the range before it."""

    now: int
    gained: int
    gained_before: int


@dataclass(frozen=True, slots=True)
class WorkFigures:
    """One published work: its newest counts and what it gained in the range; ``None`` where nothing is known.

    ``is_gone``: deleted at the site. ``taken_at`` ``None``: not counted yet.
    """

    deviation_id: str
    title: str
    url: str | None
    automation: str | None
    project: str | None
    tags: tuple[str, ...]
    published_at: datetime | None
    taken_at: datetime | None
    is_gone: bool
    views: int | None
    favourites: int | None
    comments: int | None
    downloads: int | None
    gained_views: int
    gained_favourites: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """All figures of one range. ``by_day`` has what each metric gained on each of ``dates``, oldest first.

    ``taken_at`` is when anything was counted last.
    """

    days: int
    dates: tuple[date, ...]
    by_day: dict[str, tuple[int, ...]]
    totals: dict[str, Total]
    works: tuple[WorkFigures, ...]
    taken_at: datetime | None

    @property
    def waiting(self) -> int:
        """Works that have not been counted yet."""
        return sum(work.taken_at is None and not work.is_gone for work in self.works)

    @property
    def gone(self) -> int:
        return sum(work.is_gone for work in self.works)


@dataclass(frozen=True, slots=True)
class Sample:
    """Counts of one work at one instant."""

    taken_at: datetime
    views: int | None
    favourites: int | None
    comments: int | None
    downloads: int | None


def read_statistics(session: Session, actor: Actor, *, days: int, zone: str, now: datetime) -> Statistics:
    """The figures of the last ``days`` days up to now; days begin at midnight in ``zone``."""
    span = days_around(now, zone, before=2 * days - 1)
    bounds = [*span.bounds[days:-1], now]
    rows = _published(session, actor)
    places = {row.raw: place for place, row in enumerate(rows)}
    growth = read_growth(session, actor, places, since=span.bounds[0], now=now)
    by_work = growth.by_work(len(rows), bounds[0], now)
    # Rounded as they add up, so that the days make the very total.
    grown = np.round(np.cumsum(growth.totals(bounds), axis=0))
    steps = np.diff(grown, axis=0, prepend=0)
    by_day = {name: tuple(int(one) for one in steps[:, at]) for at, name in enumerate(METRICS)}
    before = growth.totals([span.bounds[0], bounds[0]])[0]
    works = tuple(_figures(row, by_work[place]) for place, row in enumerate(rows))
    return Statistics(
        days=days,
        dates=span.dates[days:],
        by_day=by_day,
        totals={
            name: Total(sum(getattr(work, name) or 0 for work in works), sum(by_day[name]), round(float(before[at])))
            for at, name in enumerate(METRICS)
        },
        works=works,
        taken_at=max((work.taken_at for work in works if work.taken_at), default=None),
    )


def read_curve(session: Session, actor: Actor, deviation_id: str) -> list[Sample]:
    """One work's samples, oldest first. Raises :class:`DeviationNotFound` for what is not this person's."""
    own = select(Deviation.id).where(Deviation.id == deviation_id, Deviation.user_id == actor.user_id)
    if session.scalar(own) is None:
        raise DeviationNotFound("There is no such deviation. It may have been deleted; reload the page.")
    query = (
        select(DeviationStatistics)
        .where(DeviationStatistics.deviation_id == deviation_id)
        .order_by(DeviationStatistics.taken_at, DeviationStatistics.id)
    )
    return [
        Sample(row.taken_at, row.views, row.favourites, row.comments, row.downloads) for row in session.scalars(query)
    ]


def find_turn(session: Session, actor: Actor, deviation_id: str) -> StatisticsTurn | None:
    """When one work is looked at next; ``None`` for a work without a turn."""
    query = select(StatisticsTurn).where(
        StatisticsTurn.deviation_id == deviation_id, StatisticsTurn.user_id == actor.user_id
    )
    return session.scalar(query)


COLUMNS = ("title", "url", "automation", "project", "tags", "published_at", "counted_at", "gone", *METRICS,
           "views_gained", "favourites_gained")  # fmt: skip


def csv_rows(statistics: Statistics) -> Iterator[Sequence[object]]:
    """The works as rows of a CSV file; the first says what was asked for. Instants in UTC."""
    yield [f"Works as counted, gained in the last {statistics.days} days up to {statistics.dates[-1]}"]
    yield COLUMNS
    for work in statistics.works:
        yield [
            work.title, work.url or "", work.automation or "", work.project or "", ", ".join(work.tags),
            _iso(work.published_at), _iso(work.taken_at), "yes" if work.is_gone else "no",
            *("" if value is None else value for value in (getattr(work, name) for name in METRICS)),
            work.gained_views, work.gained_favourites,
        ]  # fmt: skip


def _iso(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""


def _published(session: Session, actor: Actor) -> Sequence[Any]:
    columns: tuple[Any, ...] = (
        raw_id(session, Deviation.id).label("raw"), Deviation.id, Deviation.title, Deviation.deviation_url,
        Deviation.project, Deviation.tags, Deviation.published_at, Automation.name.label("automation"),
        StatisticsTurn.next_at, StatisticsTurn.taken_at, StatisticsTurn.views, StatisticsTurn.favourites,
        StatisticsTurn.comments, StatisticsTurn.downloads,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(StatisticsTurn, StatisticsTurn.deviation_id == Deviation.id)
        .outerjoin(Automation, Automation.id == Deviation.automation_id)
        .where(Deviation.user_id == actor.user_id, Deviation.deleted_at.is_(None))
        .order_by(Deviation.published_at.desc(), Deviation.id)
    )
    return session.execute(query).all()


def _figures(row: Any, gained: Any) -> WorkFigures:
    return WorkFigures(
        deviation_id=row.id,
        title=row.title,
        url=row.deviation_url,
        automation=row.automation,
        project=row.project,
        tags=tuple(row.tags),
        published_at=row.published_at,
        taken_at=row.taken_at,
        is_gone=row.next_at is None,
        views=row.views,
        favourites=row.favourites,
        comments=row.comments,
        downloads=row.downloads,
        gained_views=round(float(gained[0])),
        gained_favourites=round(float(gained[1])),
    )
