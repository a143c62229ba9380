"""What stands in a calendar: a post at its time, whatever its state, and posts that automations are going to make."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.publishing.automations.forecast import PlannedPost
from core.publishing.listing import DeviationView
from core.publishing.models import DeviationStatus
from core.publishing.states import IN_PROGRESS


class Kind(enum.StrEnum):
    """What an entry is to the person who looks at it. ``foreseen``: an automation will plan it, nothing has yet."""

    DRAFT = "draft"
    FORESEEN = "foreseen"
    SCHEDULED = "scheduled"
    HELD = "held"
    UNDER_WAY = "under_way"
    PUBLISHED = "published"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AutomationView:
    """An automation as the calendar names it; ``color`` is ``#rrggbb``."""

    id: str
    name: str
    color: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One post in the calendar.

    ``at`` decides its day: the promise, or when it went out. The jitter window goes from ``starts_at`` to ``at``.
    ``immovable`` says why it keeps its time, and what to do instead; ``None``: it can be moved. ``version`` changes
    whenever the post does.
    """

    kind: Kind
    deviation_id: str
    title: str
    starts_at: datetime
    at: datetime
    account_id: str | None
    account_name: str | None
    automation: AutomationView | None
    cover_blob_id: str | None
    immovable: str | None
    note: str | None
    url: str | None
    version: datetime | None


def kind_of(view: DeviationView) -> Kind:
    """The kind of a post that has a time of its own."""
    if view.status is DeviationStatus.PUBLISHED:
        return Kind.PUBLISHED
    if view.status is DeviationStatus.FAILED:
        return Kind.FAILED
    if view.is_busy or view.status in IN_PROGRESS:
        return Kind.UNDER_WAY
    if view.status is DeviationStatus.SCHEDULED:
        return Kind.SCHEDULED if view.hold_reason is None else Kind.HELD
    return Kind.DRAFT


def entry_of(view: DeviationView, at: datetime, automations: Mapping[str, AutomationView]) -> Entry:
    """A post that stands at ``at``."""
    kind = kind_of(view)
    starts_at = at if kind is Kind.PUBLISHED or view.scheduled_at is None else min(view.scheduled_at, at)
    return Entry(
        kind=kind,
        deviation_id=view.id,
        title=view.title,
        starts_at=starts_at,
        at=at,
        account_id=view.account_id,
        account_name=view.account_name,
        automation=automations.get(view.automation_id or ""),
        cover_blob_id=view.first_file.blob_id if view.first_file else None,
        immovable=_IMMOVABLE.get(kind),
        note=_note(kind, view),
        url=view.deviation_url,
        version=view.updated_at,
    )


def foreseen(
    post: PlannedPost,
    view: DeviationView | None,
    automations: Mapping[str, AutomationView],
    accounts: Mapping[str, str],
) -> Entry:
    """A post that an automation will make; ``view`` is the draft it will take, ``accounts`` are names by id."""
    automation = automations.get(post.automation_id)
    name = f"“{automation.name}”" if automation else "An automation"
    return Entry(
        kind=Kind.FORESEEN,
        deviation_id=post.deviation_id,
        title=post.title,
        starts_at=post.scheduled_at,
        at=post.actual_publish_at,
        account_id=post.account_id,
        account_name=accounts.get(post.account_id),
        automation=automation,
        cover_blob_id=view.first_file.blob_id if view and view.first_file else None,
        immovable=f"{name} plans this one. Change the automation to move it, or schedule the draft yourself.",
        note=_moved(post.moved_because),
        url=None,
        version=view.updated_at if view else None,
    )


def _note(kind: Kind, view: DeviationView) -> str | None:
    if kind is Kind.FAILED or view.error_message:
        return view.error_message
    if kind is Kind.SCHEDULED and view.waits_for_account:
        return f"{view.account_name or 'Its account'} must be connected again."
    return None


def _moved(because: str | None) -> str | None:
    return None if because is None else f"Not at its usual time: {because}."


_IMMOVABLE = {
    Kind.UNDER_WAY: "It is being sent to DeviantArt right now, so its time cannot be changed.",
    Kind.PUBLISHED: "It has gone out already. What is published keeps its time.",
    Kind.FAILED: "It has failed. Open it to retry it or to schedule it again.",
}
