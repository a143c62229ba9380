"""What the planner says: the posts it would make, and how each occurrence ends. Used by runs and previews alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.publishing.automations.models import RunOutcome


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """A draft and the time it gets. ``actual_publish_at`` is ``scheduled_at`` plus ``jitter_seconds``."""

    automation_id: str
    rule_id: str
    occurrence_key: str
    deviation_id: str
    account_id: str
    title: str
    scheduled_at: datetime
    jitter_seconds: int
    actual_publish_at: datetime
    moved_because: str | None = None  # blackout, gap, cap or pause, when it is not at the occurrence itself
    looks_alike: bool = False  # something that is out, or planned before it, looks very much like it


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One occurrence of one rule: ``outcome`` in a word, ``reason`` as a sentence when not all was scheduled."""

    automation_id: str
    rule_id: str
    rule_type: str
    occurrence_key: str
    occurrence_at: datetime
    outcome: RunOutcome
    posts: Sequence[PlannedPost] = ()
    reason: str | None = None
    ran_dry: bool = False  # a draft was wanted and none was left


@dataclass(frozen=True, slots=True)
class Forecast:
    """What automations will do until ``until``, if nothing else happens. ``dry_at``: by automation, the first
    occurrence that finds no draft."""

    until: datetime
    runs: Sequence[PlannedRun] = ()
    dry_at: dict[str, datetime] = field(default_factory=dict)

    @property
    def posts(self) -> list[PlannedPost]:
        """All planned posts, in the order in which they go out."""
        found = [post for run in self.runs for post in run.posts]
        return sorted(found, key=lambda post: (post.actual_publish_at, post.deviation_id))
