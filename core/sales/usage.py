"""What refers to a price preset, and what of it still needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from core.db.base import Base, table_of
from core.sales.access import is_shown
from core.sales.models import SaleQueue
from core.sales.states import UNFINISHED
from core.system.actors import Actor

_NOTHING: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Usage:
    """How many refer to a preset. ``posts`` are not out yet; ``past`` counts what only remembers it: finished
    sales, published posts, posts in the trash."""

    sales: int = 0
    automations: int = 0
    posts: int = 0
    past: int = 0

    @property
    def is_needed(self) -> bool:
        return bool(self.sales or self.automations or self.posts)

    @property
    def is_referred_to(self) -> bool:
        return self.is_needed or bool(self.past)

    def in_words(self) -> str:
        """``2 pieces in the sale queue, 1 automation and 3 posts``."""
        parts = [
            _counted(self.sales, "piece in the sale queue", "pieces in the sale queue"),
            _counted(self.automations, "automation", "automations"),
            _counted(self.posts, "post that is not out yet", "posts that are not out yet"),
        ]
        said = [part for part in parts if part]
        return " and ".join(filter(None, [", ".join(said[:-1]), *said[-1:]])) or "nothing"


def usage_of(session: Session, actor: Actor, preset_id: str) -> Usage:
    """What refers to one preset of the person."""
    return usage_by_preset(session, actor).get(preset_id, Usage())


def usage_by_preset(session: Session, actor: Actor) -> Mapping[str, Usage]:
    """What refers to each of the person's presets; those nothing refers to are left out."""
    # Automations and posts belong to a context above this one, so their tables are known by name only.
    automations, posts = Base.metadata.tables["automations"], Base.metadata.tables["deviations"]
    queue = table_of(SaleQueue)
    # What waits for a post in the trash nobody sees; restored, it may keep an archived preset.
    is_waiting = queue.c.status.in_(UNFINISHED) & is_shown(queue.c)
    sales = _counts(session, _by_preset(queue, queue.c.price_preset_id, actor, is_waiting))
    # Also those that are switched off: switched on again they would sell with it.
    autos = _counts(session, _by_preset(automations, automations.c.sale_queue_preset_id, actor, None))
    is_coming = posts.c.deleted_at.is_(None) & (posts.c.status != "published")
    works = _counts(session, _by_preset(posts, posts.c.sale_preset_id, actor, is_coming))
    return {
        one: Usage(
            sales=sales.get(one, _NOTHING)[0],
            automations=autos.get(one, _NOTHING)[0],
            posts=works.get(one, _NOTHING)[0],
            past=sales.get(one, _NOTHING)[1] + works.get(one, _NOTHING)[1],
        )
        for one in {*sales, *autos, *works}
    }


def _by_preset(table: Any, preset: Any, actor: Actor, needing: ColumnElement[bool] | None) -> Select[Any]:
    """Preset, how many need it, how many do not."""
    total = func.count()
    needed = total if needing is None else func.sum(case((needing, 1), else_=0))
    query = select(preset, needed.label("needed"), total.label("total")).select_from(table)
    return query.where(table.c.user_id == actor.user_id, preset.is_not(None)).group_by(preset)


def _counts(session: Session, query: Select[Any]) -> dict[str, tuple[int, int]]:
    return {row[0]: (int(row.needed), row.total - int(row.needed)) for row in session.execute(query)}


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}" if number else ""
