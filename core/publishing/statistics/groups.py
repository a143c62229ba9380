"""Works compared by what they have in common: automation, tag, hour and weekday of publication."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from core.publishing.statistics.history import WorkFigures

BY_HAND = "By hand"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """Works of one group: how many, their views and favourites as they stand, and what they gained in the range."""

    name: str
    works: int
    views: int
    favourites: int
    gained_views: int
    gained_favourites: int

    @property
    def views_each(self) -> float:
        """Views of a work on average; 0 for a group of none."""
        return self.views / self.works if self.works else 0.0

    @property
    def favourites_each(self) -> float:
        return self.favourites / self.works if self.works else 0.0


def by_automation(works: Sequence[WorkFigures]) -> list[GroupFigures]:
    """Most views gained first; posts without an automation are one group."""
    return _ranked(_grouped(works, lambda work: [work.automation or BY_HAND]))


def by_project(works: Sequence[WorkFigures]) -> list[GroupFigures]:
    """Most views gained first; works without a project are left out."""
    return _ranked(_grouped(works, lambda work: [work.project] if work.project else []))


def by_tag(works: Sequence[WorkFigures], *, limit: int = 50) -> list[GroupFigures]:
    """Tags of at least two works, most views gained first; a work counts for each of its tags."""
    groups = _grouped(works, lambda work: dict.fromkeys(tag.casefold() for tag in work.tags))
    shared = [group for group in groups.values() if group.works > 1]
    return _ranked({group.name: group for group in shared})[:limit]


def by_weekday(works: Sequence[WorkFigures], zone: str) -> list[GroupFigures]:
    """Monday to Sunday, by the day of publication in ``zone``."""
    groups = _grouped(works, lambda work: [WEEKDAYS[at.weekday()] for at in _published_at(work, zone)])
    return [groups.get(day, _none(day)) for day in WEEKDAYS]


def by_hour(works: Sequence[WorkFigures], zone: str) -> list[GroupFigures]:
    """00 to 23, by the hour of publication in ``zone``."""
    groups = _grouped(works, lambda work: [f"{at.hour:02}" for at in _published_at(work, zone)])
    return [groups.get(f"{hour:02}", _none(f"{hour:02}")) for hour in range(24)]


def _grouped(works: Iterable[WorkFigures], names: Callable[[WorkFigures], Iterable[str]]) -> dict[str, GroupFigures]:
    """Counted works by each of the names they have."""
    members: dict[str, list[WorkFigures]] = {}
    for work in works:
        if work.taken_at is not None:
            for name in names(work):
                members.setdefault(name, []).append(work)
    return {name: _sum(name, group) for name, group in members.items()}


def _sum(name: str, group: Sequence[WorkFigures]) -> GroupFigures:
    return GroupFigures(
        name,
        len(group),
        sum(work.views or 0 for work in group),
        sum(work.favourites or 0 for work in group),
        sum(work.gained_views for work in group),
        sum(work.gained_favourites for work in group),
    )


def _ranked(groups: dict[str, GroupFigures]) -> list[GroupFigures]:
    return sorted(groups.values(), key=lambda group: (-group.gained_views, -group.views, group.name))


def _none(name: str) -> GroupFigures:
    return GroupFigures(name, 0, 0, 0, 0, 0)


def _published_at(work: WorkFigures, zone: str) -> list[datetime]:
    """When the work was published, in ``zone``; nothing when that is not known."""
    return [work.published_at.astimezone(ZoneInfo(zone))] if work.published_at else []
