"""Old counts, one a day: what is older than a month needs no hours."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.publishing.statistics.models import DeviationStatistics

HOURLY_KEPT = timedelta(days=30)


def thin(session: Session, *, limit: int = 5000, now: datetime) -> int:
    """Keep one sample a work and UTC day of what is older than 30 days, the last; how many went, at most ``limit``."""
    day = func.date(DeviationStatistics.taken_at)
    place = func.row_number().over(
        partition_by=(DeviationStatistics.deviation_id, day),
        order_by=(DeviationStatistics.taken_at.desc(), DeviationStatistics.id.desc()),
    )
    old = select(DeviationStatistics.id, place.label("place")).where(DeviationStatistics.taken_at < now - HOURLY_KEPT)
    ranked = old.subquery()
    surplus = list(session.scalars(select(ranked.c.id).where(ranked.c.place > 1).limit(limit)))
    for start in range(0, len(surplus), 500):
        session.execute(delete(DeviationStatistics).where(DeviationStatistics.id.in_(surplus[start : start + 500])))
    return len(surplus)
