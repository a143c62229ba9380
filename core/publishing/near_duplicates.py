"""Posts that look like one that is out already, or is about to go out: the same picture in other bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from core.db.chunks import chunked
from core.media.models import Blob
from core.media.perceptual import FEATURELESS, Bits, distances
from core.publishing.models import Deviation, DeviationFile, DeviationStatus
from core.publishing.reports import BatchReport, ItemOutcome, ItemResult
from core.publishing.states import QUEUED
from core.system.actors import Actor

# In how many of 64 bits the same picture may differ after scaling, recompressing or a trimmed edge.
DISTANCE = 6
REMEMBERED = timedelta(days=2 * 365)


@dataclass(frozen=True, slots=True)
class Match:
    """A post that looks alike: published at ``at``, or promised for then. ``distance`` is in bits, 0 to 64."""

    deviation_id: str
    title: str
    status: DeviationStatus
    at: datetime | None
    distance: int


def near_duplicates(
    session: Session, actor: Actor, ids: Sequence[str], *, distance: int = DISTANCE, now: datetime
) -> dict[str, list[Match]]:
    """For those of ``ids`` that look like another published or queued post of the person: which, nearest first.

    What was published more than two years ago does not count. One short scan, however many ``ids`` there are.
    """
    wanted = _hashes_of(session, actor, ids)
    if not wanted:
        return {}
    known = _known(session, actor)
    near = {one: _within(known, one, distance) for one in {picture for _, picture in wanted}}
    found = _matches(session, actor, sorted({picture for close in near.values() for picture in close}), now)
    by_post: dict[str, dict[str, Match]] = {}
    for deviation_id, picture in wanted:
        for other, bits in near[picture].items():
            for match in found.get(other, ()):
                if match.deviation_id != deviation_id:
                    _keep_nearest(by_post.setdefault(deviation_id, {}), replace(match, distance=bits))
    return {one: sorted(by_post[one].values(), key=_nearest_first) for one in dict.fromkeys(ids) if one in by_post}


def shown_pictures(session: Session, actor: Actor, *, now: datetime) -> Bits:
    """The perceptual hashes of all that the person has published or queued, each once."""
    return np.unique(np.fromiter(session.scalars(_shown(actor, now, Blob.perceptual_hash)), dtype=np.int64))


def has_near_duplicate(
    session: Session, actor: Actor, deviation_id: str, *, distance: int = DISTANCE, now: datetime
) -> bool:
    """Whether the person has published, or queued, another post that looks like this one."""
    return bool(near_duplicates(session, actor, [deviation_id], distance=distance, now=now))


def sentence(matches: Sequence[Match]) -> str:
    """What a person is told of lookalikes, nearest first."""
    shown = [f"“{match.title}” ({_STANDS.get(match.status, 'scheduled')})" for match in matches[:2]]
    more = f" and {len(matches) - 2} more" if len(matches) > 2 else ""
    return f"It looks very much like {' and '.join(shown) if not more else ', '.join(shown)}{more}."


def with_lookalikes(session: Session, actor: Actor, report: BatchReport, *, now: datetime) -> BatchReport:
    """The report with a warning on every changed item that looks like another post, its neighbours included."""
    found = near_duplicates(session, actor, [item.id for item in report.changed], now=now)
    if not found:
        return report

    def told(item: ItemResult) -> ItemResult:
        if item.id not in found or item.outcome is not ItemOutcome.CHANGED:
            return item
        return replace(item, warnings=(*item.warnings, f"“{item.title}”: {sentence(found[item.id])}"))

    return replace(report, items=tuple(told(item) for item in report.items))


_STANDS = {DeviationStatus.PUBLISHED: "published"}


def _known(session: Session, actor: Actor) -> Bits:
    """Every hash among the person's pictures (n). Which of them are shown is asked of the near ones alone: joining
    all of them takes several times as long."""
    query = select(Blob.perceptual_hash).where(Blob.user_id == actor.user_id, *_has_hash())
    return np.unique(np.fromiter(session.scalars(query), dtype=np.int64))


def _hashes_of(session: Session, actor: Actor, ids: Sequence[str]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for some in chunked(dict.fromkeys(ids)):
        columns: tuple[Any, ...] = (Deviation.id, Blob.perceptual_hash)
        query = _with_pictures(select(*columns), actor).where(Deviation.id.in_(some))
        found += [(row.id, row.perceptual_hash) for row in session.execute(query)]
    return found


def _shown(actor: Actor, now: datetime, *columns: Any) -> Select[Any]:
    """``columns`` of every picture that is out, or about to be."""
    return _with_pictures(select(*columns), actor).where(_is_out(now))


def _with_pictures(query: Select[Any], actor: Actor) -> Select[Any]:
    return (
        query.select_from(Deviation)
        .join(DeviationFile, DeviationFile.deviation_id == Deviation.id)
        .join(Blob, Blob.id == DeviationFile.blob_id)
        .where(
            Deviation.user_id == actor.user_id,
            Deviation.deleted_at.is_(None),
            *_has_hash(),
        )
    )


def _has_hash() -> tuple[ColumnElement[bool], ...]:
    return Blob.perceptual_hash.is_not(None), Blob.perceptual_hash != FEATURELESS


def _is_out(now: datetime) -> ColumnElement[bool]:
    is_recent = and_(Deviation.status == DeviationStatus.PUBLISHED, Deviation.published_at >= now - REMEMBERED)
    return or_(Deviation.status.in_(sorted(QUEUED)), is_recent)


def _within(known: Bits, wanted: int, distance: int) -> dict[int, int]:
    """Those of ``known`` (n) that are near enough, with their distance."""
    bits = distances(known, wanted)
    return {int(known[place]): int(bits[place]) for place in np.flatnonzero(bits <= distance)}


def _matches(session: Session, actor: Actor, pictures: Sequence[int], now: datetime) -> dict[int, list[Match]]:
    columns = (
        Deviation.id, Deviation.title, Deviation.status, Deviation.published_at, Deviation.actual_publish_at,
        Blob.perceptual_hash,
    )  # fmt: skip
    found: dict[int, list[Match]] = {}
    for start in range(0, len(pictures), 500):
        some = pictures[start : start + 500]
        for row in session.execute(_shown(actor, now, *columns).where(Blob.perceptual_hash.in_(some))):
            at = row.published_at or row.actual_publish_at
            found.setdefault(row.perceptual_hash, []).append(Match(row.id, row.title, row.status, at, 0))
    return found


def _keep_nearest(kept: dict[str, Match], match: Match) -> None:
    before = kept.get(match.deviation_id)
    if before is None or match.distance < before.distance:
        kept[match.deviation_id] = match


def _nearest_first(match: Match) -> tuple[int, str]:
    return match.distance, match.deviation_id
