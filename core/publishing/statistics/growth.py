"""What works gained between instants, from samples taken at irregular times.

Between two samples a count is taken to grow evenly, so a work that is looked at once a week does not gain
all of it on one day. All samples of a person are summed at once, as arrays: 10,000 works with a month of
samples take some tens of milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import BigInteger, ColumnElement, Integer, LargeBinary, Uuid, cast, func, select, type_coerce
from sqlalchemy.orm import Session

from core.publishing.models import Deviation
from core.publishing.statistics.models import DeviationStatistics
from core.system.actors import Actor

METRICS = ("views", "favourites", "comments", "downloads")
# The slowest rhythm is a week: a longer silence was no rhythm, and what grew in it belongs to no day.
LONGEST_GAP = timedelta(days=15)
# A first sample this soon after publication counts from nothing; a later one says nothing about before.
SEEN_FROM_START = timedelta(days=2)

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Growth:
    """Intervals of growth: work (n), begin and end in seconds (n), and what was gained of each metric (n, 4)."""

    works: npt.NDArray[np.int64]
    begins: Numbers
    ends: Numbers
    gained: Numbers

    @property
    def _lengths(self) -> Numbers:
        """Seconds of each interval (n), at least one."""
        lengths: Numbers = np.maximum(self.ends - self.begins, 1.0)
        return lengths

    def _until(self, instant: datetime) -> Numbers:
        """The share of each interval that lies before ``instant`` (n), 0 to 1."""
        share: Numbers = np.clip((instant.timestamp() - self.begins) / self._lengths, 0.0, 1.0)
        return share

    def totals(self, bounds: Sequence[datetime]) -> Numbers:
        """What all works together gained of each metric between each two ``bounds`` (len(bounds) - 1, 4).

        The sum of all ramps is a curve whose slope changes where one begins or ends: running sums over these
        places give it at every bound at once.
        """
        at = np.array([bound.timestamp() for bound in bounds])
        rates = self.gained / self._lengths[:, None]
        curve = _ramps(self.begins, rates, at) - _ramps(self.begins + self._lengths, rates, at)
        steps: Numbers = np.diff(curve, axis=0)
        return steps

    def by_work(self, count: int, since: datetime, until: datetime) -> Numbers:
        """What each of ``count`` works gained of each metric (count, 4)."""
        share = self._until(until) - self._until(since)
        columns = [np.bincount(self.works, share * self.gained[:, one], minlength=count) for one in range(len(METRICS))]
        return np.stack(columns, axis=1)


def read_growth(session: Session, actor: Actor, places: dict[Any, int], *, since: datetime, now: datetime) -> Growth:
    """Growth of the person's works from ``since`` on; ``places`` gives each work's number by its raw id."""
    columns = (
        raw_id(session, DeviationStatistics.deviation_id).label("work"),
        epoch(session, DeviationStatistics.taken_at),
        *(getattr(DeviationStatistics, name) for name in METRICS),
        epoch(session, Deviation.published_at),
    )
    query = (
        select(*columns)
        .join(Deviation, Deviation.id == DeviationStatistics.deviation_id)
        .where(DeviationStatistics.user_id == actor.user_id, DeviationStatistics.taken_at >= since - LONGEST_GAP)
        .where(DeviationStatistics.taken_at <= now)
        .order_by(DeviationStatistics.deviation_id, DeviationStatistics.taken_at)
    )
    rows = [tuple(row) for row in session.execute(query) if row[0] in places]
    works = np.array([places[row[0]] for row in rows], dtype=np.int64)
    numbers = np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, len(METRICS) + 2)
    return _intervals(works, numbers)


def raw_id(session: Session, column: Any) -> ColumnElement[Any]:
    """An id as the database has it: decoding a hundred thousand of them would take longer than all the rest."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return type_coerce(column, Uuid(as_uuid=True) if is_postgresql else LargeBinary(16))


def epoch(session: Session, column: Any) -> ColumnElement[int | None]:
    """An instant in whole seconds since 1970."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.floor(func.extract("epoch", column)), BigInteger)
    return cast(func.strftime("%s", column), Integer)


def _ramps(begins: Numbers, rates: Numbers, at: Numbers) -> Numbers:
    """The sum of ramps that rise from ``begins`` (n) for ever at ``rates`` (n, 4), at each of ``at`` (m): (m, 4)."""
    if not len(begins):
        return np.zeros((len(at), rates.shape[1]))
    order = np.argsort(begins)
    origin = at[0]  # small numbers keep their digits
    starts, rates = begins[order] - origin, rates[order]
    none = np.zeros((1, rates.shape[1]))
    slopes = np.concatenate((none, np.cumsum(rates, axis=0)))
    offsets = np.concatenate((none, np.cumsum(rates * starts[:, None], axis=0)))
    begun = np.searchsorted(starts, at - origin)
    heights: Numbers = slopes[begun] * (at - origin)[:, None] - offsets[begun]
    return heights


def _intervals(works: npt.NDArray[np.int64], numbers: Numbers) -> Growth:
    """From one sample to the next of the same work, and from publication to a first sample soon after it."""
    taken, counts, published = numbers[:, 0], numbers[:, 1:-1], numbers[:, -1]
    if not len(works):
        return Growth(works, taken, taken, counts)
    follows = np.flatnonzero(works[1:] == works[:-1]) + 1
    firsts = np.flatnonzero(np.concatenate(([True], works[1:] != works[:-1])))
    # A comparison with an unknown instant is false.
    fresh = firsts[(taken - published)[firsts] <= SEEN_FROM_START.total_seconds()]
    gained = np.concatenate((counts[follows] - counts[follows - 1], counts[fresh]))
    return Growth(
        works=np.concatenate((works[follows], works[fresh])),
        begins=np.concatenate((taken[follows - 1], np.minimum(published[fresh], taken[fresh]))),
        ends=np.concatenate((taken[follows], taken[fresh])),
        gained=np.nan_to_num(gained),
    )
