"""How many people come by: counts that move with the clock, the same for the same work and instant."""

import math
from dataclasses import dataclass

from core.sandbox.deviantart.models import Deviation
from core.sandbox.deviantart.state import Site

DAY_SECONDS = 24 * 3600
# Most come in the first days; a trickle stays.
_RUSH, _RUSH_DAYS, _TRICKLE = 3.0, 1.5, 0.1


@dataclass(frozen=True)
class Audience:
    """Counts since publication."""

    views: int
    favourites: int
    comments: int
    downloads: int


def audience(site: Site, work: Deviation) -> Audience:
    """The counts of a work now: what was really done here, and an invented audience on top."""
    age = max(site.clock() - work.published_at, 0) / DAY_SECONDS
    crowd = site.behaviour.views_a_day * _pull(work, 1) * _gathered(age)
    favourites = crowd * 0.12 * _pull(work, 2)
    takers = crowd * 0.05 if work.options.get("allow_free_download") else 0
    comments = favourites * 0.1 if work.options.get("allow_comments", True) else 0
    return Audience(work.views + int(crowd), int(favourites), int(comments), work.downloads + int(takers))


def _gathered(age_days: float) -> float:
    return _RUSH * (1 - math.exp(-age_days / _RUSH_DAYS)) + _TRICKLE * age_days


def _pull(work: Deviation, salt: int) -> float:
    """How well the work is liked, 0.25 to 1.75; its number decides."""
    return 0.25 + 1.5 * (work.number * 2_654_435_761 * salt % 1000) / 1000
