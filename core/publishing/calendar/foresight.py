"""What automations will do, kept while nothing changes that it was made from."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from core.identity.models import Account
from core.publishing.automations.forecast import Forecast
from core.publishing.automations.models import (
    Automation,
    AutomationDefaultValue,
    AutomationScheduleRule,
    BlackoutWindow,
    PostingLimits,
)
from core.publishing.automations.simulation import simulate
from core.publishing.models import Deviation
from core.sales.models import PricePreset
from core.system.actors import Actor

# Time alone changes little of it: what comes due in the meantime shows as a change of a post.
KEPT = timedelta(seconds=60)

Signs = tuple[tuple[int, datetime | None], ...]


@dataclass(frozen=True, slots=True)
class Foresight:
    """A forecast, when it was made, and by which signs one sees that it holds."""

    forecast: Forecast
    made_at: datetime
    signs: Signs

    def holds(self, signs: Signs, *, until: datetime, now: datetime) -> bool:
        return self.signs == signs and self.forecast.until >= until and now - self.made_at < KEPT


def foresee(
    session: Session, actor: Actor, known: Foresight | None = None, *, until: datetime, now: datetime
) -> Foresight:
    """What the person's automations will do until ``until``: as ``known``, if that still holds, else played anew."""
    signs = read_signs(session, actor)
    if known is not None and known.holds(signs, until=until, now=now):
        return known
    return Foresight(simulate(session, actor, now=now, until=until), now, signs)


def read_signs(session: Session, actor: Actor) -> Signs:
    """How many there are, and when one was last changed, of everything that a forecast is made from; in one query."""
    owned = (Automation, PostingLimits, BlackoutWindow, Account, PricePreset, Deviation)
    queries = [_signs(table).where(table.user_id == actor.user_id) for table in owned]
    for part in (AutomationScheduleRule, AutomationDefaultValue):
        query = _signs(part).join(Automation, Automation.id == part.automation_id)
        queries.append(query.where(Automation.user_id == actor.user_id))
    numbered = [query.add_columns(literal(number).label("place")) for number, query in enumerate(queries)]
    rows = sorted(session.execute(union_all(*numbered)), key=lambda row: row.place)
    return tuple((row.number, row.changed_at) for row in rows)


def _signs(table: Any) -> Select[Any]:
    return select(func.count(table.id).label("number"), func.max(table.updated_at).label("changed_at"))
